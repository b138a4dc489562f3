"""An exchange on the terminal: nothing of it is a code where there are words."""

from rich.console import Console

from cli.showing import exchange_parts
from models.vocabulary import Outcome, Stage
from tests.cli.services import programme
from tests.cli.views import exchange_view


def test_an_end_says_how_and_why() -> None:
    ended = exchange_view().model_copy(
        update={"stage": Stage.CLOSED, "outcome": Outcome.ENDED_EARLY_JUSTIFIED, "reason": "force_majeure"}
    )
    console = Console(width=200)
    with console.capture() as shown:
        for part in exchange_parts(ended, programme()):
            console.print(part)
    said = shown.get()
    assert "Ended: Ended early, recognised (For a good reason)" in said
    assert "CLOSED: Ended early, recognised" in said
    assert "Contents: Laboratory training" in said
    assert "ended_early" not in said
