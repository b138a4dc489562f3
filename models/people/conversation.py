"""Who may read and write what is said about an exchange (D44, D46). The default is no.

Whether somebody may know of the exchange at all is asked first, in `models.people.authorization`.
"""

from models.messages.conversation import PostAudience
from models.people.authorization import Actor, Owner
from models.people.papers import may_open
from models.people.roles import OFFICERS, OFFICES, STAFF
from models.vocabulary import Purpose, Role, Side
from models.wire import Wire


class PostScope(Wire):
    """Whom one post is for."""

    author: str
    author_role: Role
    institution: str
    """Of whoever wrote it."""
    audience: PostAudience
    mentions: tuple[str, ...] = ()
    asked: Owner | None = None
    """Who owes an answer."""
    owner: Owner | None = None
    """Of the step that it is about."""
    about_health: bool = False
    """Whether that step is about somebody's health."""


def is_meant(actor: Actor, owner: Owner) -> bool:
    """Whether somebody is who is asked: of the role at that institution or unit; heads of office for coordinators."""
    if owner.role is Role.STUDENT:
        return actor.role is Role.STUDENT and actor.id == owner.person
    if owner.side is Side.PROGRAMME:
        return actor.role is Role.PROGRAMME_OFFICE
    if actor.institution != owner.institution:
        return False
    if owner.role is Role.SUPERVISOR:
        return actor.role is Role.SUPERVISOR and actor.unit == owner.unit
    return actor.role is owner.role or (owner.role is Role.COORDINATOR and actor.role is Role.HEAD_OF_OFFICE)


def is_named(actor: Actor, post: PostScope) -> bool:
    """Whether somebody wrote it, is mentioned or is asked, themself or as whom they stand in for."""
    people = {actor.id, actor.on_behalf_of or actor.id}
    return bool(people & {post.author, *post.mentions}) or (post.asked is not None and is_meant(actor, post.asked))


def same_office(actor: Actor, role: Role, institution: str) -> bool:
    """Whether somebody is of the office of who wrote in a role at an institution."""
    if Role.PROGRAMME_OFFICE in (actor.role, role):
        return actor.role is role
    return actor.role in OFFICES and actor.institution == institution


def may_read_post(actor: Actor, post: PostScope) -> bool:
    """Whether somebody reads a post.

    What one office noted is read by that office alone. What is written about a step of somebody's health is read by the
    student and by those who may open health papers (D46). Of what both sides write, offices read everything, others
    what they are named in and what is about a step of theirs; the student reads what is for the student.
    """
    if actor.role not in STAFF | {Role.STUDENT}:
        return False
    if post.audience is PostAudience.OFFICE:
        return same_office(actor, post.author_role, post.institution)
    if actor.role is Role.STUDENT:
        return post.audience is PostAudience.STUDENT
    if post.about_health:
        return may_open(actor.role, Purpose.HEALTH)
    owns = post.owner is not None and is_meant(actor, post.owner)
    return actor.role in OFFICES or owns or is_named(actor, post)


def may_write_post(actor: Actor, *, takes_part: bool) -> bool:
    """Whether somebody writes about an exchange: offices, its student, and officers and supervisors who take part.

    They take part once they owe a step of it, or are asked or mentioned.
    """
    return actor.role in OFFICES | {Role.STUDENT} or (actor.role in STAFF and takes_part)


def may_write_about(actor: Actor, *, about_health: bool) -> bool:
    """Whether somebody writes about a step; about one of health only those who read what its papers say (D46)."""
    return not about_health or may_open(actor.role, Purpose.HEALTH)


def audiences_of(actor: Actor, *, about_health: bool = False) -> tuple[PostAudience, ...]:
    """For whom somebody may write, what is meant most often first."""
    if actor.role is Role.STUDENT or about_health:
        return (PostAudience.STUDENT,)
    if actor.role in OFFICES:
        return PostAudience.SIDES, PostAudience.STUDENT, PostAudience.OFFICE
    return (PostAudience.SIDES, PostAudience.STUDENT) if actor.role in OFFICERS | {Role.SUPERVISOR} else ()
