"""What the closed sets of the programme are called: the one catalogue of portal, mail, certificate and command line.

A table holds English messages by value; `label` says one in a language. What else a value is called stands beside it.
"""

from collections.abc import Mapping
from functools import cache

from babel import Locale

from models.messages.suspensions import SuspensionReason
from models.messages.webhooks import WhyInactive
from models.people.access import ConnectionKind, ProposedAct
from models.posting import DigestChoice
from models.rules.service_levels import By
from models.vocabulary import (
    Content,
    Direction,
    HoldCause,
    Level,
    Missed,
    MobilityStatus,
    Movement,
    NominationStatus,
    Outcome,
    Role,
    RungKind,
    Scope,
    Side,
    Stage,
    Target,
)
from texts.document_words import DOCUMENT_STATES as DOCUMENT_STATES
from texts.document_words import SEVERITIES as SEVERITIES
from texts.i18n import _, _p, translated


def label(table: Mapping[str, str], value: object, language: str) -> str:
    """What a value of a closed set is called; a value the table does not know stays as it is, in plain letters."""
    message = table.get(str(value))
    return translated(message, language) if message is not None else str(value).replace("_", " ")


TRAVEL_DOCUMENTS: dict[str, str] = {
    "XXA": _("Stateless"),
    "XXB": _("Refugee"),
    "XXC": _("Refugee, other"),
    "XXX": _("Nationality not stated"),
    "GBD": _("British Overseas Territories citizen"),
    "GBN": _("British National (Overseas)"),
    "GBO": _("British Overseas citizen"),
    "GBP": _("British protected person"),
    "GBS": _("British subject"),
    "UNO": _("United Nations"),
    "UNA": _("United Nations, specialized agency"),
    "UNK": _("Resident of Kosovo (UNMIK)"),
    "XOM": _("Sovereign Military Order of Malta"),
    "EUE": _("European Union"),
}
"""What a travel document says where others name a country (ICAO 9303)."""


@cache
def country(code: str, language: str) -> str:
    """The name of a country or of what a travel document says instead, by its code; the code where there is none."""
    if code.upper() in TRAVEL_DOCUMENTS:
        return translated(TRAVEL_DOCUMENTS[code.upper()], language)
    return str(Locale.parse(language).territories.get(code.upper(), code))


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
TARGETS: dict[str, str] = {
    Target.OWNER: _("the owner"),
    Target.COORDINATOR: _("the coordinator"),
    Target.HEAD_OF_OFFICE: _("the head of office"),
    Target.PROGRAMME_OFFICE: _("the programme office"),
    Target.PARTNER_OFFICE: _("the partner office"),
}
SIDES: dict[str, str] = {
    Side.SENDING: _p("side", "sending university"),
    Side.HOST: _p("side", "host university"),
    Side.STUDENT: _p("side", "student"),
    Side.UNIT: _p("side", "unit"),
    Side.PROGRAMME: _p("side", "programme office"),
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
SUSPENSION_REASONS: dict[str, str] = {
    SuspensionReason.OUTBREAK: _("An outbreak"),
    SuspensionReason.BORDER_CLOSED: _("A closed border"),
    SuspensionReason.DISASTER: _("A disaster"),
    SuspensionReason.OTHER: _("A decision of the programme office"),
}
MOVEMENTS: dict[str, str] = {
    Movement.MOVED: _("Moved to another address"),
    Movement.LEFT_COUNTRY: _("Left the country"),
    Movement.REENTERED: _("Came back into the country"),
}
PLACEMENT_STATES: dict[str, str] = {"assigned": _p("placement", "assigned"), "released": _p("placement", "released")}
DIGESTS: dict[str, str] = {
    DigestChoice.DAILY: _("Every day at 08:00"),
    DigestChoice.WEEKDAYS: _("On weekdays at 08:00"),
    DigestChoice.OFF: _("Never: every notice at once"),
    DigestChoice.NONE: _("Never: only what cannot wait, at once"),
}
NOTICES: dict[str, str] = {
    "step_opened": _("Asked"),
    "reminder": _("Reminder"),
    "escalation": _("Escalation"),
    "deadline_changed": _("Deadline moved"),
    "document_rejected": _("Document needs replacing"),
    "waitlisted": _("On the waitlist"),
    "arrived": _("Arrived"),
    "extension_filed_late": _("Extension filed late"),
    "clearance_changed": _("Clinical work stopped or resumed"),
    "clearance_ending": _("A clearance ends soon"),
    "renewal_not_needed": _("Renewal not needed any more"),
    "consent_withdrawn": _("Consent withdrawn"),
    "certificate_issued": _("Certificate issued"),
    "letter_written": _("Letter written"),
    "bed_moved": _("Another bed"),
    "settlement": _("Keys and deposit"),
    "cohort_replanned": _("Cohort re-planned"),
    "change_ended": _("Change decided"),
    "outcome": _("Exchange closed"),
    "reopened": _("Reopened"),
    "person_corrected": _("Personal data corrected"),
    "cohort_below_minimum": _("Cohort below its minimum"),
    "suspended": _("Suspended"),
    "resumed": _("Resumed"),
    "standing_in": _("Standing in"),
    "caught_up": _("Catching up after an outage"),
    "digest": _("Digest"),
    "summary": _("Weekly summary"),
    "sign_in": _("Link to sign in"),
    "address_changed": _("Address for signing in changed"),
    "second_needed": _("A second person is needed"),
    "mail_returned": _("Mail came back"),
    "act_refused": _("Asked, kept and refused"),
    "conversation": _("Conversation about an exchange"),
    "broadcast": _("Message of an office"),
    "session": _("Session"),
}
ACTS: dict[str, str] = {
    "nominate": _("nominate a student"),
    "reopen": _("reopen the exchange"),
    "correct_nomination": _("correct the nomination"),
    "decide": _("answer a step"),
    "submit_document": _("hand in a document"),
    "report_arrival": _("report the arrival"),
    "report_departure": _("report the departure"),
    "report_movement": _("report a move or a journey"),
    "report_attendance": _("report hours"),
    "move_bed": _("move the student to another bed"),
    "record_paper": _("enter what the authority wrote"),
    "move_rules": _("move an exchange to newer rules"),
    "override_document": _("ask that a document counts all the same"),
    "revoke_clearance": _("take back the clearance for the clinic"),
    "request_change": _("ask for a change of the exchange"),
    "withdraw_change": _("take a change back"),
    "evaluate": _("evaluate"),
    "withdraw": _("withdraw the student"),
    "end_early": _("end the stay early"),
    "extend_deadline": _("move a deadline"),
    "snooze_step": _("put off the reminders of a step"),
    "reassign_step": _("give a step to another role"),
    "replan": _("re-plan a cohort"),
    "set_quota": _("set the number of seats"),
    "suspend": _("suspend exchanges"),
    "resume": _("end a suspension"),
    "exempt": _("take an exchange out of a suspension"),
    "reissue": _("issue the certificate anew"),
    "letter": _("write a letter"),
}
"""What can be asked of a workflow."""
MESSAGE_STATES: dict[str, str] = {
    "queued": _("Waiting to be sent"),
    "sent": _("Sent"),
    "refused": _("Not delivered"),
    "withdrawn": _("Nothing left to say"),
}
DELIVERIES: dict[str, str] = {
    "pending": _("On its way"),
    "delivered": _("Delivered"),
    "dead": _("Given up"),
}
OUTCOME_SENTENCES: dict[str, str] = {
    Outcome.COMPLETED: _("The exchange is complete. Thank you for your part in it."),
    Outcome.REJECTED: _("The exchange was not approved and ends here."),
    Outcome.DECLINED: _("The student declined; the exchange ends here."),
    Outcome.EXPIRED: _("An answer did not come in time; the exchange ends here."),
    Outcome.WITHDRAWN: _("The student was withdrawn; the exchange ends here."),
    Outcome.NO_SHOW: _("The student did not arrive; the exchange ends here."),
    Outcome.ENDED_EARLY_JUSTIFIED: _("The stay ended early for a good reason and counts with its actual dates."),
    Outcome.ENDED_EARLY_UNJUSTIFIED: _("The stay ended early and does not count."),
}
ENDINGS: dict[str, str] = {
    "without_certificate": _("The conditions for a certificate are not met."),
    "certificate_issued": _("Certificate issued"),
    "withdrawn": _("Withdrawn"),
    "force_majeure": _("For a good reason"),
    "unjustified": _("Without a good reason"),
    "cancelled_by_operator": _("Cancelled by the operators of the service"),
    "first_stay_unchanged": _("The first stay was not shortened for it"),
}
"""Why an exchange was closed, where the reason is no step."""
SUPERVISORS: dict[str, str] = {
    Content.LABORATORY: _p("laboratory", "Supervisor"),
    Content.CLINICAL: _p("clinic", "Supervisor"),
}
"""What a supervisor is called where the unit is known."""
HOLDERS: dict[str, str] = {
    Role.STUDENT: _("the student of this exchange"),
    Role.COORDINATOR: _("the exchange coordinator of {institution}"),
    Role.HEAD_OF_OFFICE: _("the head of the international office of {institution}"),
    Role.PARTNER_OFFICE: _("the partner office of {institution}"),
    Role.HOUSING_OFFICER: _("the housing officer of {institution}"),
    Role.OCCUPATIONAL_HEALTH: _("the occupational health office of {institution}"),
    Role.SUPERVISOR: _("a supervisor of {unit}, {institution}"),
    Role.PROGRAMME_OFFICE: _("the programme office"),
    Role.AUDITOR: _("an auditor of the programme"),
    Role.OPERATOR: _("the operator of the service"),
    Role.CLOCK: _("the service itself"),
}
"""Who holds a role, as it goes on in a sentence."""
SUPERVISOR_OF: dict[str, str] = {
    Content.LABORATORY: _p("laboratory", "a supervisor of {unit}, {institution}"),
    Content.CLINICAL: _p("clinic", "a supervisor of {unit}, {institution}"),
}
ACTIVITIES: dict[str, str] = {
    Content.LABORATORY: _("Supervised laboratory training"),
    Content.CLINICAL: _("Observation (no direct patient care)"),
}
"""Level of activity of each kind of rotation, as a certificate says it (D37, D42)."""
UNMET: dict[str, str] = {
    "D42.arrival": _("No arrival is recorded"),
    "D42.departure": _("No departure is recorded"),
    "D1.duration": _("The stay was too short"),
    "D42.attendance": _("Attendance: {content}"),
    "D42.rotation": _("No rotation was worked: {content}"),
    "D42.evaluation": _("A supervisor's evaluation is missing"),
    "D42.result": _("A rotation was not passed"),
    "D42.student_evaluation": _("The student's evaluation of the programme is missing"),
}
"""What a certificate still lacks, by the first two parts of the condition's code (D1, D42)."""
MOBILITY: dict[str, str] = {
    MobilityStatus.NOMINATION: _("nominated"),
    MobilityStatus.LIVE: _("under way"),
    MobilityStatus.RECOGNIZED: _("recognised"),
    MobilityStatus.CANCELLED: _("cancelled"),
}
NOMINATIONS: dict[str, str] = {
    NominationStatus.PENDING: _("not verified yet"),
    NominationStatus.VERIFIED: _("verified"),
    NominationStatus.REJECTED: _("not accepted"),
}
URGED = _("overdue reminder")
"""An escalation that goes to the owner alone."""
RUNGS: dict[str, str] = {
    RungKind.REMINDER: _("reminder"),
    RungKind.ESCALATION: _("escalation"),
    RungKind.END: _("end of the deadline"),
}
MISSED: dict[str, str] = {
    Missed.LATE: _("the service was away"),
    Missed.OVERDUE: _("due before it was asked"),
}
"""Why notices of a ladder were left out."""
SEAT_ANSWERS: dict[str, str] = {
    "granted": _("granted"),
    "waitlisted": _("on the waitlist"),
    "offered": _("offered"),
    "released": _("given back"),
}
WHY_INACTIVE: dict[WhyInactive, str] = {
    WhyInactive.GONE: _("it answered 410: no more"),
    WhyInactive.SWITCHED_OFF: _("switched off"),
    WhyInactive.CREATOR_LEFT: _("nobody answers for it any more; whoever switches it on does"),
}
TASKS: dict[str, str] = {
    "mail_refused": _("Mail not delivered"),
    "mail_delayed": _("Mail delayed"),
    "mail_host": _("The mail host is away"),
    "record_unread": _("A record cannot be read"),
    "bounce_inbox": _("Returned mail cannot be read"),
}
"""What an operator must look at."""
CONNECTIONS: dict[ConnectionKind, str] = {ConnectionKind.TOKEN: _("API token"), ConnectionKind.ENDPOINT: _("endpoint")}
"""How another system is connected."""
PROPOSED: dict[ProposedAct, str] = {
    ProposedAct.ADD: _("enter"),
    ProposedAct.CHANGE: _("change"),
    ProposedAct.REMOVE: _("remove"),
}
"""What a second person has to agree to."""
BYS: dict[str, str] = {By.KIND: _("step"), By.INSTITUTION: _("institution"), By.UNIT: _("unit")}
"""What service levels are told apart by."""
