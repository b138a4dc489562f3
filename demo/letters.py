"""Letters of the demo: one of each kind is written, and all are put into the folder as PDFs, in each language."""

from collections.abc import Iterable
from pathlib import Path

from demo.play import Play
from models.people.authorization import Actor
from models.people.letters import LetterKind
from models.views import ExchangeView
from models.vocabulary import LANGUAGES, Outcome, Role


async def write_letters(play: Play, views: Iterable[ExchangeView]) -> list[str]:
    """Write one letter of each kind that an exchange lacks nothing for, keep all, and say what is not as it must be."""
    folder = play.stage.folder / "letters"
    folder.mkdir(exist_ok=True)
    unmet, written = list[str](), {LetterKind.TRANSCRIPT}
    for view in views:
        for institution in (view.plan.sending, view.plan.host):
            office = Actor(id=f"{institution}.coordinator", role=Role.COORDINATOR, institution=institution)
            written |= await _write(play, view.exchange_id, office, written)
        kept = await _keep(play, view.exchange_id, office, folder)
        if view.outcome is Outcome.COMPLETED and LetterKind.TRANSCRIPT not in kept:
            unmet.append(f"{view.exchange_id} is complete and has no transcript")
    never = set(LetterKind) - written - {LetterKind.CHANGE}  # nothing changes after the letters of the demo
    return unmet + [f"no {kind} letter could be written" for kind in sorted(never)]


async def _write(play: Play, exchange_id: str, office: Actor, written: set[LetterKind]) -> set[LetterKind]:
    found = await play.stage.services.reading.letters(exchange_id, office)
    states = found.letters if found is not None else ()
    wanted = {one.letter for one in states if one.writable and not one.lacks} - written
    for kind in sorted(wanted):
        await play.stage.services.gateway.letters.write(exchange_id, kind, office)
    return wanted


async def _keep(play: Play, exchange_id: str, office: Actor, folder: Path) -> set[LetterKind]:
    found = await play.stage.services.reading.letters(exchange_id, office)
    newest = [one.versions[0] for one in found.letters if one.versions] if found is not None else []
    papers = play.stage.services.gateway.papers
    for one in newest:
        for language in LANGUAGES:
            paper = await papers.letter(exchange_id, one.number, one.version, language, office)
            (folder / f"{exchange_id}-{one.letter}-{paper.filename}").write_bytes(paper.data)
    return {one.letter for one in newest}
