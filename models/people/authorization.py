"""Who acts, and whether they may: the one place that decides it. The default is no."""

from collections.abc import Collection

from models.errors import NotAuthorised
from models.people.roles import LEADING, OF_THE_PROGRAMME, SEES, Sees
from models.vocabulary import Outcome, Role, Side, Target
from models.wire import Id, Wire


class Actor(Wire):
    """A person (or the clock) acting in a role at an institution. Carries ids only."""

    id: Id
    role: Role
    institution: str = ""
    unit: str = ""
    on_behalf_of: str = ""
    """Id of the absent person whom this one stands in for; role, institution and unit are then that person's."""


CLOCK = Actor(id="clock", role=Role.CLOCK)
"""The service itself, when a ladder ends or a check answers."""


class Owner(Wire):
    """Who owes a step: a role at an institution, and for students and supervisors which one."""

    side: Side
    role: Role
    institution: str = ""
    person: str = ""
    """Id of the student, for steps that are the student's."""
    unit: str = ""
    """Id of the unit, for steps that are a supervisor's."""


class Parties(Wire):
    """The institutions and the student of one exchange."""

    sending: str
    host: str
    student: str


def owner_for(side: Side, role: Role, parties: Parties, unit: str = "", *, at_host: bool = False) -> Owner:
    """The owner of a step of this side and role in an exchange between these parties.

    What a student owes `at_host` runs by the host's clock, and the host's office answers for it.
    """
    match side:
        case Side.STUDENT if at_host:
            return Owner(side=side, role=role, institution=parties.host, person=parties.student)
        case Side.SENDING:
            return Owner(side=side, role=role, institution=parties.sending)
        case Side.HOST:
            return Owner(side=side, role=role, institution=parties.host)
        case Side.UNIT:
            return Owner(side=side, role=role, institution=parties.host, unit=unit)
        case Side.STUDENT:
            return Owner(side=side, role=role, institution=parties.sending, person=parties.student)
        case Side.PROGRAMME:
            return Owner(side=side, role=role)


def owner_at(target: Target, owner: Owner, parties: Parties) -> Owner:
    """The owner that a rung's target means, seen from a step's owner; a step of the programme stays with it."""
    institution = owner.institution
    match target:
        case Target.OWNER:
            return owner
        case Target.COORDINATOR if institution:
            return Owner(side=owner.side, role=Role.COORDINATOR, institution=institution)
        case Target.HEAD_OF_OFFICE if institution:
            return Owner(side=owner.side, role=Role.HEAD_OF_OFFICE, institution=institution)
        case Target.PARTNER_OFFICE if institution:
            other = parties.host if institution == parties.sending else parties.sending
            side = Side.HOST if other == parties.host else Side.SENDING
            return Owner(side=side, role=Role.PARTNER_OFFICE, institution=other)
        case _:
            return Owner(side=Side.PROGRAMME, role=Role.PROGRAMME_OFFICE)


def may_decide(actor: Actor, owner: Owner) -> bool:
    """Whether this person may answer a step of this owner.

    The owner may; at the owner's institution the coordinator may for the officers and supervisors under them and the
    head of office may for the coordinator; the programme office may for every office. Nobody answers for a student, nor
    for occupational health, who alone see what a clearance rests on (D46).
    """
    if actor.role is Role.CLOCK:
        return True
    if owner.role is Role.STUDENT:
        return actor.role is Role.STUDENT and actor.id == owner.person
    if actor.role is Role.PROGRAMME_OFFICE:
        return owner.role is not Role.OCCUPATIONAL_HEALTH
    if actor.institution != owner.institution:
        return False
    if owner.role is Role.SUPERVISOR and actor.role is Role.SUPERVISOR:
        return actor.unit == owner.unit
    if actor.role is owner.role:
        return True
    if actor.role is Role.COORDINATOR:
        return owner.role in {Role.HOUSING_OFFICER, Role.SUPERVISOR}
    return actor.role is Role.HEAD_OF_OFFICE and owner.role is not Role.OCCUPATIONAL_HEALTH


def may_nominate(actor: Actor, sending: str) -> bool:
    """Whether this person may nominate students of this university: its own office, or the programme office."""
    if actor.role is Role.PROGRAMME_OFFICE:
        return True
    offices = {Role.COORDINATOR, Role.HEAD_OF_OFFICE, Role.PARTNER_OFFICE}
    return actor.institution == sending and actor.role in offices


def may_hand_in(actor: Actor, owner: Owner, parties: Parties) -> bool:
    """Whether this person may hand in documents of a step: its owner, or for a student the sending coordinator."""
    if owner.role is Role.STUDENT and actor.role is Role.COORDINATOR:
        return actor.institution == parties.sending
    return may_decide(actor, owner)


def may_act_for_host(actor: Actor, parties: Parties) -> bool:
    """Whether this person may report what happens at the host: arrival, attendance, departure, an early end."""
    if actor.role is Role.PROGRAMME_OFFICE:
        return True
    offices = {Role.COORDINATOR, Role.HEAD_OF_OFFICE, Role.HOUSING_OFFICER}
    return actor.institution == parties.host and actor.role in offices


def may_report_movement(actor: Actor, parties: Parties) -> bool:
    """Whether this person may report where a student is: the student, and the offices of the host."""
    if actor.role is Role.STUDENT:
        return actor.id == parties.student
    return may_act_for_host(actor, parties)


def may_move_rules(actor: Actor, parties: Parties) -> bool:
    """Whether this person may move an exchange to newer rules: the host's coordination and the programme office."""
    if actor.role is Role.PROGRAMME_OFFICE:
        return True
    return actor.role in LEADING and actor.institution == parties.host


def may_revoke_clearance(actor: Actor, parties: Parties) -> bool:
    """Whether this person may take back a clearance for the clinic: the host's occupational health alone (D46)."""
    return actor.role is Role.OCCUPATIONAL_HEALTH and actor.institution == parties.host


def may_reissue(actor: Actor, host: str) -> bool:
    """Whether this person may have a certificate reissued: the host's coordinator or head, or the programme office."""
    if actor.role in {Role.PROGRAMME_OFFICE, Role.CLOCK}:
        return True
    return actor.institution == host and actor.role in {Role.COORDINATOR, Role.HEAD_OF_OFFICE}


def may_correct_person(actor: Actor, host: str) -> bool:
    """Whether this person may correct who a verified nominee is: who verified it, or the programme office (D11)."""
    return actor.role is not Role.CLOCK and may_reissue(actor, host)


REOPENED = frozenset({Outcome.REJECTED, Outcome.WITHDRAWN, Outcome.EXPIRED})
"""Ends that somebody may have brought about, or let happen, by mistake."""


def may_reopen(actor: Actor, parties: Parties, outcome: Outcome) -> bool:
    """Whether this person may reopen an exchange: each side takes back its own axis (D10), the programme office any."""
    if actor.role is Role.PROGRAMME_OFFICE:
        return True
    side = {Outcome.REJECTED: parties.host, Outcome.WITHDRAWN: parties.sending}.get(outcome)
    return actor.institution == side and actor.role in {Role.COORDINATOR, Role.HEAD_OF_OFFICE}


def may_withdraw(actor: Actor, parties: Parties) -> bool:
    """Whether this person may withdraw the student: the student, either coordinator's office, the programme office."""
    if actor.role is Role.STUDENT:
        return actor.id == parties.student
    if actor.role is Role.PROGRAMME_OFFICE:
        return True
    return actor.institution in {parties.sending, parties.host} and actor.role in {
        Role.COORDINATOR,
        Role.HEAD_OF_OFFICE,
    }


def may_request_change(actor: Actor, parties: Parties) -> bool:
    """Whether this person may ask for a change of a verified exchange: the student, both coordinators, the programme.

    They are those who may end it (D39, D40).
    """
    return may_withdraw(actor, parties)


def may_take_back(actor: Actor, asked_by: Actor) -> bool:
    """Whether this person may take back a change: who asked for it, their office, the programme office."""
    if actor.role is Role.PROGRAMME_OFFICE or actor.id == asked_by.id:
        return True
    of_its_office = actor.role in {Role.COORDINATOR, Role.HEAD_OF_OFFICE} and asked_by.role is not Role.STUDENT
    return of_its_office and actor.institution == asked_by.institution


def signs_by_asking(actor: Actor, owner: Owner) -> bool:
    """Whether who asks for a change has signed it for a side by asking: never the programme office for either."""
    if actor.role in {Role.PROGRAMME_OFFICE, Role.CLOCK}:
        return False
    return may_decide(actor, owner)


def may_change_deadline(actor: Actor, owner: Owner) -> bool:
    """Whether this person may extend or reassign a step: the owner's coordinator or head, or the programme office."""
    if actor.role is Role.PROGRAMME_OFFICE:
        return True
    return actor.institution == owner.institution and actor.role in {Role.COORDINATOR, Role.HEAD_OF_OFFICE}


def reassignable_to(owner: Owner, programme_role: Role) -> tuple[Role, ...]:
    """The offices of the same institution that a step may be given to.

    None for students, the programme itself, and occupational health, in whose place no other office may judge.
    `programme_role` is whose the step is by the programme. Only that office and those that could answer for it anyhow
    are given it, whoever owes it now: a step that moves gives nobody a decision that is not theirs.
    """
    if owner.role in {Role.STUDENT, Role.OCCUPATIONAL_HEALTH} or not owner.institution:
        return ()
    first = owner.model_copy(update={"role": programme_role})
    offices = (Role.COORDINATOR, Role.HEAD_OF_OFFICE, Role.HOUSING_OFFICER)
    holders = {role: Actor(id=role, role=role, institution=owner.institution) for role in offices}
    return tuple(role for role in offices if role is not owner.role and may_decide(holders[role], first))


def may_see(actor: Actor, parties: Parties, units: Collection[str] = ()) -> bool:
    """Whether this person may know of an exchange (D44): its student, its two universities, its units.

    A partner office sees the students it sends and nobody else's; housing and health officers those they host;
    supervisors those with a place in their unit, out of `units` of the host.
    """
    match SEES[actor.role]:
        case Sees.EVERYTHING:
            return True
        case Sees.OWN:
            return actor.id == parties.student
        case Sees.OF_ITS_UNIVERSITY:
            return actor.institution in {parties.sending, parties.host}
        case Sees.SENT:
            return actor.institution == parties.sending
        case Sees.HOSTED:
            return actor.institution == parties.host
        case Sees.OF_ITS_UNIT:
            return actor.institution == parties.host and actor.unit in units


def may_read_messages(actor: Actor) -> bool:
    """Whether who may see an exchange sees the messages sent about it."""
    return actor.role in LEADING | OF_THE_PROGRAMME


def require(allowed: bool, refusal: str) -> None:
    """Refuse the act unless allowed.

    Raises:
        NotAuthorised: with this message id, which says what was asked and nothing about why (D44).
    """
    if not allowed:
        raise NotAuthorised(refusal)
