"""What the law of a host's country asks of a stay, as data: one file for each country, frozen with the exchange."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from models.vocabulary import StepKind
from models.wire import Wire

DECIDE = "decide"
"""A form that a coordinator must decide (D3)."""
NO_FORM = "none"


class EntryRight(StrEnum):
    """How a student may enter the host's country."""

    VISA = "visa"
    VISA_FREE = "visa_free"
    FREE = "free"
    """A citizen, or somebody who moves freely: no visa, and none of the duties of foreigners."""


class Cause(StrEnum):
    """What begins a duty."""

    ARRIVED = "arrived"
    MOVED = "moved"
    REENTERED = "reentered"
    ENDED_EARLY = "ended_early"
    NEW_PAPER = "new_paper"
    """A new visa or passport, once the student has arrived (D29)."""


class Since(StrEnum):
    """From which moment of an arrival a duty counts."""

    ARRIVAL = "arrival"
    ENTRY = "entry"


class VisaRule(Wire):
    """A class of visa, for stays of so many days at most; the first that fits is the stay's."""

    name: str
    max_days: int | None = Field(default=None, ge=1)


class FormRule(Wire):
    """A form for the visa, for stays of so many days, both ends included; the first that fits is the stay's."""

    name: str
    min_days: int = Field(default=1, ge=1)
    max_days: int | None = Field(default=None, ge=1)


class VisaFree(Wire):
    """Nationalities that need no visa for stays of so many days at most."""

    nationalities: tuple[str, ...]
    max_days: int | None = Field(default=None, ge=1)


class Duty(Wire):
    """A step that the law asks for when something happens. Those of the two general steps say what it is themselves."""

    step: StepKind
    on: tuple[Cause, ...]
    since: Since = Since.ARRIVAL
    visas: tuple[str, ...] = ()
    """Only with one of these classes of visa; empty: with each."""
    min_days: int = Field(default=0, ge=0)
    """Only of stays of so many days."""
    id: str = ""
    title: str = ""
    title_zh: str = ""
    law: str = ""
    law_zh: str = ""
    days: int | None = Field(default=None, ge=0)
    """Due so many days after what begins it; unset: as the step says."""

    def concerns(self, visa_class: str, days: int) -> bool:
        """Whether a stay with this visa, of so many days, has the duty."""
        return days >= self.min_days and (not self.visas or visa_class in self.visas)


class LawText(Wire):
    """How a law is cited to people."""

    law: str
    law_zh: str


class EmergencyNumber(Wire):
    """The number by which an ambulance is called in a country, and which act or directive says so."""

    number: str = Field(pattern=r"^[0-9]{2,6}$")
    law: str = Field(min_length=1, max_length=200)


class Jurisdiction(Wire):
    """The law of one country, as far as a stay meets it (D2, D3, D26, D29-D33)."""

    country: str = Field(pattern=r"^[A-Z]{2}$")
    name: str = ""
    name_zh: str = ""
    effective_from: date = date.min
    source: str = ""
    exempt: tuple[str, ...] = ()
    """Nationalities besides its own that need no visa and have none of the duties."""
    visa_free: tuple[VisaFree, ...] = ()
    visas: tuple[VisaRule, ...] = ()
    forms: tuple[FormRule, ...] = ()
    undecided_form: str = NO_FORM
    """The form of a stay that none of `forms` fits."""
    permitted_stay: bool = False
    """Whether the last day of the permitted stay is recorded, watched and extended (D30, D31)."""
    permit_visas: tuple[str, ...] = ()
    """Classes of visa whose holders need a residence permit, which is renewed instead of the visa extended (D32)."""
    extension_days_before: int | None = Field(default=None, ge=0)
    """Days before the end of the permitted stay by which an extension is filed; unset: those of rule D31."""
    extension_doubles: bool = True
    """Whether extensions are together no longer than the first permitted stay (D31)."""
    ambulance: EmergencyNumber | None = None
    """Unset: cards and pages name no number of the country."""
    duties: tuple[Duty, ...] = ()
    laws: dict[StepKind, LawText] = Field(default_factory=dict)
    """Which law asks for a step here, where it is another than the catalogue's."""

    def visa_class(self, days: int) -> str:
        """The class of visa for a stay of so many days; empty where there is none (D2)."""
        return next((one.name for one in self.visas if one.max_days is None or days <= one.max_days), "")

    def form(self, days: int) -> str:
        """The form for a stay of so many days: one of `forms`, `decide` or `none` (D3)."""
        for one in self.forms:
            if one.min_days <= days and (one.max_days is None or days <= one.max_days):
                return one.name
        return self.undecided_form

    def entry(self, nationality: str, days: int) -> EntryRight:
        """How somebody of this nationality may enter for so many days."""
        if nationality == self.country or nationality in self.exempt:
            return EntryRight.FREE
        for one in self.visa_free:
            if nationality in one.nationalities and (one.max_days is None or days <= one.max_days):
                return EntryRight.VISA_FREE
        return EntryRight.VISA

    def duty(self, id: str) -> Duty | None:
        """One of its own duties."""
        return next((duty for duty in self.duties if duty.id == id), None)

    def frozen(self) -> "Jurisdiction":
        """The law as an exchange carries it: without prose."""
        unsaid = {"name": "", "name_zh": "", "source": "", "ambulance": None}
        return self.model_copy(update={**unsaid, "duties": tuple(d.model_copy(update=_UNSAID) for d in self.duties)})


_UNSAID = dict.fromkeys(("title", "title_zh", "law", "law_zh"), "")
EARLIER = {
    "CN": Jurisdiction(
        country="CN",
        visas=(VisaRule(name="X2", max_days=180), VisaRule(name="X1")),
        forms=(FormRule(name="DQ", min_days=30, max_days=180), FormRule(name="JW202", min_days=181)),
        undecided_form=DECIDE,
        permitted_stay=True,
        permit_visas=("X1",),
        duties=(
            Duty(step=StepKind.REGISTER_RESIDENCE, on=(Cause.ARRIVED, Cause.MOVED, Cause.REENTERED, Cause.NEW_PAPER)),
            Duty(step=StepKind.APPLY_RESIDENCE_PERMIT, on=(Cause.ARRIVED,), since=Since.ENTRY, visas=("X1",)),
            Duty(step=StepKind.REPORT_LEAVING, on=(Cause.ENDED_EARLY,)),
        ),
    ),
    "US": Jurisdiction(
        country="US",
        forms=(FormRule(name="DS2019"),),
        duties=(
            Duty(step=StepKind.VALIDATE_SEVIS, on=(Cause.ARRIVED,)),
            Duty(step=StepKind.REPORT_ADDRESS, on=(Cause.MOVED,)),
            Duty(step=StepKind.LEAVE_AFTER_END, on=(Cause.ENDED_EARLY,)),
            Duty(step=StepKind.END_SEVIS, on=(Cause.ENDED_EARLY,)),
        ),
    ),
}
"""The law of exchanges that were nominated before it was data."""
_ELSEWHERE = Duty(step=StepKind.REPORT_ADDRESS, on=(Cause.MOVED,))


def earlier_law(country: str) -> Jurisdiction:
    """The law that an exchange goes by whose policy says none."""
    return EARLIER.get(country) or Jurisdiction(country=country or "ZZ", duties=(_ELSEWHERE,))
