"""What the requirements look at: the stay in its days, the facts that are known, and the rules in force."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from models.catalogue.policy import Policy, Rule
from models.facts.conduct import BackgroundFacts, DrugScreenFacts, TrainingFacts
from models.facts.cover import CoverFacts, LiabilityFacts
from models.facts.health import ExaminationFacts, ImmunizationFacts, TuberculosisFacts
from models.facts.identity import PassportFacts, StatusFacts, VisaFacts
from models.messages.plan import Plan
from models.vocabulary import Content, Level
from models.wire import Wire

EVERYWHERE = "programme"
"""The jurisdiction of rules that the programme made for itself."""


class StayAsked(Wire):
    """A stay whose papers are judged, in days of the host; planned, amended or only asked about."""

    start: date
    end: date
    checked_on: date
    """Today at the host."""
    host_country: str = ""
    clinic_start: date | None = None
    clinic_end: date | None = None
    """The last clinical day; unset where no patient is met."""
    level: Level = Level.MASTER
    visa_class: str = ""
    """As the law of the host's country says for so many days; empty: none."""
    visa_form: str = ""
    laboratory: bool = True
    clinic_open: bool | None = None
    """Whether an active agreement opens the clinic; unset: not looked up (D23)."""

    @property
    def days(self) -> int:
        """Its length, both ends included (D1)."""
        return (self.end - self.start).days + 1

    @classmethod
    def of(cls, plan: Plan, policy: Policy, checked_on: date, *, clinic_open: bool | None = None) -> "StayAsked":
        """A plan as it is judged; `checked_on` is today at the host."""
        clinic = plan.blocks(Content.CLINICAL)
        visa_class = policy.law.visa_class(plan.days) if policy.law is not None else plan.visa_class
        return cls(
            start=plan.start,
            end=plan.end,
            checked_on=checked_on,
            host_country=plan.host_country,
            clinic_start=min((block.start for block in clinic), default=None),
            clinic_end=max((block.end for block in clinic), default=None),
            level=plan.level,
            visa_class=visa_class,
            visa_form=plan.visa_form,
            laboratory=plan.block(Content.LABORATORY) is not None,
            clinic_open=clinic_open,
        )


@dataclass(frozen=True)
class KnownFacts:
    """The facts of a student's accepted papers; unset or empty where there are none."""

    passport: PassportFacts | None = None
    visa: VisaFacts | None = None
    status: StatusFacts | None = None
    covers: tuple[CoverFacts, ...] = ()
    liabilities: tuple[LiabilityFacts, ...] = ()
    examination: ExaminationFacts | None = None
    immunizations: ImmunizationFacts | None = None
    tuberculosis: TuberculosisFacts | None = None
    background: BackgroundFacts | None = None
    drug_screen: DrugScreenFacts | None = None
    osha: TrainingFacts | None = None
    hipaa: TrainingFacts | None = None


class RulesAt:
    """The rules of a set that are in force at a host."""

    def __init__(self, rules: Mapping[str, Rule], country: str) -> None:
        self._rules = rules
        self._country = country

    def __iter__(self) -> Iterator[str]:
        return (id for id, rule in self._rules.items() if rule.jurisdiction in (EVERYWHERE, self._country))

    def holds(self, id: str) -> bool:
        """Whether a rule is in the set, and in force here."""
        rule = self._rules.get(id)
        return rule is not None and rule.jurisdiction in (EVERYWHERE, self._country)

    def number(self, id: str, name: str) -> int | None:
        """A whole number of a rule; unset where the set has none, or the rule is not in force here."""
        value = self._rules[id].values.get(name) if self.holds(id) else None
        return value if isinstance(value, int) else None

    def word(self, id: str, name: str) -> str:
        """A word of a rule; empty where there is none."""
        value = self._rules[id].values.get(name) if self.holds(id) else None
        return value if isinstance(value, str) else ""

    def told(self, id: str, name: str) -> bool:
        """A yes or no of a rule; no where there is none."""
        return self.holds(id) and self._rules[id].values.get(name) is True
