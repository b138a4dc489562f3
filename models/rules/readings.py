"""What is kept of a reading, and how it stands beside what was typed (D19). Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from types import NoneType
from typing import get_args

from models.facts import FACTS_OF
from models.kept_reading import KeptReading
from models.proposed import ProposedFact, ProposedKind
from models.reading import DocumentReading, ReadOutcome, ZoneRead
from models.rules.found_facts import proposed_facts
from models.rules.mrz import PassportZone, ZoneField, parse_zone
from models.rules.passport_check import HolderTyped, field_matches, field_value
from models.rules.passport_names import NameMatch
from models.views.readings import FieldBeside, ZoneBeside

COMPARED = (
    ZoneField.NAME,
    ZoneField.NUMBER,
    ZoneField.NATIONALITY,
    ZoneField.BIRTH_DATE,
    ZoneField.EXPIRES_ON,
)
_FROM = r"\bfrom\b|effective|\bstart|\bbegin|inception|\bperiod|自|起|生效|期间"
_TO = r"\buntil\b|\bto\b|\bthrough\b|expir|\bend|至|止|到期|终止|[-–—]$"
_WORDS: Mapping[str, str] = {
    "expires_on": r"expir|\buntil\b|有效期",
    "permitted_until": r"expir|\buntil\b|enter before|admit until|有效期|停留",
    "first_day": _FROM,
    "last_day": _TO,
    "per_illness": r"illness|accident|injury|incident|每次|疾病",
    "repatriation": r"repatriation|remains|遗体|遗骸|送返",
    "evacuation": r"evacuation|转运|运送",
    "deductible": r"deductible|excess|免赔",
    "per_claim": r"(?:per|each|any one) claim|occurrence|每次",
    "in_all": r"aggregate|in all|累计",
    "checked_on": r"check|search|report|核查|查询",
    "taken_on": r"collect|taken|specimen|采样|采集",
    "completed_on": r"complet|finished|完成|结业",
    "examined_on": r"examin|体检|检查",
}
"""Words that stand before the value of a field, in the languages of the papers."""


def kept_of(reading: DocumentReading) -> KeptReading | None:
    """What is kept of a reading; `None` where nothing of it helps anybody."""
    if reading.outcome is not ReadOutcome.READ:
        return None
    facts = proposed_facts(reading)
    if not facts and not reading.zones:
        return None
    return KeptReading(turned=tuple(page.turned for page in reading.pages), zones=reading.zones, facts=facts)


def zone_beside(read: ZoneRead, typed: HolderTyped, today: date) -> ZoneBeside:
    """A zone beside what was typed, field by field (D19)."""
    first = parse_zone(read.lines, today)
    second = parse_zone(read.second, today) if read.second else None
    return ZoneBeside(
        page=read.page,
        exact=read.exact,
        lines=read.lines,
        second=read.second,
        fields=tuple(_field(field, first, second, typed) for field in COMPARED),
    )


def _field(field: ZoneField, first: PassportZone, second: PassportZone | None, typed: HolderTyped) -> FieldBeside:
    seen = [zone for zone in (first, second) if zone is not None]
    as_typed = all(field_matches(zone, typed).get(field, NameMatch.SAME) is NameMatch.SAME for zone in seen)
    said = {_words(field, zone) for zone in seen}
    return FieldBeside(
        field=field,
        typed=_typed(field, typed),
        first=_words(field, first),
        second=_words(field, second) if second else None,
        agrees=as_typed and len(said) == 1 and "" not in said,
    )


def _words(field: ZoneField, zone: PassportZone) -> str:
    if field is ZoneField.NAME:
        return ", ".join(filter(None, (" ".join(zone.family), " ".join(zone.given))))
    value = field_value(field, zone)
    return value.isoformat() if isinstance(value, date) else str(value or "")


def _typed(field: ZoneField, typed: HolderTyped) -> str | None:
    values = {
        ZoneField.NAME: f"{typed.family_name}, {typed.given_name}",
        ZoneField.NUMBER: typed.number or None,
        ZoneField.NATIONALITY: typed.nationality,
        ZoneField.BIRTH_DATE: typed.birth_date.isoformat(),
        ZoneField.EXPIRES_ON: typed.expires_on.isoformat() if typed.expires_on else None,
    }
    return values[field]


def suggested_fields(kind: str, kept: KeptReading, today: date) -> dict[str, tuple[str, ...]]:
    """What the fields of a kind of document may be by what stands on it, as they are typed; never decided by it.

    A value belongs to the field whose words stand nearest before it. Several values of a field are told as they come.
    """
    model = FACTS_OF.get(kind)
    if model is None:
        return {}
    sorts = {name: _sort_of(field.annotation) for name, field in model.model_fields.items() if name in _WORDS}
    found: dict[str, list[str]] = {}
    if "expires_on" in sorts:
        found["expires_on"] = [day.isoformat() for day in _expiries(kept.zones, today)]
    for fact in kept.facts:
        name = _meant(fact, [name for name, sort in sorts.items() if sort is fact.kind])
        if name and not (name == "expires_on" and found[name]):
            found.setdefault(name, []).extend(_as_typed(fact))
    return {name: tuple(dict.fromkeys(values)) for name, values in found.items() if values}


def _expiries(zones: Sequence[ZoneRead], today: date) -> list[date]:
    readings = [lines for zone in zones for lines in (zone.lines, zone.second) if lines is not None]
    return [zone.expires for lines in readings if (zone := parse_zone(lines, today)).expires is not None]


def _sort_of(annotation: object) -> ProposedKind | None:
    of = next((one for one in get_args(annotation) if one is not NoneType), annotation)
    return ProposedKind.DATE if of is date else ProposedKind.AMOUNT if of is int else None


def _meant(fact: ProposedFact, names: Sequence[str]) -> str:
    """The field whose words end last before the value."""
    ends = {
        name: max((hit.end() for hit in re.finditer(_WORDS[name], fact.label, re.IGNORECASE)), default=-1)
        for name in names
    }
    name = max(ends, key=lambda one: ends[one], default="")
    return name if name and ends[name] >= 0 else ""


def _as_typed(fact: ProposedFact) -> list[str]:
    if fact.kind is ProposedKind.AMOUNT:
        return [str(round(float(fact.value.partition(" ")[2])))]
    return [value for value in (fact.value, fact.or_else) if value]
