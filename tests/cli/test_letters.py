"""`sojourn letter …`: what is asked under which id, what is said of one that stays the same, and what is saved."""

from datetime import date
from pathlib import Path
from typing import Any, cast

from models.errors import Conflict
from models.messages.contracts import WrittenLetter
from models.people.authorization import Actor
from models.people.letters import LetterKind
from models.rules.letters import FilledIn, Lack
from models.views.letters import LetterState, LettersView, LetterVersion
from models.vocabulary import Role
from records.papers import Paper
from tests.cli.conftest import Run
from tests.cli.services import EXCHANGE, NOW, Stand

CQMU = Actor(id="cqmu.coordinator", role=Role.COORDINATOR, institution="cqmu")
WRITTEN = WrittenLetter(letter=LetterKind.INVITATION, number="CQMU-2027-000012", version=1)
VERSION = LetterVersion(
    letter=LetterKind.INVITATION,
    number="CQMU-2027-000012",
    version=2,
    issuer="cqmu",
    issued_on=date(2027, 1, 20),
    issued_at=NOW,
    issued_by="Liu Wenqing",
    readable=True,
)
VIEW = LettersView(
    exchange_id=EXCHANGE,
    letters=(
        LetterState(letter=LetterKind.NOMINATION),
        LetterState(letter=LetterKind.INVITATION, versions=(VERSION,), writable=True),
        LetterState(
            letter=LetterKind.HOUSING,
            writable=True,
            lacks=(Lack(message="letter.lacks_bed", where=FilledIn.STEPS),),
        ),
    ),
)


class Letters:
    """Letters and their papers, without a service behind them."""

    def __init__(self, stand: Stand) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.answer: WrittenLetter | Exception = WRITTEN
        gateway, reading = cast(Any, stand.gateway), cast(Any, stand.reading)
        gateway.letters = gateway.papers = reading
        reading.letters, reading.write, reading.letter = self.letters, self.write, self.letter

    async def letters(self, exchange_id: str, actor: Actor) -> LettersView | None:
        return VIEW if exchange_id == EXCHANGE else None

    async def write(self, exchange_id: str, letter: LetterKind, actor: Actor, *, request_id: str) -> WrittenLetter:
        self.asked.append((exchange_id, letter, actor, request_id))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def letter(self, exchange_id: str, number: str, version: int, language: str, actor: Actor) -> Paper:
        self.asked.append((number, version, language))
        return Paper("letter.pdf", "application/pdf", b"%PDF")


def test_a_letter_is_asked_for_once(run: Run, stand: Stand) -> None:
    letters = Letters(stand)
    said = run("letter", "write", EXCHANGE, "invitation", "--id", "l-1")
    assert said.code == 0, said
    assert "CQMU-2027-000012, version 1" in said.out
    assert letters.asked == [(EXCHANGE, LetterKind.INVITATION, CQMU, "l-1")]
    letters.answer = WRITTEN.model_copy(update={"repeated": True})
    assert "still says the same" in run("letter", "write", EXCHANGE, "invitation").out
    data = run("letter", "write", EXCHANGE, "invitation", "--id", "l-2", "--json").data
    assert (data["request_id"], data["number"], data["repeated"]) == ("l-2", "CQMU-2027-000012", True)


def test_what_is_missing_is_said_in_words(run: Run, stand: Stand) -> None:
    letters = Letters(stand)
    letters.answer = Conflict("letter.incomplete", letter="housing", lacks=["letter.lacks_bed"])
    said = run("letter", "write", EXCHANGE, "housing")
    assert said.code == 1
    assert "Confirmation of housing: it is not written yet, because this is still missing: bed." in said.err


def test_the_list_names_versions_and_what_is_missing(run: Run, stand: Stand) -> None:
    Letters(stand)
    said = run("letter", "list", EXCHANGE)
    assert said.code == 0, said
    assert "CQMU-2027-000012, version 2" in said.out
    assert "No bed is reserved." in said.out
    assert "nomination" not in said.out
    assert run("letter", "list", EXCHANGE, "--json").data["letters"][2]["lacks"][0]["where"] == "steps"
    assert run("letter", "list", "EX-2027-DAR-099").code == 1


def test_a_letter_is_saved_and_no_file_is_written_over(run: Run, stand: Stand, tmp_path: Path) -> None:
    letters = Letters(stand)
    assert run("letter", "save", EXCHANGE, "invitation", "letter.pdf", "--language", "zh").code == 0
    assert (tmp_path / "letter.pdf").read_bytes() == b"%PDF"
    assert letters.asked == [("CQMU-2027-000012", 2, "zh")]
    (tmp_path / "letter.pdf").write_bytes(b"mine")
    assert run("letter", "save", EXCHANGE, "invitation", "letter.pdf").code == 1
    assert (tmp_path / "letter.pdf").read_bytes() == b"mine"
    assert run("letter", "save", EXCHANGE, "housing", "other.pdf").code == 1
    assert not (tmp_path / "other.pdf").exists()
