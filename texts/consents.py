"""What students are asked about papers that go abroad, what they answered, and the notice they read."""

from models.catalogue.programme import Programme
from models.catalogue.transfers import TransferNotice
from models.people.consents import ConsentAnswer, ConsentTo
from models.vocabulary import Role
from texts.i18n import _, _p
from texts.names import Names

CONSENTS: dict[str, str] = {
    ConsentTo.TRANSFER: _("My personal data and papers go to the host"),
    ConsentTo.SENSITIVE: _("Sensitive ones go to the host too: passport and visa, criminal record, health"),
}
CONSENT_SHORT: dict[str, str] = {
    ConsentTo.TRANSFER: _p("consent", "Papers in general"),
    ConsentTo.SENSITIVE: _p("consent", "Sensitive papers"),
}
CONSENT_ANSWERS: dict[str, str] = {
    ConsentAnswer.GIVEN: _p("consent", "given"),
    ConsentAnswer.REFUSED: _p("consent", "refused"),
    ConsentAnswer.WITHDRAWN: _p("consent", "withdrawn"),
}


def notice_paragraphs(
    notice: TransferNotice, programme: Programme, sending: str, host: str, language: str
) -> list[tuple[str, str]]:
    """The notice between two universities in a language: headings with their paragraphs."""
    names = Names(programme, language)
    filled = {
        "home": names.institution(sending),
        "host": names.institution(host),
        "home_contact": contact_of(programme, sending),
        "host_contact": contact_of(programme, host),
    }
    return [(names.title(one), str(names.in_language(one, "text")).format(**filled)) for one in notice.sections]


def contact_of(programme: Programme, institution_id: str) -> str:
    """How a university's office is written to."""
    found = programme.institution(institution_id)
    if found is not None and found.office_email:
        return found.office_email
    return next((one.email for one in programme.contacts(institution_id, Role.COORDINATOR)), institution_id)
