"""Ids and names in one home: codes, workflow ids (builders and parsers), task queues, keys of side effects."""

import re
from datetime import date

from models.vocabulary import Direction
from models.wire import Wire

EXCHANGE_QUEUE = "exchanges"
"""Workflows, records (local activities), document checks and certificates."""
MAIL_QUEUE = "mail"
"""The outbox sender's activities only, with their own rate limit."""
MAILROOM_ID = "mailroom"
MAILROOM_SCHEDULE_ID = "mailroom-sweep"

BOUNCES_WORKFLOW = "Bounces"
BOUNCES_SCHEDULE_ID = "bounces"
AUDIT_WORKFLOW = "Audit"
AUDIT_SCHEDULE_ID = "audit"
RETENTION_WORKFLOW = "Retention"
RETENTION_SCHEDULE_ID = "retention"
DIGEST_WORKFLOW = "Digest"
SERVICE_LEVEL_WORKFLOW = "ServiceLevelReview"
SERVICE_LEVEL_SCHEDULE_ID = "service-level-review"
_ALERT = re.compile(r"^SL-[A-Za-z0-9._-]+_\d{8}$")

EXCHANGE_CODE = r"^EX-(\d{4})-([A-Z]{2,5})-(\d{3,5})$"
"""What an exchange's code looks like."""
_EXCHANGE = re.compile(EXCHANGE_CODE)


def exchange_code(year: int, sending_code: str, number: int) -> str:
    """The code people use on the phone: `EX-2027-DAR-007`."""
    return f"EX-{year:04d}-{sending_code}-{number:03d}"


def is_exchange_code(text: str) -> bool:
    """Whether the text is an exchange code."""
    return _EXCHANGE.match(text) is not None


def exchange_workflow_id(exchange_id: str) -> str:
    """The workflow of one exchange."""
    return f"exchange/{exchange_id}"


def rotation_workflow_id(placement_id: str) -> str:
    """The workflow of one rotation."""
    return f"rotation/{placement_id}"


def certificate_workflow_id(exchange_id: str, request_id: str) -> str:
    """The workflow of one reissue of a certificate."""
    return f"certificate/{exchange_id}/{request_id}"


def letter_workflow_id(exchange_id: str, request_id: str) -> str:
    """The workflow of one letter."""
    return f"letter/{exchange_id}/{request_id}"


class CohortKey(Wire):
    """One sending university's students in one intake and direction (D4)."""

    sending: str
    host: str
    year: int
    direction: Direction

    @property
    def id(self) -> str:
        """Readable id, unique per cohort: `2027-incoming-dartmouth-cqmu`."""
        return f"{self.year}-{self.direction}-{self.sending}-{self.host}"


def cohort_workflow_id(cohort_id: str) -> str:
    """The workflow that owns a cohort's seats."""
    return f"cohort/{cohort_id}"


def suspension_workflow_id(suspension_id: str) -> str:
    """The workflow of one suspension."""
    return f"suspension/{suspension_id}"


def digest_schedule_id(zone: str) -> str:
    """The schedule of the digests of a zone."""
    return f"digest/{zone}"


def service_level_workflow_id(institution: str, unit: str) -> str:
    """The review of late answers of an institution or one of its units: one at a time."""
    return f"service-level/{institution}/{unit}" if unit else f"service-level/{institution}"


def review_workflow_id(of_whom: str) -> str:
    """The same, by the institution and unit in one."""
    return f"service-level/{of_whom}"


def alert_id(institution: str, unit: str, day: date) -> str:
    """One review: `SL-cqmu-lipid_20270301`, in the place of an exchange in the ids of its step."""
    return f"SL-{(unit or institution).replace('.', '-')}_{day:%Y%m%d}"


def is_alert(text: str) -> bool:
    """Whether the text is the id of a review of late answers."""
    return _ALERT.match(text) is not None


def step_id(scope: str, kind: str, number: int) -> str:
    """A step of an exchange or rotation: `EX-2027-DAR-007.sending_approval.1`."""
    return f"{scope}.{kind}.{number}"


def kind_of(step: str) -> str:
    """The kind of step that a step's id names; empty where a text is none."""
    parts = step.rsplit(".", 2)
    return parts[1] if len(parts) == 3 else ""


PLACES_OF_BLOCK = 100


def placement_id(exchange_id: str, content: str, number: int) -> str:
    """A placement of an exchange: `EX-2027-DAR-007.laboratory.1`."""
    return f"{exchange_id}.{content}.{number}"


def placement_number(block: int, attempt: int) -> int:
    """The number of a placement for a numbered block: 203 is the third place taken for block 2. `attempt` from 1.

    Beyond a hundred attempts the hundreds of them stand before the block: 10203 is attempt 103. Blocks count to 99.
    """
    hundreds, within = divmod(attempt, PLACES_OF_BLOCK)
    return hundreds * PLACES_OF_BLOCK**2 + PLACES_OF_BLOCK * block + within


def swap_attempt(round_: int, version: int) -> int:
    """Which attempt at a place a change makes: another one for each version of the plan in each round of an exchange.

    Those below fifty are the units asked in turn. Changes count within ten for each round, and where that is not
    enough from a hundred on.
    """
    if version < MOST_SWAPS and SWAPS_FROM + MOST_SWAPS * round_ + version < PLACES_OF_BLOCK:
        return SWAPS_FROM + MOST_SWAPS * round_ + version
    return PLACES_OF_BLOCK * version + round_


SWAPS_FROM, MOST_SWAPS = 50, 10


def block_of(placement: str) -> str:
    """The block that a placement was taken for, as steps and plans name it: `laboratory`, `laboratory.2`."""
    _, content, number = placement.rsplit(".", 2)
    block = int(number) // PLACES_OF_BLOCK % PLACES_OF_BLOCK
    return f"{content}.{block}" if block else content


def exchange_of(scoped_id: str) -> str:
    """The exchange a step, placement or rotation id belongs to."""
    return scoped_id.split(".", 1)[0]
