"""One catalogue of labels: every value of a closed set has a word in both languages, and Chinese ones are Chinese."""

import re
from collections.abc import Iterable, Mapping

import pytest

from models.catalogue.loading import load_programme
from models.clearances import ClearanceKind, ClearanceState, Covers
from models.document_states import DocumentState
from models.messages.audit import Part
from models.messages.suspensions import SuspensionReason
from models.notifications.notices import NoticeKind
from models.posting import DigestChoice
from models.rules.service_levels import By
from models.tables import MessageStatus
from models.vocabulary import (
    LANGUAGES,
    Content,
    Direction,
    HoldCause,
    Level,
    Missed,
    MobilityStatus,
    Movement,
    NominationStatus,
    Outcome,
    Role,
    RungKind,
    Scope,
    Severity,
    Side,
    Stage,
    Target,
)
from texts import clearances, labels, operating
from texts.labels import country, label
from texts.names import Names

CLOSED_SETS: list[tuple[Mapping[str, str], Iterable[str]]] = [
    (labels.STAGES, Stage),
    (labels.OUTCOMES, Outcome),
    (labels.OUTCOME_SENTENCES, Outcome),
    (labels.ROLES, Role),
    (labels.HOLDERS, Role),
    (labels.TARGETS, Target),
    (labels.DIRECTIONS, Direction),
    (labels.LEVELS, Level),
    (labels.CONTENTS, Content),
    (labels.DOCUMENT_STATES, DocumentState),
    (labels.SEVERITIES, Severity),
    (labels.HELD, HoldCause),
    (labels.SCOPES, Scope),
    (labels.SUSPENSION_REASONS, SuspensionReason),
    (labels.MOVEMENTS, Movement),
    (labels.DIGESTS, DigestChoice),
    (labels.NOTICES, NoticeKind),
    (labels.MESSAGE_STATES, MessageStatus),
    (labels.MOBILITY, MobilityStatus),
    (labels.NOMINATIONS, NominationStatus),
    (labels.RUNGS, RungKind),
    (labels.MISSED, Missed),
    (labels.BYS, By),
    (operating.PARTS, Part),
    (labels.SIDES, Side),
    (clearances.CLEARANCES, ClearanceKind),
    (clearances.CLEARANCE_STATES, ClearanceState),
    (clearances.COVERED, Covers),
]


@pytest.mark.parametrize(("table", "values"), CLOSED_SETS)
def test_every_value_has_a_word(table: Mapping[str, str], values: Iterable[str]) -> None:
    assert set(table) == {str(value) for value in values}


@pytest.mark.parametrize(("table", "values"), CLOSED_SETS)
def test_every_word_is_said_in_both_languages(table: Mapping[str, str], values: Iterable[str]) -> None:
    for value in values:
        english, chinese = (label(table, value, language) for language in LANGUAGES)
        assert english
        assert "\x04" not in english
        assert re.search("[\u4e00-\u9fff]", chinese)
        assert not re.search("[A-Za-z]{3}", re.sub(r"\{\w+\}", "", chinese))


def test_chinese_tells_the_supervisor_of_a_laboratory_from_one_of_the_clinic() -> None:
    assert [label(labels.SUPERVISORS, content, "zh") for content in (Content.LABORATORY, Content.CLINICAL)] == [
        "指导老师",
        "带教老师",
    ]
    assert label(labels.SUPERVISORS, Content.CLINICAL, "en") == "Supervisor"


def test_a_value_without_a_word_stays_readable() -> None:
    assert label(labels.STAGES, "long_ago", "zh") == "long ago"


def test_countries_are_named_in_the_readers_language() -> None:
    assert (country("FI", "en"), country("fi", "zh")) == ("Finland", "芬兰")
    assert country("??", "zh") == "??"


@pytest.mark.parametrize(
    ("code", "english", "chinese"),
    [
        ("D42.attendance.clinical", "Attendance: Clinical observation", "临床观摩"),
        ("D42.attendance.clinical.2", "Attendance: Clinical observation, block 2", "临床观摩，第2段"),
        ("D42.result.EX-2027-DAR-001.laboratory.1", "A rotation was not passed", ""),
        (
            "D42.result.EX-2027-DAR-001.laboratory.301",
            "A rotation was not passed (Laboratory training, block 3)",
            "实验室训练，第3段",
        ),
    ],
)
def test_what_a_certificate_lacks_names_the_block(code: str, english: str, chinese: str) -> None:
    programme = load_programme()
    assert Names(programme, "en").unmet(code) == english
    assert chinese in Names(programme, "zh").unmet(code)
