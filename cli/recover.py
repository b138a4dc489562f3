"""`sojourn recover`: Temporal is brought into step with the records."""

from collections import Counter
from collections.abc import Sequence

import typer

from cli.options import Json
from cli.output import say, say_json, show, table, warn
from cli.session import session_of
from failures.exits import AWAY
from gateway.recovery import Fate, Recovered
from gateway.recovery import recover as mend

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
    say(
        f"{counted[Fate.IN_STEP]} in step, {counted[Fate.STARTED]} started from the records, "
        f"{counted[Fate.RESUMED]} reading them again, {counted[Fate.FAILED]} not reached, "
        f"{counted[Fate.UNKNOWN] + counted[Fate.OVER]} left over and ended."
    )
    moved = [(one.workflow_id, one.fate) for one in found if one.fate is not Fate.IN_STEP]
    if moved:
        show(table("Mended", ("workflow", "what"), moved))
    if lost := [one.workflow_id for one in found if one.fate is Fate.UNKNOWN]:
        warn(f"Began after the database was copied, and is lost; tell who asked for it: {', '.join(lost)}.")
    if today := [one.workflow_id for one in found if one.of_today]:
        warn(f"Run under the rules of today, because those they began under were not kept yet: {', '.join(today)}.")
