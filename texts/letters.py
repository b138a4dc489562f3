"""What letters of an office say: titles, whom they address, what they state, and the words of their tables."""

from models.people.letters import LetterKind
from texts.i18n import _p

LETTERS: dict[str, str] = {
    LetterKind.NOMINATION: _p("letter", "Letter of nomination"),
    LetterKind.ADMISSION_NOTICE: _p("letter", "Admission notice"),
    LetterKind.INVITATION: _p("letter", "Letter of invitation"),
    LetterKind.ACCEPTANCE: _p("letter", "Letter of acceptance"),
    LetterKind.HOUSING: _p("letter", "Confirmation of housing"),
    LetterKind.DATA_SHEET: _p("letter", "Data sheet for the visa form"),
    LetterKind.CHANGE: _p("letter", "Notice of change"),
    LetterKind.EARLY_END: _p("letter", "Notice of early end"),
    LetterKind.TRANSCRIPT: _p("letter", "Transcript of the exchange"),
}
"""What a kind of letter is called, on the letter and in lists."""
SHEETS: dict[str, str] = {
    "DQ": _p("letter", "Data sheet for the DQ form"),
    "JW202": _p("letter", "Data sheet for form JW202"),
    "DS2019": _p("letter", "Data sheet for form DS-2019"),
}
TO_STUDENT = _p("letter", "Dear {name},")
TO_OFFICE = _p("letter", "Dear colleagues at {university},")
TO_ANYBODY = _p("letter", "To whom it may concern,")

NOMINATES = _p(
    "letter",
    "{sending} nominates the student named below for the International Graduate Academic Exchange Program at {host}, "
    "intake {year}.",
)
ENROLLED = _p(
    "letter",
    "The student is enrolled at {sending} and goes on paying tuition here. We ask you to look at the application and "
    "to tell us your decision.",
)
ADMITS = _p(
    "letter",
    "{host} admits you to the International Graduate Academic Exchange Program as a visiting graduate student. It was "
    "decided on {approved}.",
)
NO_DEGREE = _p("letter", "The stay leads to no degree; it ends with a certificate and a transcript.")
INVITES = _p(
    "letter",
    "{host} invites the student named below, enrolled at {sending}, to a stay of {days} days in the International "
    "Graduate Academic Exchange Program, from {first} to {last}. The student accepted on {accepted}.",
)
VISA = _p("letter", "We ask the authorities concerned to grant the visa that this stay needs.")
OBSERVES = _p("letter", "In the clinic the student observes only, and gives no direct care to patients.")
ACCEPTS = _p("letter", "{host} accepts {student} of {sending} and has reserved the places below.")
HOUSED_OUTSIDE = _p("letter", "You live at the address below, for the period named.")
HOUSES = _p("letter", "{host} has reserved the bed below for you, for every night of the period named.")
FILLED_FROM = _p(
    "letter",
    "The form of the authority is filled in from this sheet. Copy the number of the passport from the passport itself, "
    "and compare every line with it.",
)
CHANGED = _p(
    "letter",
    "Of what earlier letters about the exchange of {student} told, the following is now otherwise. Everything else "
    "stays as it was.",
)
ENDED_JUSTIFIED = _p(
    "letter", "The stay of {student} ended before its planned day, for a good reason. It counts with its actual dates."
)
ENDED_UNJUSTIFIED = _p(
    "letter", "The stay of {student} ended before its planned day, without a good reason. It does not count."
)
TRANSCRIBES = _p(
    "letter",
    "{student} of {sending} took part in the International Graduate Academic Exchange Program at {host} from {first} "
    "to {last} ({days} days).",
)
SIGNED = _p("letter", "For {institution}")
OWED = _p("letter", "Fees and costs: {fees}")

LABELS: dict[str, str] = {
    "exchange": _p("letter", "Exchange"),
    "name": _p("letter", "Name"),
    "family": _p("letter", "Family name"),
    "given": _p("letter", "Given name"),
    "native": _p("letter", "Name in the original script"),
    "born": _p("letter", "Date of birth"),
    "gender": _p("letter", "Gender"),
    "nationality": _p("letter", "Nationality"),
    "student_number": _p("letter", "Student number"),
    "email": _p("letter", "E-mail"),
    "level": _p("letter", "Level of study"),
    "discipline": _p("letter", "Discipline"),
    "stay": _p("letter", "Period of stay"),
    "days": _p("letter", "Length"),
    "contents": _p("letter", "Contents"),
    "wishes": _p("letter", "Units wished for, in order"),
    "home": _p("letter", "Home university"),
    "host": _p("letter", "Host university"),
    "housing": _p("letter", "Housing"),
    "bed": _p("letter", "Bed"),
    "address": _p("letter", "Address"),
    "nights": _p("letter", "Nights"),
    "form": _p("letter", "Form"),
    "visa": _p("letter", "Visa class"),
    "passport_until": _p("letter", "Passport valid until"),
    "passport_number": _p("letter", "Passport number"),
    "contact": _p("letter", "Contact at the host"),
    "first_day": _p("letter", "First day"),
    "last_day": _p("letter", "Last day"),
    "planned_end": _p("letter", "Planned last day"),
    "departed": _p("letter", "Departed"),
    "issued": _p("letter", "Date"),
    "number": _p("letter", "No."),
    "version": _p("letter", "Version"),
}
FROM_PASSPORT = _p("letter", "from the passport")
DAYS = _p("letter", "{days} days")
VERSION = _p("letter", "{version}, replacing earlier ones")
PAGE = _p("letter", "Page {page} of {pages}")
PAGE_FIELDS = ("{page}", "{pages}")
HEADS: dict[str, str] = {
    "unit": _p("letter", "Unit"),
    "content": _p("letter", "Content"),
    "dates": _p("letter", "Dates"),
    "supervisor": _p("letter", "Supervisor"),
    "planned": _p("letter", "Hours planned"),
    "attended": _p("letter", "Hours attended"),
    "share": _p("letter", "Attendance"),
    "result": _p("letter", "Evaluation"),
    "objective": _p("letter", "Objective"),
    "served_by": _p("letter", "Served by"),
    "what": _p("letter", "What"),
    "before": _p("letter", "Before"),
    "after": _p("letter", "Now"),
}
BLOCKS = _p("letter", "Laboratory and clinical training")
SESSIONS = _p("letter", "Lectures and cultural programme")
OBJECTIVES = _p("letter", "Learning objectives of the stay")
PLACES = _p("letter", "Places")
CHANGES = _p("letter", "Changes")
TOTAL = _p("letter", "In all")
RESULTS: dict[bool | None, str] = {
    True: _p("letter", "Passed"),
    False: _p("letter", "Not passed"),
    None: _p("letter", "Not evaluated"),
}
MEAN = _p("letter", "{result} ({mean}/5)")
"""The result, and the mean of the supervisor's ratings."""
WHAT: dict[str, str] = {
    "start": _p("letter", "First day of the stay"),
    "end": _p("letter", "Last day of the stay"),
    "discipline": _p("letter", "Discipline"),
    "bed": _p("letter", "Bed"),
}
LACKING: dict[str, str] = {
    "letter.lacks_letterhead": _p("lacking", "letterhead"),
    "letter.lacks_stay": _p("lacking", "a stay"),
    "letter.lacks_verification": _p("lacking", "verified nomination"),
    "letter.lacks_approval": _p("lacking", "approval of the host"),
    "letter.lacks_acceptance": _p("lacking", "acceptance by the student"),
    "letter.lacks_passport": _p("lacking", "passport"),
    "letter.lacks_passport_expiry": _p("lacking", "expiry of the passport"),
    "letter.lacks_place": _p("lacking", "place in a unit"),
    "letter.lacks_bed": _p("lacking", "bed"),
    "letter.lacks_form": _p("lacking", "decision on the form"),
    "letter.needs_no_form": _p("lacking", "need of a form"),
    "letter.lacks_change": _p("lacking", "a change"),
    "letter.lacks_early_end": _p("lacking", "an early end"),
    "letter.lacks_arrival": _p("lacking", "arrival"),
    "letter.lacks_departure": _p("lacking", "departure"),
    "letter.lacks_hours": _p("lacking", "hours"),
}
"""What a letter lacks, in a word; the whole sentence stands on the page of letters."""
FORM_FIELDS: dict[str, str] = {
    "name": _p("letter", "Name"),
    "birth_date": _p("letter", "Date of birth"),
    "nationality": _p("letter", "Nationality"),
    "start": _p("letter", "First day of the stay"),
    "end": _p("letter", "Last day of the stay"),
    "host": _p("letter", "Host university"),
}
"""What an authority's form says, as it is compared with the records."""
