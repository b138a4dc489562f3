"""People entered in the portal, taken into the catalogue: what is checked when it is saved is what is read."""

from collections.abc import Iterable
from hashlib import sha256

from pydantic import TypeAdapter, ValidationError

from models.addresses import entered
from models.catalogue.contact_checks import id_fault
from models.catalogue.programme import Contact, Institution, Programme
from models.errors import BadInput
from models.people.absences import institution_of
from models.people.access import Member
from models.people.deputies import in_own_right, may_stand_in
from models.vocabulary import LANGUAGES, Role
from models.wire import Id

ROLES = frozenset(Role) - {Role.STUDENT, Role.CLOCK}
"""Roles for which people are entered."""
NAME_MOST = 200
OF_THE_POST = {"phone", "hours", "hours_zh"}
"""What stays where somebody else takes a post."""
_ID: TypeAdapter[str] = TypeAdapter(Id)


def contact_of(programme: Programme, member: Member) -> Contact:
    """The contact that everybody who looks this member up will get.

    Raises:
        BadInput: the catalogue could not hold it; `field` says what is wrong.
    """
    institution = programme.institution(member.institution)
    if institution is None:
        raise BadInput("institution.unknown", "institution")
    if member.role not in ROLES:
        raise BadInput("role.not_entered", "role")
    if id_fault(member.person, programme.institutions.values()):
        raise BadInput("person.id_taken", "person")
    if not member.name.strip() or len(member.name) > NAME_MOST:
        raise BadInput("name.needed", "name")
    if member.language not in LANGUAGES:
        raise BadInput("language.choose", "language")
    if member.role is Role.SUPERVISOR and institution.unit(member.unit) is None:
        raise BadInput("unit.of_supervisor", "unit")
    if member.role is Role.PROGRAMME_OFFICE and member.institution != programme.home:
        raise BadInput("institution.of_office", "institution")
    entered(member.email)
    try:
        return member.contact()
    except ValidationError as error:
        match error.errors(include_input=False, include_url=False)[0]["loc"][0]:
            case "email":
                raise BadInput("email.not_email", "email") from None
            case "deputies":
                raise BadInput("deputies.ids", "deputies") from None
            case _:
                raise BadInput("person.id_form", "person") from None


def readable_id(id: str) -> str:
    """An id as it may be told; of what is none, and may be anybody's name, only a digest."""
    try:
        return _ID.validate_python(id)
    except ValidationError:
        return f"unreadable-{sha256(id.encode()).hexdigest()[:12]}"


def repeople(programme: Programme, members: Iterable[Member], ended: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """Have the catalogue name the people who hold its roles now, in place: everybody who looks sees them at once.

    An entry takes the place of a contact of the same id, or adds one; who has `ended` holds no role. An entry that the
    catalogue could not hold is left out, and so is the contact in whose place it stands: nobody gets a role back
    because the record of their successor is damaged.

    Returns:
        Whoever was left out, each with the field at fault.
    """
    replaced, added, unread = set(ended), dict[str, list[Contact]](), list[tuple[str, str]]()
    givers = dict[str, Member]()
    for member in members:
        replaced.add(member.person)
        try:
            contact = contact_of(programme, member)
        except BadInput as fault:
            unread.append((member.person, fault.field))
            continue
        added.setdefault(member.institution, []).append(contact)
        givers[member.person] = member
    for institution in programme.catalogued.values():
        kept = (contact for contact in institution.contacts if contact.id not in replaced)
        posts = {contact.id: contact for contact in institution.contacts}
        contacts = (*kept, *(_reached_as(posts.get(one.id), one) for one in added.get(institution.id, ())))
        programme.institutions[institution.id] = institution.model_copy(update={"contacts": contacts})
    for institution in tuple(programme.institutions.values()):
        named = tuple(_with_deputies(programme, institution, one, givers.get(one.id)) for one in institution.contacts)
        programme.institutions[institution.id] = institution.model_copy(update={"contacts": named})
    return tuple(unread)


def _reached_as(post: Contact | None, successor: Contact) -> Contact:
    """Whoever was entered for a post of the catalogue, with the telephone and the hours of the post."""
    return successor.model_copy(update=post.model_dump(include=OF_THE_POST)) if post is not None else successor


def _with_deputies(programme: Programme, institution: Institution, contact: Contact, entry: Member | None) -> Contact:
    """A contact with those standing deputies alone who may stand in, given who named them."""
    post = institution.id, contact
    giver = entry.deputies_by if entry is not None else in_own_right(post)
    posts = ((deputy, institution_of(programme, deputy)) for deputy in contact.deputies)
    allowed = tuple(deputy for deputy, found in posts if found is not None and may_stand_in(found, post, giver))
    return contact if allowed == contact.deputies else contact.model_copy(update={"deputies": allowed})
