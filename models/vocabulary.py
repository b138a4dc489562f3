"""The enums of the programme: every closed set of words that more than one package uses."""

from enum import StrEnum

LANGUAGES = {"en": "English", "zh": "中文"}
"""The languages in which people are written to, each by its own name."""


class Direction(StrEnum):
    """Seen from Chongqing Medical University (CQMU)."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"


class Level(StrEnum):
    """Study level of the nominee; must match the discipline list used (D7)."""

    MASTER = "master"
    PHD = "phd"


class Content(StrEnum):
    """The five contents of a stay (seed F, D8)."""

    LABORATORY = "laboratory"
    CLINICAL = "clinical"
    ACADEMIC_LECTURES = "academic_lectures"
    CULTURAL_LECTURES = "cultural_lectures"
    CULTURAL_ACTIVITIES = "cultural_activities"


ROTATION_CONTENTS = (Content.LABORATORY, Content.CLINICAL)
PROGRAMME_CONTENTS = (Content.ACADEMIC_LECTURES, Content.CULTURAL_LECTURES, Content.CULTURAL_ACTIVITIES)


class Stage(StrEnum):
    """Where an exchange is; the order is the programme's."""

    NOMINATION = "nomination"
    DOCUMENTS = "documents"
    SENDING_APPROVAL = "sending_approval"
    SEAT = "seat"
    HOST_APPROVAL = "host_approval"
    ACCEPTANCE = "acceptance"
    PRE_ARRIVAL = "pre_arrival"
    ARRIVAL = "arrival"
    ROTATIONS = "rotations"
    DEPARTURE = "departure"
    CERTIFICATE = "certificate"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How an exchange ended. Every one is a result, none a failure."""

    COMPLETED = "completed"
    REJECTED = "rejected"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    NO_SHOW = "no_show"
    ENDED_EARLY_JUSTIFIED = "ended_early_justified"
    ENDED_EARLY_UNJUSTIFIED = "ended_early_unjustified"


class MobilityStatus(StrEnum):
    """The sender's axis of an exchange (D10)."""

    NOMINATION = "nomination"
    LIVE = "live"
    RECOGNIZED = "recognized"
    CANCELLED = "cancelled"


class NominationStatus(StrEnum):
    """The receiver's axis of an exchange (D10)."""

    PENDING = "pending"
    VERIFIED = "verified"
    REJECTED = "rejected"


class Side(StrEnum):
    """Which party of an exchange owns a step."""

    SENDING = "sending"
    HOST = "host"
    STUDENT = "student"
    UNIT = "unit"
    PROGRAMME = "programme"


class Role(StrEnum):
    """What a person is to the programme."""

    STUDENT = "student"
    COORDINATOR = "coordinator"
    HEAD_OF_OFFICE = "head_of_office"
    PARTNER_OFFICE = "partner_office"
    HOUSING_OFFICER = "housing_officer"
    OCCUPATIONAL_HEALTH = "occupational_health"
    SUPERVISOR = "supervisor"
    PROGRAMME_OFFICE = "programme_office"
    AUDITOR = "auditor"
    """Reads everything and decides nothing."""
    OPERATOR = "operator"
    CLOCK = "clock"


class StepKind(StrEnum):
    """Every kind of step the programme knows; what each asks is in catalogue/steps.toml."""

    ADMIT_LATE = "admit_late"
    VERIFY_NOMINATION = "verify_nomination"
    CORRECT_NOMINATION = "correct_nomination"
    SUBMIT_DOCUMENTS = "submit_documents"
    REVIEW_DOCUMENT = "review_document"
    REVIEW_HEALTH_DOCUMENT = "review_health_document"
    CONFIRM_DOCUMENT = "confirm_document"
    CONFIRM_HEALTH_DOCUMENT = "confirm_health_document"
    SENDING_APPROVAL = "sending_approval"
    WAIT_FOR_SEAT = "wait_for_seat"
    ANSWER_SEAT_OFFER = "answer_seat_offer"
    HOST_APPROVAL = "host_approval"
    ACCEPT_OFFER = "accept_offer"
    DECIDE_FORM = "decide_form"
    ISSUE_INVITATION = "issue_invitation"
    OBTAIN_VISA = "obtain_visa"
    SUBMIT_INSURANCE = "submit_insurance"
    SUBMIT_HEALTH_RECORDS = "submit_health_records"
    CLEAR_FOR_CLINIC = "clear_for_clinic"
    CONFIRM_BED = "confirm_bed"
    FIND_BED = "find_bed"
    SETTLE_BED = "settle_bed"
    ACCEPT_STUDENT = "accept_student"
    FIND_PLACE = "find_place"
    SETTLE_PLACE = "settle_place"
    CONFIRM_ARRIVAL = "confirm_arrival"
    CHECK_IN = "check_in"
    REGISTER_RESIDENCE = "register_residence"
    VALIDATE_SEVIS = "validate_sevis"
    ORIENTATION = "orientation"
    SUBMIT_ARRIVAL_PAPERS = "submit_arrival_papers"
    RENEW_INSURANCE = "renew_insurance"
    RENEW_HEALTH_RECORDS = "renew_health_records"
    RENEW_PAPERS = "renew_papers"
    EVALUATE_MIDPOINT = "evaluate_midpoint"
    EVALUATE_STUDENT = "evaluate_student"
    EVALUATE_PROGRAMME = "evaluate_programme"
    RECORD_ATTENDANCE = "record_attendance"
    DEPART = "depart"
    SETTLE_HOUSING = "settle_housing"
    SETTLE_CERTIFICATE = "settle_certificate"
    WATCH_STAY = "watch_stay"
    FILE_EXTENSION = "file_extension"
    AWAIT_EXTENSION = "await_extension"
    APPLY_RESIDENCE_PERMIT = "apply_residence_permit"
    REPORT_ADDRESS = "report_address"
    STUDENT_DUTY = "student_duty"
    HOST_DUTY = "host_duty"
    CONFIRM_REENTRY = "confirm_reentry"
    RECORD_STAY = "record_stay"
    AWAIT_PERMIT = "await_permit"
    REPORT_LEAVING = "report_leaving"
    END_SEVIS = "end_sevis"
    LEAVE_AFTER_END = "leave_after_end"
    AGREE_CHANGE = "agree_change"
    APPROVE_CHANGE = "approve_change"
    DECIDE_CHANGE = "decide_change"
    CONFIRM_CHANGE = "confirm_change"
    AWAIT_SECOND_HOST = "await_second_host"
    REVIEW_SERVICE_LEVEL = "review_service_level"


class StepStatus(StrEnum):
    """What became of a step."""

    OPEN = "open"
    DONE = "done"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class DocumentGroup(StrEnum):
    """The three document groups (D17)."""

    APPLICATION = "application"
    HOST_SPECIFIC = "host_specific"
    ON_ARRIVAL = "on_arrival"


class Purpose(StrEnum):
    """What a kind of document is kept for, which says who may open it (D46)."""

    IDENTITY = "identity"
    """Who somebody is, and by what right they stay: passport, visa, its forms."""
    CONDUCT = "conduct"
    """Whether somebody has a criminal record."""
    STUDY = "study"
    """What somebody has studied: proof of enrolment, transcript."""
    APPLICATION = "application"
    """What somebody wants to do: curriculum vitae, study plan."""
    INSURANCE = "insurance"
    TRAINING = "training"
    """Safety and privacy courses."""
    HEALTH = "health"


class DocumentStatus(StrEnum):
    """What is known of an uploaded document."""

    FILED = "filed"
    SUBMITTED = "submitted"
    REVIEW = "review"
    """Somebody must look at it before it counts."""
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REPLACED = "replaced"


class Repeated(StrEnum):
    """What leaves its step open and can be done again and again: how often in a day is bounded."""

    HAND_IN = "hand_in"
    CORRECT = "correct"
    EXTEND = "extend"
    SNOOZE = "snooze"
    REASSIGN = "reassign"
    MOVEMENT = "movement"
    ATTENDANCE = "attendance"
    BED = "bed"


class Severity(StrEnum):
    """Whether a finding stops a document from being accepted."""

    BLOCKING = "blocking"
    ASKING = "asking"
    """A person must look before the document counts."""
    WARNING = "warning"
    INFORMING = "informing"


class RungKind(StrEnum):
    """A reminder comes before the due time, an escalation at or after it, the end closes the ladder."""

    REMINDER = "reminder"
    ESCALATION = "escalation"
    END = "end"


class EndAction(StrEnum):
    """What happens when a ladder is used up (D16)."""

    HOLD = "hold"
    """It stays open, however late."""
    EXPIRE = "expire"
    """It closes unanswered."""
    REASSIGN = "reassign"
    """It goes to somebody else and stays open."""
    DECIDE = "decide"
    """It closes with a default outcome, by a rule that is named."""


class Target(StrEnum):
    """Who a rung is addressed to, relative to the step's owner."""

    OWNER = "owner"
    COORDINATOR = "coordinator"
    HEAD_OF_OFFICE = "head_of_office"
    PROGRAMME_OFFICE = "programme_office"
    PARTNER_OFFICE = "partner_office"


class Anchor(StrEnum):
    """The moment a due rule counts from."""

    OPENED = "opened"
    START = "start"
    END = "end"
    ARRIVAL = "arrival"
    SUBJECT_END = "subject_end"
    NOMINATED = "nominated"
    PREVIOUS_STEP = "previous_step"
    EVENT = "event"


class Unit(StrEnum):
    """The unit of an offset. Hours run through nights and holidays; working days do not."""

    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    WORKING_DAYS = "working_days"


class About(StrEnum):
    """What the subject of a step names."""

    DOCUMENTS = "documents"
    PLACEMENT = "placement"
    BED = "bed"
    CONTENTS = "contents"
    OBJECTIVES = "objectives"
    CONDITIONS = "conditions"
    """What a certificate still lacks, or what is open of keys and deposit."""
    SERVICE_LEVEL = "service_level"
    CHANGE = "change"
    """What of a verified exchange is to be changed."""
    DUTY = "duty"
    """A duty that the law of the host's country names itself."""


class Announce(StrEnum):
    """When the owner of a step hears that it has opened."""

    NOW = "now"
    DIGEST = "digest"


class HoldCause(StrEnum):
    """Why a step is paused."""

    SUSPENSION = "suspension"
    OTHER_SIDE = "other_side"  # it waits for a step that somebody else owes


class Scope(StrEnum):
    """What a suspension covers."""

    EXCHANGE = "exchange"
    COHORT = "cohort"
    HOST = "host"
    PROGRAMME = "programme"


class Missed(StrEnum):
    """Why rungs of a ladder did not fire in their time."""

    LATE = "late"  # the service was away when they were due
    OVERDUE = "overdue"  # they were past already when the step was planned


class Movement(StrEnum):
    """What a student does between arrival and departure that a law wants to know of."""

    MOVED = "moved"
    LEFT_COUNTRY = "left_country"
    REENTERED = "reentered"
