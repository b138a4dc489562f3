"""What the closed sets of the programme are called on a page; translated by the Babel catalogue."""

from models.vocabulary import (
    Content,
    DigestChoice,
    Direction,
    DocumentStatus,
    HoldCause,
    Level,
    Movement,
    Outcome,
    Role,
    Scope,
    Severity,
    Stage,
    Target,
)
from texts.i18n import _

STAGES: dict[str, str] = {
    Stage.NOMINATION: _("Nomination"),
    Stage.DOCUMENTS: _("Documents"),
    Stage.SENDING_APPROVAL: _("Sending approval"),
    Stage.SEAT: _("Seat"),
    Stage.HOST_APPROVAL: _("Host approval"),
    Stage.ACCEPTANCE: _("Offer"),
    Stage.PRE_ARRIVAL: _("Pre-arrival"),
    Stage.ARRIVAL: _("Arrival"),
    Stage.ROTATIONS: _("Rotations"),
    Stage.DEPARTURE: _("Departure"),
    Stage.CERTIFICATE: _("Certificate"),
    Stage.CLOSED: _("Closed"),
}
NEXT: dict[str, str] = {
    Stage.NOMINATION: _("When the nomination is verified, the student hands in the application documents."),
    Stage.DOCUMENTS: _("When all documents are accepted, the sending university decides on the application."),
    Stage.SENDING_APPROVAL: _(
        "With the approval the student gets one of the year's seats, or a place on the waitlist."
    ),
    Stage.SEAT: _("With a seat, the host university decides on the application."),
    Stage.HOST_APPROVAL: _("With the host's approval the student gets an offer."),
    Stage.ACCEPTANCE: _("When the student accepts, visa, insurance, health, housing and places start side by side."),
    Stage.PRE_ARRIVAL: _("When everything above is done, the student confirms the arrival."),
    Stage.ARRIVAL: _("After the arrival: residence registration within 24 hours, orientation, then the rotations."),
    Stage.ROTATIONS: _("When the rotations are evaluated and the hours recorded, the student departs."),
    Stage.DEPARTURE: _("After the departure the conditions of the certificate are checked."),
    Stage.CERTIFICATE: _("With the certificate the exchange is complete."),
}
ROLES: dict[str, str] = {
    Role.STUDENT: _("Student"),
    Role.COORDINATOR: _("Coordinator"),
    Role.HEAD_OF_OFFICE: _("Head of office"),
    Role.PARTNER_OFFICE: _("Partner office"),
    Role.HOUSING_OFFICER: _("Housing officer"),
    Role.OCCUPATIONAL_HEALTH: _("Occupational health"),
    Role.SUPERVISOR: _("Supervisor"),
    Role.PROGRAMME_OFFICE: _("Programme office"),
    Role.OPERATOR: _("Operator"),
    Role.CLOCK: _("The clock"),
    Role.AUDITOR: _("Auditor"),
}
DIRECTIONS: dict[str, str] = {Direction.INCOMING: _("Incoming"), Direction.OUTGOING: _("Outgoing")}
LEVELS: dict[str, str] = {Level.MASTER: _("Master"), Level.PHD: _("PhD")}
CONTENTS: dict[str, str] = {
    Content.LABORATORY: _("Laboratory training"),
    Content.CLINICAL: _("Clinical observation"),
    Content.ACADEMIC_LECTURES: _("Academic lectures"),
    Content.CULTURAL_LECTURES: _("Cultural lectures"),
    Content.CULTURAL_ACTIVITIES: _("Cultural activities"),
}
OUTCOMES: dict[str, str] = {
    Outcome.COMPLETED: _("Completed"),
    Outcome.REJECTED: _("Not approved"),
    Outcome.DECLINED: _("Offer declined"),
    Outcome.EXPIRED: _("Expired"),
    Outcome.WITHDRAWN: _("Withdrawn"),
    Outcome.NO_SHOW: _("No arrival"),
    Outcome.ENDED_EARLY_JUSTIFIED: _("Ended early, recognised"),
    Outcome.ENDED_EARLY_UNJUSTIFIED: _("Ended early"),
}
CAME: dict[str, str] = {
    "cancelled": _("Cancelled"),
    "passed": _("Passed"),
    "not passed": _("Not passed"),
}
"""What came of a step or a rotation that nobody answered by a choice."""
DOCUMENT_STATES: dict[str, str] = {
    DocumentStatus.FILED: _("Being checked"),
    DocumentStatus.SUBMITTED: _("Handed in"),
    DocumentStatus.ACCEPTED: _("Accepted"),
    DocumentStatus.REJECTED: _("Needs replacing"),
    DocumentStatus.REPLACED: _("Replaced"),
}
SEVERITIES: dict[str, str] = {Severity.BLOCKING: _("Must be mended"), Severity.WARNING: _("Worth a look")}
HELD: dict[str, str] = {
    HoldCause.SUSPENSION: _("its clock stands still: suspended"),
    HoldCause.OTHER_SIDE: _("its clock stands still: the other side is to answer first"),
}
SCOPES: dict[str, str] = {
    Scope.EXCHANGE: _("One exchange"),
    Scope.COHORT: _("A cohort"),
    Scope.HOST: _("A host university"),
    Scope.PROGRAMME: _("The whole programme"),
}
MOVEMENTS: dict[str, str] = {
    Movement.MOVED: _("Moved to another address"),
    Movement.LEFT_COUNTRY: _("Left the country"),
    Movement.REENTERED: _("Came back into the country"),
}
DIGESTS: dict[str, str] = {
    DigestChoice.DAILY: _("Every day at 08:00"),
    DigestChoice.WEEKDAYS: _("On weekdays at 08:00"),
    DigestChoice.OFF: _("Never: every notice at once"),
}
TARGETS: dict[str, str] = {
    Target.OWNER: _("the owner"),
    Target.COORDINATOR: _("the coordinator"),
    Target.HEAD_OF_OFFICE: _("the head of office"),
    Target.PROGRAMME_OFFICE: _("the programme office"),
    Target.PARTNER_OFFICE: _("the partner office"),
}
SUSPENSION_REASONS: dict[str, str] = {
    "outbreak": _("An outbreak"),
    "border_closed": _("A closed border"),
    "disaster": _("A disaster"),
    "other": _("Another reason"),
}
EVENTS: dict[str, str] = {
    "exchange_opened": _("Nominated"),
    "nomination_corrected": _("Nomination corrected"),
    "stage_entered": _("Reached a stage"),
    "status_changed": _("Status changed"),
    "document_submitted": _("Document handed in"),
    "document_checked": _("Document checked"),
    "document_returned": _("Document returned"),
    "seat_answered": _("Seat"),
    "exchange_closed": _("Exchange closed"),
    "exchange_suspended": _("Suspended"),
    "exchange_resumed": _("Resumed"),
    "bed_assigned": _("Bed reserved"),
    "place_assigned": _("Place reserved"),
    "place_released": _("Place released"),
    "holdings_released": _("Bed and places released"),
    "cleared": _("Cleared for the clinic"),
    "arrived": _("Arrived"),
    "attendance_reported": _("Hours reported"),
    "evaluated": _("Evaluated"),
    "departed": _("Departed"),
    "certificate_issued": _("Certificate issued"),
    "movement_reported": _("Movement reported"),
    "stay_permitted": _("Permitted stay recorded"),
    "step_opened": _("Asked"),
    "step_closed": _("Answered"),
    "rung_fired": _("Reminded or escalated"),
    "deadline_extended": _("Deadline moved"),
    "step_reassigned": _("Given to somebody else"),
    "step_held": _("Clock held"),
    "step_resumed": _("Clock runs again"),
    "step_snoozed": _("Reminders put off"),
    "cohort_opened": _("Cohort opened"),
    "seat_taken": _("Seat taken"),
    "seat_given_back": _("Seat given back"),
    "waitlist_changed": _("Waitlist changed"),
    "cohort_closed_below_minimum": _("Cohort closed below its minimum"),
    "absence_planned": _("Absence planned"),
    "absence_cancelled": _("Absence cancelled"),
    "preferences_set": _("Preferences set"),
    "suspension_began": _("Suspension begun"),
    "exchange_exempted": _("Taken out of a suspension"),
    "suspension_ended": _("Suspension ended"),
    "signed_in": _("Signed in"),
    "session_ended": _("Session ended"),
    "token_issued": _("API token issued"),
    "token_revoked": _("API token revoked"),
    "endpoint_changed": _("Endpoint changed"),
    "member_added": _("Person added"),
    "member_changed": _("Person changed"),
    "member_removed": _("Person removed"),
}
MESSAGE_STATES: dict[str, str] = {
    "queued": _("Waiting to be sent"),
    "sent": _("Sent"),
    "refused": _("Not delivered"),
    "withdrawn": _("Nothing left to say"),
}

NOTICES: dict[str, str] = {
    "step_opened": _("Asked"),
    "reminder": _("Reminder"),
    "escalation": _("Escalation"),
    "deadline_changed": _("Deadline moved"),
    "document_rejected": _("Document needs replacing"),
    "waitlisted": _("On the waitlist"),
    "arrived": _("Arrived"),
    "certificate_issued": _("Certificate issued"),
    "outcome": _("Exchange closed"),
    "cohort_below_minimum": _("Cohort below its minimum"),
    "suspended": _("Suspended"),
    "resumed": _("Resumed"),
    "standing_in": _("Standing in"),
    "caught_up": _("Catching up after an outage"),
    "digest": _("Digest"),
    "summary": _("Weekly summary"),
    "sign_in": _("Link to sign in"),
}
REPORTS: dict[str, str] = {
    "arrival": _("Report the arrival"),
    "attendance": _("Report hours"),
    "movement": _("Report a move or a journey"),
    "departure": _("Report the departure"),
}
SKILLS: dict[str, str] = {
    "knowledge": _("Professional knowledge"),
    "skills": _("Practical skills"),
    "diligence": _("Diligence and reliability"),
    "teamwork": _("Working with others"),
    "language": _("Communication"),
}
COLUMNS: dict[str, str] = {
    "sending": _("Sending university"),
    "host": _("Host university"),
    "student_number": _("Student number"),
    "family_name": _("Family name"),
    "given_name": _("Given name"),
    "native_name": _("Name in its own script"),
    "email": _("E-mail address"),
    "birth_date": _("Date of birth"),
    "gender": _("Gender"),
    "nationality": _("Nationality"),
    "level": _("Level"),
    "discipline": _("Discipline"),
    "start": _("First day"),
    "end": _("Last day"),
    "intake_year": _("Intake year"),
    "laboratory_start": _("Laboratory from"),
    "laboratory_end": _("Laboratory until"),
    "clinical_start": _("Clinic from"),
    "clinical_end": _("Clinic until"),
    "academic_lectures": _("Academic lectures"),
    "cultural_lectures": _("Cultural lectures"),
    "cultural_activities": _("Cultural activities"),
    "laboratories": _("Laboratories wanted"),
    "specialties": _("Specialties wanted"),
    "rank": _("Rank"),
    "language": _("Language of mails"),
    "programme_fee": _("Programme fee"),
}
CHOICES: dict[str, str] = {
    "yes": _("yes"),
    "no": _("no"),
    "female": _("female"),
    "male": _("male"),
    "other": _("other"),
    "master": _("Master"),
    "phd": _("PhD"),
    "en": "English",
    "zh": "中文",
}
BY = (_("step"), _("institution"), _("unit"), _("%.1f days"), _("%.1f h"), _("%s, for %s"), _("You"))
"""Texts that are put together where they are said."""
MORE = (
    _("%(kinds)s, at most %(size)d MB, %(least)d to %(most)d pages"),
    _("Check what was sent and try again."),
    _("its clock stands still"),
)
DELIVERIES: dict[str, str] = {
    "pending": _("On its way"),
    "delivered": _("Delivered"),
    "dead": _("Given up"),
}
