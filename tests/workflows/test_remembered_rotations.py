"""What a rotation knows again of the clearance when it reads its records."""

from datetime import UTC, date, datetime, timedelta

import pytest

from models.events import Cleared, StageEntered
from models.rules.clearance import cleared_days
from models.vocabulary import Stage
from workflows.rotation import first_clinical_day

BLOCK = date(2027, 3, 1)
BEGAN = datetime(2027, 3, 10, 9, tzinfo=UTC)
"""The student came after the block had begun."""


@pytest.mark.parametrize(
    ("cleared_at", "zone", "first"),
    [
        (BEGAN - timedelta(days=20), "Asia/Shanghai", BLOCK),
        (BEGAN - timedelta(days=2), "", BLOCK),
        (BEGAN + timedelta(days=2), "", date(2027, 3, 12)),
        (BEGAN + timedelta(days=2, hours=8), "Asia/Shanghai", date(2027, 3, 13)),
        (BEGAN + timedelta(days=2, hours=-6), "America/New_York", date(2027, 3, 11)),
    ],
)
def test_who_was_cleared_before_the_rotation_began_is_for_the_whole_block(
    cleared_at: datetime, zone: str, first: date
) -> None:
    cleared = Cleared(at=cleared_at, valid_through=date(2027, 6, 1))
    entered = StageEntered(at=BEGAN, stage=Stage.ROTATIONS)
    assert first_clinical_day(cleared_days((cleared, entered), zone), BLOCK) == first


def test_a_rotation_may_read_its_records_before_its_stage_is_on_them() -> None:
    cleared = Cleared(at=BEGAN, valid_through=date(2027, 6, 1))
    assert first_clinical_day(cleared_days((cleared,), ""), BLOCK) == BLOCK
