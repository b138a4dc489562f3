"""`sojourn recover`: Temporal is brought into step with the records."""

from collections import Counter
from collections.abc import Sequence

import typer

from cli.lines import said
from cli.options import Json
from cli.output import say, say_json, show, table, warn
from cli.session import session_of
from failures.exits import AWAY
from gateway.recovery import Fate, Recovered
from gateway.recovery import recover as mend
from texts.i18n import _
from texts.terminal import phrase

COUNTED = _(
    "{in_step} in step, {started} started from the records, {resumed} reading them again, {failed} not reached, "
    "{ended} left over and ended."
)
LOST = _("Began after the database was copied, and is lost; tell who asked for it: {workflows}.")
OF_TODAY = _("Run under the rules of today, because those they began under were not kept yet: {workflows}.")
FATES: dict[str, str] = {
    Fate.IN_STEP: _("in step"),
    Fate.RESUMED: _("reads the records again"),
    Fate.STARTED: _("started from the records"),
    Fate.UNKNOWN: _("unknown to the records; ended, or begun anew if it is a cohort"),
    Fate.OVER: _("over by the records; ended"),
    Fate.FAILED: _("not reached; recovering again looks again"),
}
"""What became of a workflow."""
commands = typer.Typer()


@commands.command()
def recover(ctx: typer.Context, as_json: Json = False) -> None:
    """Bring a Temporal of another moment than the records, or an empty one, into step with them.

    Exit code 3 where some were not reached.
    """
    found = session_of(ctx).mend(mend)
    if as_json:
        say_json([{"workflow": one.workflow_id, "fate": one.fate, "policy_of_today": one.of_today} for one in found])
    else:
        _show(found)
    fates = {one.fate for one in found}
    if Fate.FAILED in fates:
        raise typer.Exit(AWAY)


def _show(found: Sequence[Recovered]) -> None:
    counted = Counter(one.fate for one in found)
    ended = counted[Fate.UNKNOWN] + counted[Fate.OVER]
    say(phrase(COUNTED, ended=ended, **{str(fate): counted[fate] for fate in Fate}))
    moved = [(one.workflow_id, said(FATES, one.fate)) for one in found if one.fate is not Fate.IN_STEP]
    if moved:
        show(table(phrase(_("Mended")), (_("workflow"), _("what")), moved))
    if lost := [one.workflow_id for one in found if one.fate is Fate.UNKNOWN]:
        warn(phrase(LOST, workflows=", ".join(lost)))
    if today := [one.workflow_id for one in found if one.of_today]:
        warn(phrase(OF_TODAY, workflows=", ".join(today)))
