"""The catalogue as values: institutions, units, beds, disciplines, and the policy made from it."""

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from pydantic import Field, PrivateAttr

from models.addresses import Email
from models.catalogue.contact import Contact as Contact
from models.catalogue.jurisdiction import Duty, Jurisdiction
from models.catalogue.kept import RetentionRule
from models.catalogue.letterhead import Letterhead as Letterhead
from models.catalogue.logos import Logo
from models.catalogue.looks import Looks
from models.catalogue.policy import END_OF_DAY, DocumentPolicy, Policy, RuleValue
from models.catalogue.transfers import TransferNotice
from models.catalogue.units import BlockedWeeks, UnitTerms
from models.identifiers import CohortKey
from models.messages.plan import Plan
from models.vocabulary import Content, Direction, Level, Repeated, Role
from models.wire import Id, Wire

CLOSE_WEEKS = 4
"""Before a stay, where a policy does not say when nominations close (D4)."""


def rule_value(policy: Policy, rule: str, name: str, otherwise: str | int) -> str | int:
    """One value of a rule; `otherwise` where the policy has none."""
    found = policy.rules.get(rule)
    value = found.values.get(name) if found else None
    return otherwise if value is None else type(otherwise)(value)


class ProgrammeUnit(Wire):
    """A laboratory or hospital department that takes students."""

    id: Id
    name: str
    name_zh: str
    content: Content
    """`laboratory` or `clinical`."""
    status: str = ""
    """National or ministry level of a laboratory, as in the seed (section H)."""
    status_zh: str = ""
    capacity: int = Field(ge=1)
    """Students at a time. This and what follows hold until they are changed in the portal (`UnitTerms`)."""
    blocked: tuple[BlockedWeeks, ...] = ()
    languages: tuple[str, ...] = ()
    levels: tuple[Level, ...] = ()
    disciplines: tuple[Id, ...] = ()
    objectives: tuple[Id, ...] | None = None
    """The learning objectives that it serves; unset: those of its content."""


class Bed(Wire):
    """One bed for exchange students."""

    id: Id
    building: str
    building_zh: str = ""
    room: str
    gender: str = "any"
    """`female`, `male` or `any`."""


class HousingOffer(Wire):
    """What a host offers (seed E), as the student acknowledges it."""

    kind: str
    """`free` or `free_or_supported`."""
    terms: str
    terms_zh: str
    inspection: bool = False
    """Whether a student in a bed of the host is checked out only when the inspection is on record (D34)."""


class AfterClosing(StrEnum):
    """What becomes of a nomination after the closing day (D4)."""

    QUEUED = "queued"
    """The programme office decides whether it is admitted, before the host looks at it."""
    REFUSED = "refused"


class IntakeTerm(Wire):
    """Stays that begin in a stretch of days, both included, and the last day on which they may be nominated (D4)."""

    first: date
    last: date
    closes: date
    """In the sending institution's zone."""

    def covers(self, start: date) -> bool:
        """Whether a stay that begins on this day is one of the term."""
        return self.first <= start <= self.last


class Agreement(Wire):
    """What has been agreed with a partner (D23)."""

    partner: Id
    active: bool
    clinical_outgoing: bool = False
    clinical_incoming: bool = True
    cap: dict[int, int]
    """Seats per intake year, 5 to 10 (D4)."""
    minimum: int = Field(default=5, ge=1, le=10)
    terms: tuple[IntakeTerm, ...] = ()
    """Terms with a last day for nominations of their own; other stays close so many weeks before they begin (D4)."""


class Closure(Wire):
    """Days on which an institution's offices are closed besides the public holidays, both included."""

    first_day: date
    last_day: date
    reason: str
    reason_zh: str

    def covers(self, day: date) -> bool:
        """Whether the offices are closed on a day."""
        return self.first_day <= day <= self.last_day


class WorkedDay(Wire):
    """A day that an institution works although it is a weekend or a holiday."""

    day: date
    reason: str
    reason_zh: str


class Institution(Wire):
    """One university."""

    id: Id
    code: str = Field(pattern=r"^[A-Z]{2,5}$")
    name: str
    name_zh: str
    country: str = Field(pattern=r"^[A-Z]{2}$")
    zone: str
    holidays_country: str
    holidays_subdivision: str | None = None
    holidays_zh: dict[str, str] = Field(default_factory=dict)
    """Chinese names of public holidays by their English one, where the service has none or another."""
    closures: tuple[Closure, ...] = ()
    worked_days: tuple[WorkedDay, ...] = ()
    confirmed_years: tuple[int, ...] = ()
    """Years whose moved working days somebody has entered here, so that they are known before the source knows them."""
    sample: bool = False
    """Made up, to show how a partner is added."""
    office_email: Email | None = None
    """Where the office is written to; unset: its coordinator's address. Mails about its steps are answered to it."""
    letterhead: Letterhead | None = None
    """Unset: it writes no letters until it is filled in."""
    looks: Looks | None = None
    """Its colours and logo; unset: the colours of the service."""
    hosts: tuple[Content, ...]
    housing: HousingOffer
    contacts: tuple[Contact, ...]
    units: tuple[ProgrammeUnit, ...] = ()
    beds: tuple[Bed, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    documents: tuple[DocumentPolicy, ...] = ()
    """Kinds of documents that this host asks for besides those of the programme."""
    without_documents: tuple[str, ...] = ()
    """Kinds of the programme that this host does not ask for."""
    rules: dict[str, dict[str, RuleValue]] = Field(default_factory=dict)
    """Values of rules that this host sets itself, by rule: `[rules.D28]` with `per_claim = 2000000`."""

    def unit(self, unit_id: str) -> ProgrammeUnit | None:
        """A unit of this institution."""
        return next((u for u in self.units if u.id == unit_id), None)

    def terms(self, unit: ProgrammeUnit) -> UnitTerms:
        """What the catalogue says of whom a unit of this institution takes."""
        supervisors = (c for c in self.contacts if c.role is Role.SUPERVISOR and c.unit == unit.id)
        return UnitTerms(
            capacity=unit.capacity,
            blocked=unit.blocked,
            languages=unit.languages,
            levels=unit.levels,
            disciplines=unit.disciplines,
            supervisors={c.id: c.students for c in supervisors if c.students is not None},
        )

    def agreement(self, partner: str) -> Agreement | None:
        """The agreement with a partner."""
        return next((a for a in self.agreements if a.partner == partner), None)


class Discipline(Wire):
    """An option of seed section G."""

    id: Id
    list: str
    """`state_key`, `esi`, `phd` or `master`."""
    name: str
    name_zh: str
    levels: tuple[Level, ...]
    """Levels that may choose from this list (D7): PhD and Master lists take their own level, the others both."""


class MessageTemplate(Wire):
    """A message to many that an office begins with; what stands in braces is filled in for each reader."""

    id: Id
    title: str
    title_zh: str
    subject: str
    subject_zh: str
    text: str
    text_zh: str


class Programme(Wire):
    """The whole catalogue, validated."""

    home: Id
    """The institution the programme is seen from: `cqmu`."""
    institutions: dict[str, Institution]
    disciplines: tuple[Discipline, ...]
    policy: Policy
    logos: dict[str, Logo] = Field(default_factory=dict)
    """By institution."""
    fees: tuple[str, ...]
    """What students pay themselves, and what is waived (D6), in words."""
    fees_zh: tuple[str, ...] = ()
    limits: dict[Repeated, int] = Field(default_factory=dict)
    """How often in 24 hours one person may do what leaves its step open, for one exchange."""
    retention: dict[str, int] = Field(default_factory=dict)
    """Days for which papers of each purpose are kept after the last exchange of their student ended (D46)."""
    kept: tuple[RetentionRule, ...] = ()
    """How long what documents say is kept after their exchange, by kind (D46)."""
    notices: tuple[TransferNotice, ...] = ()
    """What students read before papers go to a university in another jurisdiction (D46)."""
    objectives_zh: dict[str, str] = Field(default_factory=dict)
    """The learning objectives in Chinese; the policy, which goes into histories, has the English."""
    jurisdictions: dict[str, Jurisdiction] = Field(default_factory=dict)
    """What the law of a host's country asks, by country."""
    messages: dict[str, MessageTemplate] = Field(default_factory=dict)
    """Templates of messages to many, by id."""

    _catalogued: dict[str, Institution] = PrivateAttr(default_factory=dict)
    _people: int = PrivateAttr(default=0)
    _unread: tuple[tuple[str, str], ...] = PrivateAttr(default=())

    @property
    def catalogued(self) -> dict[str, Institution]:
        """The institutions as the catalogue has them; `institutions` names who holds the roles now."""
        if not self._catalogued:
            self._catalogued = dict(self.institutions)  # a value of its own: copies of the catalogue share the other
        return self._catalogued

    @property
    def people(self) -> int:
        """Which revision of the roster `institutions` names the people of; 0: the catalogue's own."""
        return self._people

    @property
    def unread(self) -> tuple[tuple[str, str], ...]:
        """People on record who are left out, each with the field that cannot be read."""
        return self._unread

    def named(self, revision: int, unread: tuple[tuple[str, str], ...] = ()) -> None:
        """Note which revision of the roster it names now, and who on record is left out."""
        self._people, self._unread = revision, unread

    def law_at(self, institution_id: str) -> Jurisdiction:
        """The law at an institution; of a country without a file nothing is known, and it asks nothing."""
        found = self.institutions.get(institution_id)
        country = found.country if found is not None else "ZZ"
        return self.jurisdictions.get(country) or Jurisdiction(country=country)

    def frozen(self, plan: Plan) -> Policy:
        """The policy under which a stay is nominated."""
        host = self.catalogued.get(plan.host)
        values = host.rules if host is not None else None
        return self.policy.frozen(plan.direction, self.law_at(plan.host), plan.host, values)

    def duty(self, id: str) -> Duty | None:
        """A duty that the law of some country names itself."""
        return next((found for law in self.jurisdictions.values() if (found := law.duty(id)) and id), None)

    def institution(self, institution_id: str) -> Institution | None:
        """One institution."""
        return self.institutions.get(institution_id)

    def zone_of(self, institution_id: str) -> str:
        """The zone of an institution, by its name; empty where it is unknown."""
        found = self.institution(institution_id)
        return found.zone if found is not None else ""

    def discipline(self, discipline_id: str) -> Discipline | None:
        """One discipline."""
        return next((d for d in self.disciplines if d.id == discipline_id), None)

    def nominations_close_at(self, key: CohortKey) -> datetime:
        """When the last nominations of a cohort close, in UTC: its last term, or the last day of the year (D4)."""
        closes = [term.closes for term in self._terms(key.sending, key.host) if term.first.year == key.year]
        day = max(closes, default=date(key.year, 12, 31) - self._closes_before)
        return self._end_of(day, key.sending)

    def closes_for(self, sending: str, host: str, start: date) -> datetime:
        """When nominations close for a stay that begins on a day: the end of that day in the sending zone (D4, D15)."""
        terms = (term.closes for term in self._terms(sending, host) if term.covers(start))
        return self._end_of(next(terms, start - self._closes_before), sending)

    @property
    def _closes_before(self) -> timedelta:
        return timedelta(weeks=int(rule_value(self.policy, "D4", "close_weeks_before_start", CLOSE_WEEKS)))

    def _terms(self, sending: str, host: str) -> tuple[IntakeTerm, ...]:
        agreement = self.institutions[host].agreement(sending)
        return agreement.terms if agreement else ()

    def _end_of(self, day: date, institution_id: str) -> datetime:
        zone = ZoneInfo(self.institutions[institution_id].zone)
        return datetime.combine(day, END_OF_DAY, zone).astimezone(UTC)

    def direction(self, host: str) -> Direction:
        """Incoming where the home institution is the host."""
        return Direction.INCOMING if host == self.home else Direction.OUTGOING

    def contacts(self, institution_id: str, role: Role, unit: str = "") -> tuple[Contact, ...]:
        """Everybody who answers for a role; the programme office belongs to the home institution."""
        where = self.home if role is Role.PROGRAMME_OFFICE else institution_id
        found = self.institutions[where].contacts if where in self.institutions else ()
        return tuple(c for c in found if c.role is role and (not unit or c.unit == unit))
