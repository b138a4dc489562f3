"""`sojourn mail …`: what the outbox still holds, what may have come twice, another try for what a host refused."""

import sys
from typing import Annotated

import typer

from cli.inbound_mail import taken
from cli.lines import said, sentence
from cli.options import Json
from cli.output import as_data, say, say_json, show, table, when
from cli.session import session_of
from gateway.composition import ReadServices, retry_message
from gateway.digests import send_digests
from models.views import LARGEST_PAGE, MailInDoubt, MessageFilter, MessageView, OperatorTask
from texts.i18n import _, _p
from texts.labels import MESSAGE_STATES, NOTICES
from texts.terminal import phrase

DOUBTS = _("{count} of all messages may have come more than once: `sojourn mail doubts` lists them.")
commands = typer.Typer(help="For operators: messages that are not sent yet, and tasks.")


@commands.command("list")
def list_(ctx: typer.Context, as_json: Json = False) -> None:
    """Messages queued or refused, and the operator's open tasks."""
    session = session_of(ctx)
    messages, tasks, doubt = session.read(_waiting)
    if as_json:
        found = {"messages": [as_data(m) for m in messages], "tasks": [as_data(t) for t in tasks]}
        say_json(found | {"in_doubt": as_data(doubt)})
        return
    if doubt.messages:
        say(phrase(DOUBTS, count=doubt.messages))
    if not messages and not tasks:
        say(phrase(_("Everything has been sent, and no task is open.")))
        return
    columns = (
        _("key"), _("kind"), _p("mail", "to"), _("status"), _("tries"), _("not before"), _("last answer"),
    )  # fmt: skip
    rows = [
        (
            m.key,
            said(NOTICES, m.kind),
            m.recipient_id,
            said(MESSAGE_STATES, m.status),
            m.attempts,
            when(m.not_before),
            m.last_error,
        )
        for m in messages
    ]
    if rows:
        show(table(phrase(_("Messages not sent yet")), columns, rows))
    if tasks:
        programme = session.programme()
        todo = [
            (t.key, t.kind, t.subject, sentence(t, programme) if t.message else t.detail, when(t.opened_at))
            for t in tasks
        ]
        show(table(phrase(_("Tasks of the operator")), (_("key"), _("kind"), _("about"), _("what"), _("since")), todo))


@commands.command()
def doubts(ctx: typer.Context, as_json: Json = False) -> None:
    """Messages that may have come more than once; there is nothing to do about them.

    The mail host's answer was lost, or whoever had sent it before that was noted. They were sent again with the same
    Message-ID, by which most receivers drop the second one.
    """
    messages = session_of(ctx).read(_in_doubt)
    if as_json:
        say_json({"messages": [as_data(m) for m in messages]})
        return
    if not messages:
        say(phrase(_("No message has come more than once.")))
        return
    columns = (_("key"), _("kind"), _p("mail", "to"), _("status"), _("in doubt"), _p("mail", "sent"), "Message-ID")
    rows = [
        (
            m.key,
            said(NOTICES, m.kind),
            m.recipient_id,
            said(MESSAGE_STATES, m.status),
            m.in_doubt,
            when(m.sent_at),
            m.message_id,
        )
        for m in messages
    ]
    show(table(phrase(_("Messages that may have come more than once")), columns, rows))


async def _in_doubt(records: ReadServices) -> list[MessageView]:
    """The first thousand."""
    return await records.reading.messages(MessageFilter(in_doubt=True, limit=LARGEST_PAGE))


async def _waiting(records: ReadServices) -> tuple[list[MessageView], list[OperatorTask], MailInDoubt]:
    """What was refused, then what is queued; the first thousand of each."""
    reading = records.reading
    refused = await reading.messages(MessageFilter(status="refused", limit=LARGEST_PAGE))
    queued = await reading.messages(MessageFilter(status="queued", limit=LARGEST_PAGE))
    return [*refused, *queued], await reading.operator_tasks(), await reading.mail_in_doubt()


@commands.command()
def retry(
    ctx: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY", help="As `sojourn mail list` prints it.")],
    as_json: Json = False,
) -> None:
    """Queue a refused message again; it goes out with the outbox sender's next round."""
    session = session_of(ctx)
    session.mend(retry_message, key)
    if as_json:
        say_json({"key": key, "status": "queued"})
    else:
        say(phrase(_("Queued again; it goes out with the outbox sender's next round.")))


@commands.command()
def digests(
    ctx: typer.Context,
    now: Annotated[bool, typer.Option("--now", help="Write and send them at once, whatever the hour.")] = False,
    as_json: Json = False,
) -> None:
    """Digests come at eight in the morning of each time zone; with --now everybody who has something to hear gets one.

    So an answer from a mail can be tried at once.
    """
    if not now:
        say(phrase(_("Digests come at eight in the morning of each time zone. To send them now, add --now.")))
        return
    written = session_of(ctx).mend(send_digests)
    if as_json:
        say_json({"written": written})
    else:
        say(phrase(_("{count} digests were written; they are on their way."), count=written))


@commands.command()
def inbound(
    ctx: typer.Context,
    to: Annotated[
        str, typer.Option("--to", metavar="ADDRESS", help="The address it came to, if the mail host says so.")
    ] = "",
) -> None:
    """Take one mail from standard input, as a mail host hands it over: an answer to a mail of a conversation.

    Ends as mail hosts expect: 0 it need not come again, 67 it is for nobody here, 75 try again later.
    """
    raise typer.Exit(taken(sys.stdin.buffer, to, session_of(ctx)))
