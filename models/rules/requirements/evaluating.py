"""Which requirements are asked of which kind of document, and all of them asked at once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TypeVar

from models.catalogue.policy import Rule
from models.facts import StatedFacts
from models.facts.conduct import BackgroundFacts, DrugScreenFacts, TrainingFacts
from models.facts.cover import CoverFacts, LiabilityFacts
from models.facts.health import ExaminationFacts, ImmunizationFacts, TuberculosisFacts
from models.facts.identity import PassportFacts, StatusFacts, VisaFacts
from models.findings import FindingDraft
from models.rules.requirements import conduct, cover, health, identity, immunizations
from models.rules.requirements.known import KnownFacts, RulesAt, StayAsked

Facts = TypeVar("Facts", bound=StatedFacts)
Requirement = Callable[[RulesAt, KnownFacts, StayAsked], Iterator[FindingDraft]]
FoundByKind = dict[str, tuple[FindingDraft, ...]]
"""Findings by kind of document."""
PLAN = ""
"""Where a requirement is about the stay itself and about no document."""
REQUIREMENTS: Mapping[str, tuple[Requirement, ...]] = {
    "passport": (identity.passport,),
    "visa": (identity.visa,),
    "ds2019_form": (identity.status,),
    "insurance": (cover.every_day, cover.amounts),
    "liability_insurance": (cover.liability,),
    "physical_exam": (health.examination,),
    "immunization_record": (immunizations.immunizations,),
    "tb_test": (health.tuberculosis,),
    "background_check": (conduct.background,),
    "drug_screen": (conduct.drug_screen,),
    "osha_training": (conduct.osha,),
    "hipaa_training": (conduct.hipaa,),
    PLAN: (identity.form, identity.agreement),
}
"""By kind of document. A kind of which no facts are known has no findings."""


def evaluate_by_kind(
    rules: Mapping[str, Rule], known: KnownFacts, stay: StayAsked
) -> dict[str, tuple[FindingDraft, ...]]:
    """What every requirement says, by the kind of document it is about; kinds of which nothing is said are left out."""
    here = RulesAt(rules, stay.host_country)
    said = {kind: _once(f for ask in asked for f in ask(here, known, stay)) for kind, asked in REQUIREMENTS.items()}
    return {kind: findings for kind, findings in said.items() if findings}


def evaluate(rules: Mapping[str, Rule], known: KnownFacts, stay: StayAsked) -> tuple[FindingDraft, ...]:
    """What every requirement says, in the order of the kinds of documents."""
    return tuple(f for findings in evaluate_by_kind(rules, known, stay).values() for f in findings)


def known_facts(stated: Mapping[str, Sequence[StatedFacts]]) -> KnownFacts:
    """Facts by kind of document, oldest first, as the requirements ask for them.

    All policies of insurance count together; of everything else the newest does.
    """
    return KnownFacts(
        passport=_newest(stated.get("passport"), PassportFacts),
        visa=_newest(stated.get("visa"), VisaFacts),
        status=_newest(stated.get("ds2019_form"), StatusFacts),
        covers=tuple(one for one in stated.get("insurance", ()) if isinstance(one, CoverFacts)),
        liabilities=tuple(one for one in stated.get("liability_insurance", ()) if isinstance(one, LiabilityFacts)),
        examination=_newest(stated.get("physical_exam"), ExaminationFacts),
        immunizations=_newest(stated.get("immunization_record"), ImmunizationFacts),
        tuberculosis=_newest(stated.get("tb_test"), TuberculosisFacts),
        background=_newest(stated.get("background_check"), BackgroundFacts),
        drug_screen=_newest(stated.get("drug_screen"), DrugScreenFacts),
        osha=_newest(stated.get("osha_training"), TrainingFacts),
        hipaa=_newest(stated.get("hipaa_training"), TrainingFacts),
    )


def good_until(findings: Iterable[FindingDraft]) -> date | None:
    """The earliest last day on which findings hold; unset where none depends on a day."""
    return min((f.holds_until for f in findings if f.holds_until is not None), default=None)


def _newest(stated: Sequence[StatedFacts] | None, kind: type[Facts]) -> Facts | None:
    return next((one for one in reversed(stated or ()) if isinstance(one, kind)), None)


def _once(findings: Iterable[FindingDraft]) -> tuple[FindingDraft, ...]:
    """Each said once: several policies may hold by the same rule."""
    return tuple({found.model_dump_json(): found for found in findings}.values())
