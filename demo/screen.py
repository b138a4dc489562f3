"""What the demo shows: students by stage while virtual time moves, and a summary at the end."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from rich.cells import set_cell_size
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from demo.play import Play
from demo.stage import DemoService
from models.views import Escalation, EscalationFilter, ExchangeFilter, ExchangeSummary
from models.vocabulary import Outcome, Severity
from models.vocabulary import Stage as Where
from texts.changes import CHANGE_NAMES, CHANGE_STATES
from texts.dates import day_words, moment_words, stay_words, written
from texts.i18n import _, _p, in_language
from texts.labels import NOTICES, OUTCOMES, STAGES, TARGETS, label
from texts.names import Names
from texts.punctuation import aside, in_a_row
from texts.refusals import refusal
from texts.terminal import language, phrase

PAGE = 1000
SHOWN = 6
STYLES = {
    Outcome.COMPLETED: "green",
    Outcome.ENDED_EARLY_JUSTIFIED: "green",
    Outcome.WITHDRAWN: "yellow",
    Outcome.DECLINED: "yellow",
}


class Screen:
    """The live view. On a terminal it redraws in place; in a log it prints a line a week."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._live = Live(console=console, refresh_per_second=12, transient=True)
        self._week: tuple[int, int] | None = None

    def live(self) -> Live:
        """The context in which the view is redrawn."""
        return self._live

    async def show(self, stage: DemoService, now: datetime) -> None:
        """Show where everybody is."""
        exchanges = await stage.services.reading.exchanges(ExchangeFilter(limit=PAGE))
        escalations = await stage.services.reading.escalations(EscalationFilter(limit=PAGE))
        if self.console.is_terminal:
            self._live.update(_view(exchanges, escalations, now))
        else:
            self._log(exchanges, len(escalations), now)

    def _log(self, exchanges: list[ExchangeSummary], escalations: int, now: datetime) -> None:
        week = now.isocalendar()[:2]
        if week == self._week:
            return
        self._week = week
        where = Counter(e.stage for e in exchanges)
        stages = in_a_row((f"{where[s]} {_said(STAGES, s)}" for s in Where if where[s]), language())
        day = day_words(now.date(), language())
        line = phrase(_("{day}  {stages}; {count} escalations"), day=day, stages=stages, count=escalations)
        self.console.print(line, highlight=False)


def _view(exchanges: list[ExchangeSummary], escalations: list[Escalation], now: datetime) -> RenderableType:
    table = Table(box=None, padding=(0, 1), show_header=False, expand=True)
    table.add_column(width=18)
    table.add_column(width=3, justify="right")
    table.add_column(ratio=1)
    for stage in Where:
        here = [e for e in exchanges if e.stage is stage]
        names = Text(", ").join(Text(e.student.name, style=_style(e)) for e in here)
        table.add_row(Text(_said(STAGES, stage), style="bold" if here else "dim"), str(len(here) or ""), names)
    heard = Table(box=None, padding=(0, 1), show_header=False, expand=True)
    for escalation in sorted(escalations, key=lambda e: e.at)[-SHOWN:]:
        to = in_a_row((_said(TARGETS, t) for t in escalation.to), language())
        heard.add_row(
            _moment(escalation.at), escalation.exchange_id, in_language(escalation, "title", language()), f"→ {to}"
        )
    date = Text(moment_words(now, "UTC", language()), style="bold")
    return Group(
        Panel(table, title=date, border_style="cyan"),
        Panel(heard, title=aside(phrase(_("Escalations")), str(len(escalations)), language()), border_style="magenta"),
    )


def _said(table: Mapping[str, str], value: object) -> str:
    return label(table, value, language())


def _style(row: ExchangeSummary) -> str:
    return STYLES.get(row.outcome, "red") if row.outcome else "default"


async def summary(console: Console, play: Play, unmet: list[str]) -> None:
    """Outcome of each student, mails, escalations, refusals, where to look, and whether all is as expected."""
    reading = play.stage.services.reading
    await _outcomes(console, play)
    await _changes(console, play)
    mails = Counter(m.kind for m in await play.messages())
    table = Table(title=phrase(_("Emails by kind")), box=None, title_justify="left", title_style="bold")
    table.add_column(phrase(_("kind")))
    table.add_column(phrase(_p("count", "sent")), justify="right")
    for kind, count in mails.most_common():
        table.add_row(_said(NOTICES, kind), str(count))
    console.print(table)
    escalations = await reading.escalations(EscalationFilter(limit=PAGE))
    table = Table(title=phrase(_("Escalations")), box=None, title_justify="left", title_style="bold")
    for column in (_("when"), _("exchange"), _("step"), _p("mail", "to"), _("in copy")):
        table.add_column(phrase(column))
    for e in sorted(escalations, key=lambda e: e.at):
        to, copy = (in_a_row((_said(TARGETS, t) for t in targets), language()) for targets in (e.to, e.copy_to))
        day = written(e.at.date(), "date", language())
        table.add_row(day, e.exchange_id, in_language(e, "title", language()), to, copy)
    console.print(table)
    _refusals(console, play)
    await _stopped(console, play)
    _places(console, play)
    if unmet:
        told = phrase(_("{count} of the demo's expectations are not met:"), count=len(unmet))
        console.print(f"\n[bold red]{told}[/]")
        for text in unmet:
            console.print(f"  - {text}", highlight=False)
    else:
        met = phrase(_("Everything is as expected, checked against the database."))
        console.print(f"\n[bold green]{met}[/]")


async def _outcomes(console: Console, play: Play) -> None:
    table = Table(title=phrase(_("Students")), box=None, title_justify="left", title_style="bold")
    for column in (
        _("exchange"), _("student"), _p("column", "from"), _p("column", "to"), _("outcome"),
        _("reason"), _("certificate"),
    ):  # fmt: skip
        table.add_column(phrase(column))
    names = Names(play.programme, language())
    for row in await play.stage.services.reading.exchanges(ExchangeFilter(limit=PAGE)):
        whole = await play.stage.services.reading.exchange(row.exchange_id, None)
        certificate = whole.certificates[-1].number if whole and whole.certificates else ""
        name = f"{row.student.name} {row.student.native_name}".strip()
        outcome = Text(_said(OUTCOMES, row.outcome) if row.outcome else phrase(_("still open")), style=_style(row))
        table.add_row(row.exchange_id, name, row.sending, row.host, outcome, names.ending(row.reason), certificate)
    console.print(table)


async def _changes(console: Console, play: Play) -> None:
    """What was changed of stays on the way, deferred and re-planned ones among them."""
    table = Table(title=phrase(_("Changes of the stay")), box=None, title_justify="left", title_style="bold")
    for column in (_("exchange"), _("change"), _("before"), _("after"), _("result")):
        table.add_column(phrase(column))
    for exchange in sorted(play.numbers.values()):
        found = await play.stage.services.reading.changes(exchange)
        for one in reversed(found.changes) if found is not None else ():
            days = (stay_words(plan.start, plan.end, language()) for plan in (one.before, one.after))
            table.add_row(exchange, _said(CHANGE_NAMES, one.name), *days, _said(CHANGE_STATES, one.status))
    console.print(table)


def _refusals(console: Console, play: Play) -> None:
    table = Table(title=phrase(_("Refused nominations")), box=None, title_justify="left", title_style="bold")
    for column in (_("file"), _("row"), _("column"), _("reason"), _("rule")):
        table.add_column(phrase(column))
    for name, sheet in play.sheets.items():
        for refused in sheet.refused:
            for fault in refused.faults:
                reason = refusal(fault, language(), play.programme)
                table.add_row(name, str(refused.row_number), fault.field, reason, fault.rule)
    console.print(table)


async def _stopped(console: Console, play: Play) -> None:
    """Documents that the checks stopped, and why: what is on them was read."""
    table = Table(title=phrase(_("Documents stopped")), box=None, title_justify="left", title_style="bold")
    for column in (_("exchange"), _("document"), _("reason"), _("rule")):
        table.add_column(phrase(column))
    names = Names(play.programme, language())
    for exchange in play.numbers.values():
        whole = await play.stage.services.reading.exchange(exchange, None)
        for document in whole.documents if whole else ():
            for finding in document.findings:
                if finding.severity is Severity.BLOCKING:
                    reason = refusal(finding, language(), play.programme)
                    table.add_row(exchange, names.document(document.kind), reason, finding.rule_id)
    console.print(table)


def _places(console: Console, play: Play) -> None:
    folder = play.stage.folder
    console.print(Text(phrase(_("Where to look")), style="bold"))
    for what, where in (
        (_("certificates"), folder / "certificates"),
        (_("letters"), folder / "letters"),
        (_("mailbox"), play.stage.stack.mailbox),
        (_("database"), folder / "sojourn.db"),
        (_("nominations"), folder / "nominations"),
    ):
        console.print(f"  {set_cell_size(phrase(what), 14)}{where}", highlight=False)


def _moment(at: datetime) -> str:
    return f"{written(at.date(), 'date without year', language())} {at:%H:%M}"
