"""What each kind of mail says, once for text and HTML; its Chinese is in the catalogue of texts.

Mails about one step are in `mail/step_letters.py`, those that list many things in `mail/overviews.py`, `mail/digest.py`
and `mail/summary.py`.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from mail.arrivals import arrived
from mail.broadcast_letters import broadcast_letter
from mail.changed_letters import bed_moved, change_ended, letter_written, person_corrected, reopened
from mail.clearance_letters import clearance_changed, clearance_ending, renewal_not_needed
from mail.consent_letters import consent_withdrawn
from mail.conversation_letters import PostLetters
from mail.digest import DigestWriter
from mail.document_letters import document_rejected
from mail.links import Links, undone, used
from mail.overviews import Overviews
from mail.reading import MailReading, NothingToSay
from mail.refused_acts import act_refused
from mail.render import Body, Box, Detail, Link, Para
from mail.replan_letters import cohort_replanned
from mail.session_letters import session_letter
from mail.settlement_letters import settlement
from mail.step_letters import step_letter
from mail.summary import SummaryWriter
from models.catalogue.programme import Programme
from models.notifications.conversation_news import PostFacts
from models.notifications.door_facts import AddressFacts, ProposalFacts, SignInFacts
from models.notifications.notices import (
    AbsenceFacts,
    ArrivalFacts,
    BroadcastFacts,
    CertificateFacts,
    CohortFacts,
    DocumentFacts,
    Facts,
    LetterNotice,
    NoticeKind,
    OutcomeFacts,
    OverviewFacts,
    PersonCorrectedFacts,
    RefusedActFacts,
    ReopenedFacts,
    ReturnedFacts,
    StepFacts,
    SuspensionFacts,
    WaitlistFacts,
)
from models.notifications.session_news import SessionFacts
from models.notifications.stay_facts import (
    BedFacts,
    ChangeFacts,
    ClearanceFacts,
    ConsentFacts,
    EndingFacts,
    LateFilingFacts,
    RenewalFacts,
    ReplanFacts,
    SettlementFacts,
)
from models.vocabulary import StepKind
from texts.dates import day_words
from texts.i18n import _
from texts.labels import NOTICES

REASONS = {
    "without_certificate": _("The conditions for a certificate are not met."),
    "certificate_issued": _("The certificate comes in a mail of its own."),
    "cancelled_by_operator": _("It was cancelled by the operators of the service."),
    "first_stay_unchanged": _("The first stay was not shortened for it, and goes on as it was."),
}
"""What is added for a reason that is no step; a step's title is added otherwise."""


class Letters:
    """Writes what mails say, from their facts and the records."""

    def __init__(self, programme: Programme, links: Links, posts: PostLetters) -> None:
        self._programme = programme
        self._posts = posts
        self._links = links
        self._overviews = Overviews(programme)
        self._digests = DigestWriter(programme, links)
        self._summaries = SummaryWriter(programme)

    async def write(self, session: AsyncSession, reading: MailReading, facts: Facts) -> Body:
        """What a mail says.

        Raises:
            NothingToSay: what it was to say is settled.
        """
        match facts:
            case StepFacts():
                return await step_letter(session, reading, facts)
            case DocumentFacts():
                return await document_rejected(session, reading, facts)
            case WaitlistFacts():
                return waitlisted(reading, facts)
            case ArrivalFacts():
                return await arrived(session, reading, facts, self._programme)
            case LateFilingFacts():
                return extension_filed_late(reading, facts)
            case BedFacts():
                return bed_moved(reading, facts)
            case SettlementFacts():
                return settlement(reading, facts)
            case ChangeFacts():
                return await change_ended(session, reading, facts)
            case ReplanFacts():
                return cohort_replanned(reading, facts)
            case ClearanceFacts():
                return clearance_changed(reading, facts)
            case EndingFacts():
                return clearance_ending(reading, facts)
            case RenewalFacts():
                return renewal_not_needed(reading, facts)
            case ConsentFacts():
                return consent_withdrawn(reading, facts)
            case CertificateFacts():
                return certificate_issued(reading, facts, self._links.verification(facts))
            case LetterNotice():
                return letter_written(reading, facts)
            case OutcomeFacts():
                return outcome(reading, facts)
            case ReopenedFacts():
                return reopened(reading)
            case PersonCorrectedFacts():
                return person_corrected(reading, facts)
            case CohortFacts():
                return cohort_below_minimum(reading, facts)
            case SignInFacts():
                if await used(session, facts):
                    raise NothingToSay
                return sign_in(reading, facts, self._links.code(facts))
            case AddressFacts():
                if await undone(session, facts):
                    raise NothingToSay
                return address_changed(reading, facts)
            case ProposalFacts():
                return second_needed(reading, facts)
            case ReturnedFacts():
                return mail_returned(reading, facts)
            case RefusedActFacts():
                return act_refused(reading, facts)
            case BroadcastFacts():
                return await broadcast_letter(session, reading, facts)
            case PostFacts():
                return await self._posts.write(session, reading, facts)
            case SessionFacts():
                return await session_letter(session, reading, facts, self._programme)
            case SuspensionFacts() | AbsenceFacts() | OverviewFacts():
                return await self._overview(session, reading, facts)

    async def _overview(
        self, session: AsyncSession, reading: MailReading, facts: SuspensionFacts | AbsenceFacts | OverviewFacts
    ) -> Body:
        match facts, reading.kind:
            case SuspensionFacts(), NoticeKind.RESUMED:
                return await self._overviews.resumed(session, reading, facts)
            case SuspensionFacts(), _:
                return await self._overviews.suspended(session, reading, facts)
            case AbsenceFacts(), _:
                return await self._overviews.standing_in(session, reading, facts)
            case _, NoticeKind.DIGEST:
                return await self._digests.digest(session, reading, facts)
            case _, NoticeKind.SUMMARY:
                return await self._summaries.summary(session, reading, facts)
            case _:
                return await self._overviews.caught_up(session, reading, facts)


def extension_filed_late(reading: MailReading, facts: LateFilingFacts) -> Body:
    """To student and offices: the authority may not answer before the permitted stay ends (D31)."""
    filed, until = day_words(facts.filed_on, reading.language), day_words(facts.until, reading.language)
    told = _("The extension of the stay of {student} was filed on {filed}. The permitted stay ends on {until}.")
    rule = _("It was due by {due}. Without an answer by the last day, {student} has to leave.")
    return Body(
        subject=reading.coded(_("extension of the stay filed late")),
        headline=reading.say(_("The extension of the stay was filed late")),
        blocks=(
            Para(reading.say(told, student=reading.student, filed=filed, until=until)),
            Para(reading.say(rule, student=reading.student, due=day_words(facts.due_on, reading.language))),
        ),
    )


def waitlisted(reading: MailReading, facts: WaitlistFacts) -> Body:
    """To the student and the sending office: the place in the queue."""
    say, place = reading.say, facts.position
    if reading.by_student:
        approved = _("Your university approved your application; all seats of this year are taken for now.")
        then = _(
            "When a seat comes free it is offered to the first in line, and you get a mail with the day by which to "
            "answer. Until then there is nothing to do."
        )
    else:
        approved = _("The application of {student} was approved; all seats of this year are taken for now.")
        then = _("When a seat comes free it is offered to the first in line. Until then there is nothing to do.")
    order = say(_("The place on the waitlist follows the sending university's ranking."))
    return Body(
        subject=reading.coded(_("on the waitlist, position {place}") if place else _("on the waitlist"), place=place),
        headline=say(_("On the waitlist, position {place}") if place else _("On the waitlist"), place=place),
        blocks=(
            Para(reading.names.sentences(say(approved, student=reading.student), order)),
            Para(say(then)),
        ),
    )


def certificate_issued(reading: MailReading, facts: CertificateFacts, url: str) -> Body:
    """To the student and the sending office: its number, and where it is verified."""
    say, day = reading.say, day_words(facts.issued_on, reading.language)
    if reading.by_student:
        issued = say(_("Your certificate was issued on {day}."), day=day)
    else:
        issued = say(_("The certificate of {student} was issued on {day}."), student=reading.student, day=day)
    replaces = _("It is version {version} and replaces the one before.") if facts.version > 1 else ""
    return Body(
        subject=reading.coded(_("certificate {number} issued"), number=facts.number),
        headline=say(_("Certificate issued")),
        blocks=(
            Para(reading.names.sentences(issued, replaces and say(replaces, version=facts.version))),
            Para(say(_("Whoever is shown it can verify it at the address below."))),
            Box((Detail(say(_("Number")), facts.number),), Link(say(_("Verify at")), url)),
        ),
    )


def outcome(reading: MailReading, facts: OutcomeFacts) -> Body:
    """To the student and both offices: how the exchange ended, and why."""
    say, names = reading.say, reading.names
    short = names.outcome(facts.outcome)
    if facts.reason in set(StepKind):
        reason = say(_("It ended at this step: {title}."), title=names.step(StepKind(facts.reason)))
    else:
        reason = say(REASONS[facts.reason]) if facts.reason in REASONS else ""
    left = _("Nothing is left to do for you here. What was reserved and is not needed any more was given back.")
    return Body(
        subject=names.pair(reading.row.stream, short),
        headline=say(_("The exchange has ended: {outcome}"), outcome=short),
        blocks=(Para(names.sentences(names.outcome_sentence(facts.outcome), reason)), Para(say(left))),
    )


def cohort_below_minimum(reading: MailReading, facts: CohortFacts) -> Body:
    """To both offices and the programme office: fewer students than agreed."""
    say, values = reading.say, {"taken": facts.seats_taken, "minimum": facts.minimum}
    sending, host = (reading.names.institution(one) for one in (facts.sending, facts.host))
    name = say(_("{year} {sending} → {host}"), year=facts.year, sending=sending, host=host)
    closed = _("Nominations of {name} have closed with {taken} of the at least {minimum} students that were agreed.")
    if not facts.seats_taken:
        closed = _("Nominations of {name} have closed and no student has a seat; at least {minimum} were agreed.")
    then = _(
        "The exchanges that have begun go on. Please agree with the partner whether more students can be nominated."
    )
    return Body(
        subject=reading.names.pair(name, say(_("{taken} of at least {minimum} students"), **values)),
        headline=say(_("Fewer students than agreed")),
        blocks=(Para(say(closed, name=name, **values)), Para(say(then))),
    )


def sign_in(reading: MailReading, facts: SignInFacts, code: str) -> Body:
    """To whoever asked for it: the link to sign in, and its code for another device."""
    elsewhere = _(
        "Do you read this on another device? Then type the code on the page on which you asked for the link. Tell it "
        "to nobody: nobody of the programme asks for it."
    )
    how = _(
        "Open the link in the browser in which you asked for it, and confirm there. It is good once, until {expires}."
    )
    by_code = (Box((Detail(reading.say(_("Code")), code),)), Para(reading.say(elsewhere))) if code else ()
    return Body(
        subject=reading.say(_("Sign in to Sojourn")),
        headline=reading.say(_("Sign in")),
        blocks=(Para(reading.say(how, expires=reading.moment(facts.expires_at))), *by_code),
    )


def address_changed(reading: MailReading, facts: AddressFacts) -> Body:
    """To the address by which somebody signed in before: that it is another one now, and how it is undone."""
    ended = _(
        "From now on you sign in to Sojourn with another address, and its mail goes there. Whoever was signed in was "
        "signed out, and links of earlier mails answer nothing any more."
    )
    undo = _(
        "Was that not meant so? Undo it by the link, once, until {until}: this address counts again, and whoever came "
        "in by the other one is signed out."
    )
    return Body(
        subject=reading.say(_("Your address for signing in was changed")),
        headline=reading.say(_("Your address for signing in was changed")),
        blocks=(Para(reading.say(ended)), Para(reading.say(undo, until=reading.moment(facts.until)))),
    )


def second_needed(reading: MailReading, facts: ProposalFacts) -> Body:
    """To everybody who could agree to a change in the programme office."""
    told = _(
        "{person} proposes a change in the programme office. Nobody stands above it, so a second person has to agree "
        "or decline, on the page of people and roles."
    )
    return Body(
        subject=reading.say(_("A change in the programme office needs a second person")),
        headline=reading.say(_("A change in the programme office needs a second person")),
        blocks=(Para(reading.say(told, person=reading.names.person(facts.proposed_by))),),
    )


def mail_returned(reading: MailReading, facts: ReturnedFacts) -> Body:
    """To the office of somebody whom mail does not reach."""
    mine = reading.person is not None and reading.person.person_id == facts.person
    who = reading.student if mine else reading.names.person(facts.person)
    told = _(
        "A mail to {who} was taken by its host and came back: “{notice}”. Ask them for the address that they read, and "
        "correct it; the operator then has the mail sent again."
    )
    return Body(
        subject=(reading.coded if reading.exchange else reading.say)(_("Mail to {who} came back"), who=who),
        headline=reading.say(_("Mail to {who} came back"), who=who),
        blocks=(Para(reading.say(told, who=who, notice=reading.say(NOTICES[facts.notice]))),),
    )
