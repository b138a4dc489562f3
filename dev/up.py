"""`sojourn up`: the stack of this machine with what a person sees of it, until Ctrl-C."""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from rich.cells import set_cell_size
from rich.console import Console
from rich.markup import escape

from dev.stack import SINK, DevStack
from gateway.composition import open_for_reading, utc_now
from gateway.recovery import Fate, recover
from models.views import ExchangeFilter
from models.views.shared import LARGEST_PAGE
from settings import Settings
from texts.dates import day_words
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
AHEAD = _(
    "What is on record here goes on to {day}: it was played in virtual time. Deadlines and what is new go by "
    "today's clock."
)
Then = Callable[[Settings, Console], Coroutine[Any, Any, None]]
"""What is done once the service runs."""


async def up(
    settings: Settings, state_dir: Path | None = None, console: Console | None = None, then: Then | None = None
) -> None:
    """Run the service until Ctrl-C or SIGTERM, then drain it; a second Ctrl-C ends everything at once.

    Everything is in `state_dir`, else in the folder of the settings; `then` is done once it runs. Where Temporal knows
    nothing of what the records know, as in a copied folder or the demo's, they are brought into step first.

    Raises:
        Unavailable: a part did not come up.
        Broken: an operator must look first.
    """
    screen = console or Console()
    async with _interrupted() as stop:

        def tell(text: str) -> None:
            screen.print(f"[yellow]![/] {escape(text)}")

        folder = settings.data_dir if state_dir is None else state_dir
        stack = DevStack(settings, folder, portal_port=settings.portal_port, tell=tell)
        with screen.status(phrase(_("Starting Temporal, the mail sink, the worker and the portal ..."))):
            starting = asyncio.create_task(_start(stack, screen))
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
            await _until(stop, then(stack.settings, screen) if then is not None else _hint(stack.settings, screen))
            await stop.wait()
        finally:
            try:
                with screen.status(phrase(_("Draining: what was begun is finished and recorded ..."))):
                    await stack.stop()
            except asyncio.CancelledError:
                await stack.abort()
                screen.print(phrase(_("Ended at once.")))
        screen.print(phrase(_("Stopped. Nothing is lost: `sojourn up` goes on where it was.")))


async def _start(stack: DevStack, screen: Console) -> None:
    await stack.__aenter__()
    try:
        if not stack.begins_anew:
            return
        async with open_for_reading(stack.settings) as records:
            known = await records.reading.exchanges(ExchangeFilter(limit=LARGEST_PAGE))
        if not known:
            return
        done = Counter(one.fate for one in await recover(stack.settings))
        screen.print(phrase(_("{count} workflows were started from the records."), count=done[Fate.STARTED]))
        if missed := done[Fate.FAILED]:
            screen.print(phrase(_("{count} were not reached; `sojourn recover` looks again."), count=missed))
        last = max((one.closed_at or one.opened_at for one in known), default=utc_now())
        if last > utc_now():
            ahead = phrase(AHEAD, day=day_words(last.date(), language()))
            screen.print(f"[yellow]![/] {escape(ahead)}")
    except BaseException:
        await stack.stop()
        raise


async def _hint(settings: Settings, screen: Console) -> None:
    """Whoever starts with nothing is told how to see people in every stage."""
    async with open_for_reading(settings) as records:
        if not await records.reading.exchanges(ExchangeFilter(limit=1)):
            screen.print(phrase(_("Nobody is here yet. `sojourn up --sample` puts people into every stage.")))


async def _until(stop: asyncio.Event, doing: Coroutine[Any, Any, None]) -> None:
    """Do something to its end, or until somebody stops the service."""
    task, stopping = asyncio.create_task(doing), asyncio.create_task(stop.wait())
    await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not task.done():
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return
    await task


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
