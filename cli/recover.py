"""`sojourn recover`: Temporal is brought into step with the records."""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Annotated

import typer

from cli.options import Json
from cli.output import say, say_json, show, table, warn
from cli.session import session_of
from failures.exits import AWAY, FOUND
from gateway.recovery import Fate, Recovered
from gateway.recovery import recover as mend

commands = typer.Typer()


@commands.command()
def recover(
    ctx: typer.Context,
    end_unknown: Annotated[
        bool, typer.Option("--end-unknown", help="End workflows that the records do not know or say are over.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Bring Temporal into step with the records, whether it is older, empty or newer; it may be run again at any time.

    Exit code 3 where a workflow could not be reached, 6 where one runs that the records do not know.
    """
    found = session_of(ctx).mend(partial(mend, end_unknown=end_unknown))
    if as_json:
        say_json([{"workflow": one.workflow_id, "fate": one.fate, "policy_of_today": one.of_today} for one in found])
    else:
        _show(found)
    fates = {one.fate for one in found}
    if Fate.FAILED in fates:
        raise typer.Exit(AWAY)
    if Fate.UNKNOWN in fates:
        raise typer.Exit(FOUND)


def _show(found: Sequence[Recovered]) -> None:
    counted = Counter(one.fate for one in found)
    said = (
        f"{counted[Fate.IN_STEP]} in step, {counted[Fate.STARTED]} started from the records, "
        f"{counted[Fate.RESUMED]} reading them again, {counted[Fate.FAILED]} not reached"
    )
    if counted[Fate.ENDED]:
        said += f", {counted[Fate.ENDED]} ended that the records do not know"
    say(f"{said}.")
    moved = [(one.workflow_id, one.fate) for one in found if one.fate is not Fate.IN_STEP]
    if moved:
        show(table("Mended", ("workflow", "what"), moved))
    if today := [one.workflow_id for one in found if one.of_today]:
        warn(f"Run under the rules of today, because those they began under were not kept yet: {', '.join(today)}.")
    if counted[Fate.UNKNOWN]:
        warn(
            "The records do not know these, or say that they are over: the database is older than Temporal. Restore a "
            "newer backup, or run `sojourn recover --end-unknown` before anybody is nominated."
        )
