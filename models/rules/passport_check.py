"""What the zone of a passport says beside what was typed: who it is of, and whether that is sure (D18, D19).

A character is never mended. A reading counts where it agrees with what was typed, or where two readers agree with each
other; otherwise a person looks. What differs, and cannot be a slip of the reader, stops the document.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from models.findings import FindingDraft
from models.reading import DocumentReading, ReadOutcome, ZoneRead
from models.rules.mrz import PassportZone, ZoneFault, ZoneField, parse_zone
from models.rules.passport_names import NameMatch, compare_names, likeness
from models.rules.travel_codes import same_nationality
from models.vocabulary import Severity

COULD_BE_MISREAD = 0.6
"""How alike two names are at least that a recogniser may have made one of the other."""


@dataclass(frozen=True)
class HolderTyped:
    """Who a document should be of, as it was typed. Personal data: it stays where the check runs."""

    family_name: str
    given_name: str
    native_name: str
    birth_date: date
    nationality: str
    """As it is kept: ISO 3166-1 alpha-2, or what a travel document prints instead."""
    expires_on: date | None = None
    """As it was typed when the document was handed in."""
    number: str = ""
    """Of the passport, where somebody typed it."""


@dataclass(frozen=True)
class _Candidate:
    """One reader's zone, and how each field of it stands to what was typed."""

    zone: PassportZone
    matches: dict[ZoneField, NameMatch]
    near: bool
    """The name is so like the one typed that a slip of the reader may be all there is between them."""

    def which(self, match: NameMatch) -> set[ZoneField]:
        return {field for field, found in self.matches.items() if found is match}

    @property
    def agrees(self) -> bool:
        return self.zone.sound and not self.zone.specimen and set(self.matches.values()) == {NameMatch.SAME}


def check_passport(reading: DocumentReading, typed: HolderTyped, today: date) -> tuple[FindingDraft, ...]:
    """Findings about a passport that was read, in comparison with what was typed (D19); none where all agrees.

    `D19.differs` blocks and names the fields; `D19.expired` blocks. `D19.zone`, `D19.unsure` and `D19.several` ask a
    person. Findings name fields and hold no value of any.
    """
    if reading.outcome not in (ReadOutcome.READ, ReadOutcome.NOTHING):
        return ()  # that it was not read is said of every kind of document alike
    if not reading.zones:
        return (_asking("D19.zone", "file", "finding.zone_missing"),)
    judged = [_judged(zone, typed, today) for zone in reading.zones]
    best = min(judged, key=_gravity)
    others = [found for found in judged if found is not best and _gravity(found) == _BLOCKS]
    several = _asking("D19.several", "file", "finding.zones_of_several")
    return (*best, *([several] if others and _gravity(best) < _BLOCKS else []))


_BLOCKS = 2


def _gravity(findings: Sequence[FindingDraft]) -> int:
    order = {Severity.BLOCKING: _BLOCKS, Severity.ASKING: 1}
    return max((order.get(finding.severity, 0) for finding in findings), default=0)


def _judged(read: ZoneRead, typed: HolderTyped, today: date) -> tuple[FindingDraft, ...]:
    """What is to be said of one zone."""
    candidates = [_candidate(parse_zone(lines, today), typed) for lines in _readings(read)]
    alike = read.exact or read.second == read.lines
    sound = [one for one in candidates if one.zone.sound]
    expired = _expired(candidates, alike, today)
    if not sound:
        return (_unsure(_doubtful(candidates)), *expired)
    differing = set.intersection(*(one.which(NameMatch.DIFFERENT) for one in sound))
    differing -= set().union(*(one.which(NameMatch.SAME) for one in candidates))  # seen as typed by another reader
    if any(_is_certain(field, sound, alike) for field in differing):
        differs = _blocking("D19.differs", "file", "finding.passport_differs", zone_fields=_named(differing))
        return (differs, *expired)
    if any(one.zone.specimen for one in sound):
        return (_asking("D19.specimen", "file", "finding.specimen"), *expired)
    agreeing = [one for one in sound if one.agrees]
    if agreeing and not _contradicted(agreeing[0], candidates):
        # What counts as read counts as expired too, though another reader saw no whole zone.
        return expired or _expired(agreeing[:1], True, today)
    return (_unsure(_doubtful(candidates)), *expired)


def _readings(read: ZoneRead) -> tuple[tuple[str, str], ...]:
    return (read.lines,) if read.second is None or read.second == read.lines else (read.lines, read.second)


def _candidate(zone: PassportZone, typed: HolderTyped) -> _Candidate:
    near = likeness(typed.family_name, typed.given_name, zone.family, zone.given) >= COULD_BE_MISREAD
    return _Candidate(zone, field_matches(zone, typed), near)


def field_matches(zone: PassportZone, typed: HolderTyped) -> dict[ZoneField, NameMatch]:
    """How each field that was typed stands to the zone."""
    nationality = same_nationality(zone.nationality, typed.nationality)
    matches = {
        ZoneField.NAME: compare_names(typed.family_name, typed.given_name, zone.family, zone.given, cut=zone.truncated),
        ZoneField.BIRTH_DATE: _same(zone.born, typed.birth_date),
        ZoneField.NATIONALITY: NameMatch.ASK if nationality is None else _same(nationality, True),
    }
    if typed.expires_on is not None:
        matches[ZoneField.EXPIRES_ON] = _same(zone.expires, typed.expires_on)
    if number := "".join(char for char in typed.number.upper() if char.isalnum()):
        matches[ZoneField.NUMBER] = _same(zone.number or None, number)
    return matches


def _same(read: object, typed: object) -> NameMatch:
    if read is None:
        return NameMatch.ASK
    return NameMatch.SAME if read == typed else NameMatch.DIFFERENT


def _is_certain(field: ZoneField, sound: Sequence[_Candidate], alike: bool) -> bool:
    """Whether a field that differs in every reading was read beyond a slip of the reader."""
    if alike or all(field in one.zone.proven for one in sound):
        return True
    if field is ZoneField.NAME:
        return not any(one.near for one in sound)
    return len(sound) > 1 and len({field_value(field, one.zone) for one in sound}) == 1


def _contradicted(agreeing: _Candidate, candidates: Sequence[_Candidate]) -> bool:
    """Whether another reader saw another zone just as well, or another number whose check digit fits."""
    others = [one.zone for one in candidates if one is not agreeing]
    return any(
        zone.sound or (zone.number != agreeing.zone.number and _NUMBER_UNREAD.isdisjoint(zone.faults))
        for zone in others
    )


_NUMBER_UNREAD = {ZoneFault.LENGTH, ZoneFault.ALPHABET, ZoneFault.NUMBER, ZoneFault.NUMBER_CHECK}
_FIELD_OF_FAULT = {
    ZoneFault.KIND: ZoneField.KIND,
    ZoneFault.ISSUER: ZoneField.ISSUER,
    ZoneFault.NATIONALITY: ZoneField.NATIONALITY,
    ZoneFault.NAMES: ZoneField.NAME,
    ZoneFault.NUMBER: ZoneField.NUMBER,
    ZoneFault.LONG_NUMBER: ZoneField.NUMBER,
    ZoneFault.NUMBER_CHECK: ZoneField.NUMBER,
    ZoneFault.BIRTH_CHECK: ZoneField.BIRTH_DATE,
    ZoneFault.BIRTH_DATE: ZoneField.BIRTH_DATE,
    ZoneFault.EXPIRY_CHECK: ZoneField.EXPIRES_ON,
    ZoneFault.EXPIRY_DATE: ZoneField.EXPIRES_ON,
    ZoneFault.OPTIONAL_CHECK: ZoneField.OPTIONAL,
    ZoneFault.SEX: ZoneField.SEX,
}


def _doubtful(candidates: Sequence[_Candidate]) -> set[ZoneField]:
    """Fields that a person must compare: at fault, not as typed, or seen in two ways."""
    zones = [one.zone for one in candidates]
    faulty = {_FIELD_OF_FAULT[fault] for zone in zones for fault in zone.faults if fault in _FIELD_OF_FAULT}
    untyped = {field for one in candidates for field, match in one.matches.items() if match is not NameMatch.SAME}
    in_two_ways = {field for field in ZoneField if len({field_value(field, zone) for zone in zones}) > 1}
    return faulty | untyped | in_two_ways


def field_value(field: ZoneField, zone: PassportZone) -> object:
    """What a zone says of a field, as it was taken apart."""
    values: dict[ZoneField, object] = {
        ZoneField.KIND: zone.kind,
        ZoneField.ISSUER: zone.issuer,
        ZoneField.NAME: (zone.family, zone.given),
        ZoneField.NUMBER: zone.number,
        ZoneField.NATIONALITY: zone.nationality,
        ZoneField.BIRTH_DATE: zone.born,
        ZoneField.SEX: zone.sex,
        ZoneField.EXPIRES_ON: zone.expires,
        ZoneField.OPTIONAL: zone.optional,
    }
    return values[field]


def _expired(candidates: Sequence[_Candidate], alike: bool, today: date) -> tuple[FindingDraft, ...]:
    """`D19.expired`: every reading says so, and its check digits prove the day or both readers agree on it."""
    zones = [one.zone for one in candidates]
    sure = alike or all(ZoneField.EXPIRES_ON in zone.proven for zone in zones)
    if sure and all(zone.sound and zone.expires is not None and zone.expires < today for zone in zones):
        return (_blocking("D19.expired", "file", "finding.passport_expired"),)
    return ()


def _unsure(fields: set[ZoneField]) -> FindingDraft:
    return _asking("D19.unsure", "file", "finding.zone_unsure", zone_fields=_named(fields))


def _named(fields: Collection[ZoneField]) -> tuple[str, ...]:
    return tuple(str(field) for field in ZoneField if field in fields)


def _blocking(rule_id: str, field: str, message: str, **params: tuple[str, ...]) -> FindingDraft:
    return _finding(Severity.BLOCKING, rule_id, field, message, params)


def _asking(rule_id: str, field: str, message: str, **params: tuple[str, ...]) -> FindingDraft:
    return _finding(Severity.ASKING, rule_id, field, message, params)


def _finding(
    severity: Severity, rule_id: str, field: str, message: str, params: Mapping[str, tuple[str, ...]]
) -> FindingDraft:
    return FindingDraft(
        rule_id=rule_id,
        severity=severity,
        field=field,
        message=message,
        params=dict(params),
        evidence=params.get("zone_fields", ()),
    )
