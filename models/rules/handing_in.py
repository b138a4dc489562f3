"""Why no open step takes a document, in the words of a refusal."""

from collections.abc import Collection

from models.errors import BadInput, NotOpen, Refused


def why_not_taken(kind: str, awaited: Collection[str], accepted: Collection[str], *, step_known: bool) -> Refused:
    """The refusal of a document that no open step takes.

    `step_known`: that the stay needs no such document is known, because the step that would take it is open, or because
    its programme has no such kind. What is not open may be open in the records alone, and is told by `NotOpen`.
    """
    kinds = sorted(awaited)
    if step_known:
        return BadInput("document.not_needed", "kind", kind=kind, kinds=kinds)
    if kind in accepted:
        return NotOpen("document.settled", "kind", kind=kind)
    if not kinds:
        return NotOpen("document.none_awaited", "kind", kind=kind)
    return NotOpen("document.not_awaited", "kind", kind=kind, kinds=kinds)
