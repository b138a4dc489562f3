"""Background check, drug screen, and courses in safety and privacy (D22)."""

from collections.abc import Iterator
from datetime import date, timedelta

from models.findings import FindingDraft
from models.rules.requirements.known import KnownFacts, RulesAt, StayAsked
from models.rules.requirements.saying import it_asks, it_blocks, it_holds

DAY = timedelta(days=1)


def background(rules: RulesAt, known: KnownFacts, stay: StayAsked) -> Iterator[FindingDraft]:
    """`D22.background`: made at most two years before the first day; what it found is for a person."""
    facts, days = known.background, rules.number("D22", "background_check_days")
    if facts is None or days is None:
        return
    yield from _age("D22.background", "checked_on", facts.checked_on, days, stay)
    if not facts.clear:
        yield it_asks("D22.background_clear", "clear", "requirement.background_found")


def drug_screen(rules: RulesAt, known: KnownFacts, stay: StayAsked) -> Iterator[FindingDraft]:
    """`D22.drug_screen`: of twelve panels, at most 30 days before the first day; what it found is for a person."""
    facts, days = known.drug_screen, rules.number("D22", "drug_screen_days")
    if facts is None or days is None:
        return
    yield from _age("D22.drug_screen", "taken_on", facts.taken_on, days, stay)
    least = rules.number("D22", "drug_panels")
    if least is not None and facts.panels < least:
        yield it_blocks("D22.drug_panels", "panels", "requirement.drug_panels", found=facts.panels, least=least)
    if not facts.clear:
        yield it_asks("D22.drug_clear", "clear", "requirement.drug_found")


def osha(rules: RulesAt, known: KnownFacts, stay: StayAsked) -> Iterator[FindingDraft]:
    """`D22.osha`: safety training completed at most twelve months before the first day."""
    days = rules.number("D22", "osha_training_days")
    if known.osha is not None and days is not None:
        yield from _age("D22.osha", "completed_on", known.osha.completed_on, days, stay)


def hipaa(rules: RulesAt, known: KnownFacts, stay: StayAsked) -> Iterator[FindingDraft]:
    """`D22.hipaa`: privacy training before the first clinical day; of so many days where the set says how many."""
    if known.hipaa is None or not rules.holds("D22"):
        return
    completed, days = known.hipaa.completed_on, rules.number("D22", "hipaa_training_days")
    if days is not None:
        yield from _age("D22.hipaa", "completed_on", completed, days, stay)
    elif completed > stay.checked_on + DAY:
        yield it_blocks("D22.hipaa", "completed_on", "requirement.not_completed", day=completed)
    else:
        yield it_holds("D22.hipaa", "completed_on", None)


def _age(rule: str, field: str, made: date, days: int, stay: StayAsked) -> Iterator[FindingDraft]:
    """Made on a day that has come, and at most so many days before the stay begins; then it counts for all of it."""
    until = made + timedelta(days=days)
    if made > stay.checked_on + DAY:  # today may be a day ahead where it was made
        yield it_blocks(rule, field, "requirement.not_completed", day=made)
    elif until < stay.start:
        earliest = stay.start - timedelta(days=days)
        yield it_blocks(rule, field, "requirement.too_old", until, day=made, days=days, first=earliest)
    else:
        yield it_holds(rule, field, None)
