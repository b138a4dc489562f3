"""What the API takes and answers, and the errors that every operation may answer with."""

from datetime import date
from typing import Annotated, Any, Generic, TypeVar

from fastapi.routing import APIRoute
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from models.identifiers import EXCHANGE_CODE
from models.messages.acts import ActStatus
from models.messages.corrections import Reported
from models.messages.exchange import Acknowledged
from models.messages.webhooks import InboundStatus
from models.rules.again import UNANSWERED, Answers
from models.vocabulary import Content, Movement

T = TypeVar("T")
CODE = EXCHANGE_CODE
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


_WORDS = {
    304: "Not modified",
    400: "It cannot be read",
    401: "No token that holds",
    403: "Not in the token's scope, or not allowed",
    404: "Unknown, or not for this token",
    409: "Somebody else was first, or it does not wait for this now",
    412: "It has changed since",
    413: "Too large",
    422: "A value is missing or impossible, or the key was used for something else",
    429: "Too many calls",
    503: "A part is away; repeat it",
}


def operation_id(route: APIRoute) -> str:
    """What an operation is called in generated clients: its function, a verb and a noun."""
    return route.name


def problems(*codes: int) -> dict[int | str, dict[str, Any]]:
    """The errors of an operation, for its description."""
    wanted = sorted({*codes, 400, 401, 403, 422, 429, 503})
    return {code: {"description": _WORDS[code]} | ({} if code == 304 else {"content": _PROBLEM}) for code in wanted}


def kept_or(*codes: int) -> dict[int | str, dict[str, Any]]:
    """The errors of an act, and what is answered where it is kept and not yet taken."""
    return problems(*codes) | {202: {"description": "Kept, not yet taken: do not send it again", "model": KeptAct}}


class KeptAct(BaseModel):
    """An act that is on record, and done as soon as the service is whole again."""

    key: str
    status: ActStatus
    look: str
    """Where to look what became of it."""
    detail: str
    """In words."""


class ActAnswer(BaseModel):
    """What became of an act."""

    key: str
    kind: str
    exchange_id: str | None
    step_id: str | None
    status: ActStatus
    asked_at: AwareDatetime
    answered_at: AwareDatetime | None
    message: str
    """Of a refusal: the id of its sentence."""
    params: dict[str, Any]
    field: str
    detail: str
    """Of a refusal: in words, in the language of `Accept-Language`."""


class PageOf(BaseModel, Generic[T]):
    """A part of a list."""

    items: list[T]
    next: str | None = None
    """Pass it as `after` to go on; none at the end."""


class Taken(BaseModel):
    """What an act brought about."""

    exchange_id: str
    stage: str
    repeated: bool = False


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Decision(_Body):
    """An answer to a step."""

    outcome: str = Field(min_length=1, max_length=40)
    note: str | None = Field(default=None, max_length=10_000)
    documents: list[str] = Field(default_factory=list, max_length=30)
    bed_id: str | None = Field(default=None, max_length=120)
    unit_id: str | None = Field(default=None, max_length=120)
    valid_through: date | None = None
    justified: bool | None = None


class Arrival(_Body):
    """The student reached the residence."""

    arrived_at: AwareDatetime
    entered_at: AwareDatetime | None = None
    permitted_until: date | None = None
    single_entry: bool = True
    confirmed: bool = False
    """That the student came on this day, although it is far from the first one of the stay."""
    rural: bool = False


class Departure(_Body):
    """The student left the residence."""

    departed_on: date


class ClearanceRevocation(_Body):
    """Occupational health takes the clearance for the clinic back; which health records are handed in anew."""

    documents: tuple[Annotated[str, Field(max_length=60)], ...] = Field(default=(), max_length=20)


class DocumentOverride(_Body):
    """A document is to count against what the checks say; why."""

    kind: str = Field(min_length=1, max_length=60)
    note: str = Field(min_length=1, max_length=10_000)


class MovementReport(_Body):
    """The student moved, left the country or came back."""

    movement: Movement
    moved_at: AwareDatetime
    permitted_until: date | None = None
    single_entry: bool = True
    rural: bool = False


class Attendance(_Body):
    """Hours of one content over a period, both days included."""

    content: Content
    placement_id: str | None = Field(default=None, max_length=120)
    first_day: date
    last_day: date
    hours_planned: float = Field(gt=0, le=2000)
    hours_attended: float = Field(ge=0, le=2000)
    corrects: str | None = Field(default=None, max_length=120)
    """The id of the report that it replaces."""
    confirmed: bool = False
    """That the hours are right, although the exchange was suspended on some of the days."""


class Withdrawal(_Body):
    """The student does not go."""

    note: str | None = Field(default=None, max_length=10_000)
    declared_on: date | None = None
    """The day on which the student, or the office, said so."""


class ReportCorrection(_Body):
    """An arrival, a departure or the last movement was otherwise than reported; why."""

    reported: Reported
    happened_at: AwareDatetime | None = None
    """Of an arrival or a movement."""
    entered_at: AwareDatetime | None = None
    """Of an arrival: when the student entered the country; none: at the arrival."""
    on: date | None = None
    """Of a departure: the last day at the residence."""
    confirmed: bool = False
    """That the student came on this day, although it is far from the first one of the stay."""
    note: str = Field(min_length=1, max_length=10_000)


class NominationFields(_Body):
    """One row of a nomination file: text by column."""

    row: dict[str, str] = Field(max_length=40)
    answers: Answers = UNANSWERED
    """What is answered to what an earlier try asked."""


class NominationCorrection(_Body):
    """A corrected nomination: the whole row, until it is verified."""

    row: dict[str, str] = Field(max_length=40)
    note: str | None = Field(default=None, max_length=10_000)


class PersonCorrection(_Body):
    """Personal data of a verified nomination: the columns that change alone."""

    cells: dict[str, str] = Field(max_length=20)
    reason: str = Field(min_length=1, max_length=2000)


class Reopened(_Body):
    """An exchange that ended by mistake goes on."""

    note: str = Field(min_length=1, max_length=10_000)


class NominationNote(BaseModel):
    """What refused nothing, but should be known about a nomination."""

    field: str
    message: str
    reason: str


class NominationAnswer(BaseModel):
    """A student nominated."""

    exchange_id: str
    already_known: bool
    stage: str
    told: list[NominationNote] = []


class ReceivedEvent(BaseModel):
    """What became of an event that was sent here."""

    source: str
    id: str
    status: InboundStatus
    why: str
    """What is said of it, in the language of `Accept-Language`."""
    message: str
    params: dict[str, Any]
    exchange_id: str
    repeated: bool


class ReceivedBatch(BaseModel):
    """What became of the events of a batch, in their order."""

    results: list[ReceivedEvent]


def taken_of(reply: Acknowledged) -> Taken:
    """An act that was taken, as the API answers it."""
    return Taken(exchange_id=reply.exchange_id, stage=reply.stage, repeated=reply.repeated)
