"""What a step is about, in words of one language."""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from models.tables import PlacementRow
from models.vocabulary import StepKind
from texts.dates import stay_words
from texts.names import Names


async def items_of(session: AsyncSession, names: Names, kind: StepKind, subject: str, host_id: str) -> Iterable[str]:
    """What a step is about, by what its subject means for this kind of step: documents, a place, a bed."""
    match kind:
        case StepKind.ACCEPT_STUDENT | StepKind.EVALUATE_STUDENT:
            placement = await session.get(PlacementRow, subject)
            return [_placement(names, placement)] if placement else []
        case StepKind.CONFIRM_BED:
            return [names.bed(host_id, subject)]
        case StepKind.FIND_PLACE | StepKind.RECORD_ATTENDANCE:
            return [names.content(content) for content in subject.split(",") if content]
        case StepKind.SETTLE_CERTIFICATE:
            return dict.fromkeys(names.unmet(code) for code in subject.split(",") if code)
        case StepKind.REVIEW_SERVICE_LEVEL:
            office, colon, figures = subject.partition(":")
            return [f"{names.office(office)}{colon}{figures}"]
        case _:
            return [names.document(kind) for kind in subject.split(",") if kind]


def _placement(names: Names, placement: PlacementRow) -> str:
    """A place in a unit with its dates."""
    days = stay_words(placement.start, placement.end, names.language)
    return names.pair(names.content(placement.content), names.listed((names.unit(placement.unit_id), days)))
