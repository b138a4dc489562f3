"""What each step asks for and why; titles are the catalogue's."""

from dataclasses import dataclass

from models.vocabulary import StepKind
from texts.i18n import _, translated

K = StepKind


@dataclass(frozen=True)
class Ask:
    """What to do, and why it is asked."""

    do: str
    why: str


def ask_of(kind: StepKind, language: str) -> Ask:
    """What a kind of step asks for, in a language."""
    ask = ASKS[kind]
    return Ask(translated(ask.do, language), translated(ask.why, language))


ASKS: dict[StepKind, Ask] = {
    K.VERIFY_NOMINATION: Ask(
        _("Check the nomination: verify it, return it for correction, or reject it."),
        _("Everything that follows builds on the nomination; a returned one is corrected under the same code."),
    ),
    K.CORRECT_NOMINATION: Ask(
        _("Correct the nomination and send it again under the same code. Nothing has to be entered anew."),
        _("The host returned the nomination. If it is not corrected in time, it lapses."),
    ),
    K.SUBMIT_DOCUMENTS: Ask(
        _("Hand in the documents below. The step closes by itself with the last accepted one."),
        _("Your university decides on the application as soon as they are complete."),
    ),
    K.SENDING_APPROVAL: Ask(
        _("Look through the application and approve it, return documents to be replaced, or reject it."),
        _("With your approval the student asks for one of this year's seats."),
    ),
    K.WAIT_FOR_SEAT: Ask(
        _("There is nothing to do: the student waits for a seat."),
        _("All seats of this year are taken."),
    ),
    K.ANSWER_SEAT_OFFER: Ask(
        _("Accept or decline the seat."),
        _("A seat came free and you are next on the waitlist. Unanswered, it goes to the next student."),
    ),
    K.HOST_APPROVAL: Ask(
        _("Decide on the application: approve or reject."),
        _("The student can only plan the journey once the host has decided."),
    ),
    K.ACCEPT_OFFER: Ask(
        _(
            "Accept the offer and acknowledge its terms (who pays what, housing, observation only in the clinic), or "
            "decline it."
        ),
        _("The host offers you a place. Unanswered, the offer ends and the place goes to somebody else."),
    ),
    K.DECIDE_FORM: Ask(
        _("Decide which form the visa needs: DQ or JW202."),
        _("A stay of 28 or 29 days is below the range of the DQ form."),
    ),
    K.ISSUE_INVITATION: Ask(
        _("Issue the papers below and hand them in."),
        _("The student can apply for a visa only with them."),
    ),
    K.OBTAIN_VISA: Ask(
        _("Apply for the visa with the papers of the host and hand in a copy; say so if it is refused."),
        _("Without a visa for the whole stay you cannot travel."),
    ),
    K.SUBMIT_INSURANCE: Ask(
        _("Hand in the proof of an insurance that covers every day of the stay."),
        _("Students are insured at their own expense; the host must see it before the journey."),
    ),
    K.SUBMIT_HEALTH_RECORDS: Ask(
        _("Hand in the records below."),
        _("Occupational health looks at them before any clinical day. Laboratory work does not wait for it."),
    ),
    K.CLEAR_FOR_CLINIC: Ask(
        _("Decide whether the student may observe in the clinic, and through which day."),
        _("No clinical day may begin before this clearance."),
    ),
    K.CONFIRM_BED: Ask(
        _("Confirm the bed below, or choose another one."),
        _("The bed is kept for every night of the stay; the student travels only when it is confirmed."),
    ),
    K.FIND_BED: Ask(
        _("Find housing for the whole stay, or say that there is none."),
        _("No bed is free for all nights."),
    ),
    K.ACCEPT_STUDENT: Ask(
        _("Accept the student for the block below, or decline."),
        _("A place in your unit is kept for this block. If you decline, another unit is asked."),
    ),
    K.FIND_PLACE: Ask(
        _("Find a unit for the block below, or say that there is none."),
        _("No unit with a free place is left."),
    ),
    K.CONFIRM_ARRIVAL: Ask(
        _("Confirm the date and time of your arrival."),
        _("Housing and the coordinator prepare your first day."),
    ),
    K.CHECK_IN: Ask(
        _("Report the arrival at the residence with its time."),
        _("The moment of arrival starts the legal deadlines."),
    ),
    K.REGISTER_RESIDENCE: Ask(
        _("Register the student's residence with the local police, then report it as registered."),
        _(
            "Article 39 of China's Exit and Entry Administration Law gives 24 hours from the arrival at the "
            "residence. The clock runs through nights, weekends and holidays."
        ),
    ),
    K.VALIDATE_SEVIS: Ask(
        _("Validate the student's record in SEVIS."),
        _("A record that is not validated within 30 days of the programme's start is cancelled (22 CFR 62)."),
    ),
    K.ORIENTATION: Ask(
        _("Hold the orientation, then report it as held."),
        _("The student learns whom to ask and what to do in an emergency."),
    ),
    K.EVALUATE_STUDENT: Ask(
        _("Evaluate the student's work in the block below: ratings and result."),
        _("The certificate needs the evaluation of every rotation."),
    ),
    K.EVALUATE_PROGRAMME: Ask(
        _("Rate how far the programme reached its objectives."),
        _("The certificate needs your evaluation, and the next students profit from it."),
    ),
    K.RECORD_ATTENDANCE: Ask(
        _("Record the hours attended of the contents below."),
        _("The certificate needs the attendance of every content."),
    ),
    K.DEPART: Ask(
        _("Check the student out of the residence and report the day."),
        _("The certificate states the actual dates of the stay."),
    ),
    K.SETTLE_CERTIFICATE: Ask(
        _("Settle what is missing and have it looked at again, or close without a certificate."),
        _("The conditions below are not met yet."),
    ),
    K.WATCH_STAY: Ask(
        _("Leave the country by this day, or have your stay extended before."),
        _("Each day beyond the permitted stay is fined, and may bar the next visa."),
    ),
    K.RECORD_STAY: Ask(
        _("Look at the visa or permit and record the last day of the permitted stay."),
        _("The alarms before an overstay count from it."),
    ),
    K.FILE_EXTENSION: Ask(
        _(
            "File the extension with the exit and entry authority by this day and report it as filed, or say that you"
            " leave before."
        ),
        _("Your permitted stay ends before your exchange does."),
    ),
    K.AWAIT_EXTENSION: Ask(
        _("Record what the authority answered: granted, with the last day of the stay, or refused."),
        _("The student may stay on only with the extension; refused, they leave by the last day."),
    ),
    K.APPLY_RESIDENCE_PERMIT: Ask(
        _("Apply for the residence permit with the exit and entry authority, then report that you did."),
        _("Your visa is good for entering; the stay itself needs the permit."),
    ),
    K.REPORT_ADDRESS: Ask(
        _("Report the new address in SEVIS, then say here that it is reported."),
        _("The student has moved; the record must follow."),
    ),
    K.CONFIRM_REENTRY: Ask(
        _("Find out whether the student returns: another visa is on its way, or they do not return."),
        _("The student left the country on a visa for a single entry, which is used up."),
    ),
    K.REVIEW_SERVICE_LEVEL: Ask(
        _("Look into the late answers: say that you acted on it, or accept them as they are."),
        _("More answers of this unit come late than agreed; others wait for them."),
    ),
}
