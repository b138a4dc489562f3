"""Who may enter and read what the authority wrote about a student's stay."""

from models.people.authorization import Actor, Parties, may_act_for_host, may_see
from models.vocabulary import Role


def may_record_paper(actor: Actor, parties: Parties) -> bool:
    """The offices of the host, the sending coordinator or head of office, the programme office."""
    if actor.role in {Role.COORDINATOR, Role.HEAD_OF_OFFICE} and actor.institution == parties.sending:
        return True
    return may_act_for_host(actor, parties)


def may_see_papers(actor: Actor, parties: Parties) -> bool:
    """The student, and those who may enter something."""
    return (actor.role is Role.STUDENT and may_see(actor, parties)) or may_record_paper(actor, parties)
