"""`sojourn up`: the stack of this machine with what a person sees of it, until Ctrl-C."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from rich.cells import set_cell_size
from rich.console import Console
from rich.markup import escape

from dev.stack import SINK, DevStack
from settings import Settings
from texts.i18n import _
from texts.punctuation import sentences
from texts.terminal import language, phrase

COMMANDS = (
    (
        "sojourn nominate examples/nominations-incoming-2027.csv --as programme_office@cqmu",
        _("start the students of a file"),
    ),
    ("sojourn worklist --as coordinator@cqmu", _("what waits for whom")),
    ("sojourn list --as programme_office@cqmu", _("where everybody is")),
)
"""What to try first."""


async def up(settings: Settings, state_dir: Path = Path("var"), console: Console | None = None) -> None:
    """Run the service until Ctrl-C or SIGTERM, then drain it; a second Ctrl-C ends everything at once.

    Raises:
        Unavailable: a part did not come up.
        Broken: an operator must look first.
    """
    screen = console or Console()
    async with _interrupted() as stop:

        def tell(text: str) -> None:
            screen.print(f"[yellow]![/] {escape(text)}")

        stack = DevStack(settings, state_dir, portal_port=settings.portal_port, tell=tell)
        with screen.status(phrase(_("Starting Temporal, the mail sink, the worker and the portal ..."))):
            starting = asyncio.create_task(stack.__aenter__())
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not starting.done():
                starting.cancel()
                await asyncio.gather(starting, return_exceptions=True)
                return
            stopping.cancel()
            await starting
        try:
            _greet(screen, stack)
            await stop.wait()
        finally:
            try:
                with screen.status(phrase(_("Draining: what was begun is finished and recorded ..."))):
                    await stack.stop()
            except asyncio.CancelledError:
                await stack.abort()
                screen.print(phrase(_("Ended at once.")))
        screen.print(phrase(_("Stopped. Nothing is lost: `sojourn up` goes on where it was.")))


def _greet(screen: Console, stack: DevStack) -> None:
    lines = [(_("Portal"), stack.portal_address or ""), ("Temporal", stack.ui_address or stack.address)]
    if SINK in stack.parts:
        lines.append((_("Mailbox"), str(stack.mailbox)))
    else:
        lines.append((_("Mail host"), f"{stack.settings.smtp_host}:{stack.settings.smtp_port}"))
    if stack.settings.database_file is not None:
        lines.append((_("Database"), str(stack.settings.database_file)))
    lines.append((_("Logs"), str(stack.state_dir / "log")))
    up_now, open_still = (
        phrase(_("Sojourn is up.")),
        phrase(_("Leave this window open; Ctrl-C stops it, and nothing is lost.")),
    )
    screen.print(sentences((f"[bold]{up_now}[/]", open_still), language()))
    for name, value in lines:
        screen.print(f"  {set_cell_size(phrase(name), 10)}{value}", highlight=False)
    screen.print(phrase(_("In another window:")))
    width = max(len(command) for command, *_rest in COMMANDS)
    for command, what in COMMANDS:
        screen.print(f"  {command:<{width}}  [dim]{phrase(what)}[/]", highlight=False)


@asynccontextmanager
async def _interrupted() -> AsyncIterator[asyncio.Event]:
    """An event that Ctrl-C or SIGTERM sets; the second one stops without waiting."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    event = asyncio.Event()

    def hear() -> None:
        if event.is_set() and task is not None:
            task.cancel()
        event.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, hear)
    try:
        yield event
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
