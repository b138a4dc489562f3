"""What the columns, choices and ratings of forms are called."""

from models.catalogue.answers import Need
from models.clearances import ClearanceEnds
from models.messages.corrections import Reported
from texts.i18n import _

REPORTS: dict[str, str] = {
    "arrival": _("Report the arrival"),
    "attendance": _("Report hours"),
    "movement": _("Report a move or a journey"),
    "departure": _("Report the departure"),
    "revocation": _("Take back the clearance for the clinic"),
}
REPORTED: dict[str, str] = {
    Reported.ARRIVAL: _("Arrival"),
    Reported.DEPARTURE: _("Departure"),
    Reported.MOVEMENT: _("Move or journey"),
}
NEEDED_DAYS: dict[str, str] = {
    Need.CLEARANCE_UNTIL: _("Good through (last day)"),
    Need.STAY_UNTIL: _("Last day of the permitted stay"),
    Need.EXTENSION_UNTIL: _("Last day of the extended stay"),
    Need.LEFT_ON: _("Day of leaving the country"),
    Need.KNOWN_ON: _("Known since"),
}
"""What the day means that an answer asks for."""
CORRECTIONS: dict[str, str] = {
    Reported.ARRIVAL: _("Correct the arrival"),
    Reported.DEPARTURE: _("Correct the departure"),
    Reported.MOVEMENT: _("Correct the last movement"),
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
    "passport_number": _("Passport number"),
    "level": _("Level"),
    "discipline": _("Discipline"),
    "start": _("First day"),
    "end": _("Last day"),
    "intake_year": _("Intake year"),
    "laboratory_start": _("Laboratory from"),
    "laboratory_end": _("Laboratory until"),
    "laboratory_share": _("Laboratory: % of the stay"),
    "laboratory_hours": _("Laboratory: hours planned"),
    "clinical_start": _("Clinic from"),
    "clinical_end": _("Clinic until"),
    "clinical_share": _("Clinic: % of the stay"),
    "clinical_hours": _("Clinic: hours planned"),
    "academic_lectures": _("Academic lectures"),
    "academic_lectures_start": _("Academic lectures from"),
    "academic_lectures_end": _("Academic lectures until"),
    "cultural_lectures": _("Cultural lectures"),
    "cultural_lectures_start": _("Cultural lectures from"),
    "cultural_lectures_end": _("Cultural lectures until"),
    "cultural_activities": _("Cultural activities"),
    "cultural_activities_start": _("Cultural activities from"),
    "cultural_activities_end": _("Cultural activities until"),
    "laboratories": _("Laboratories wanted"),
    "specialties": _("Specialties wanted"),
    "rank": _("Rank"),
    "language": _("Language of mails"),
    "programme_fee": _("Programme fee"),
    "late_reason": _("Reason for recording late"),
}
MEANINGS: dict[str, str] = {
    "sending": _("The university the student comes from: id, code or name."),
    "host": _("The university the student goes to: id, code or name."),
    "student_number": _("The number the sending university knows the student by."),
    "family_name": _("As in the passport, in Latin letters; - if there is none."),
    "given_name": _("As in the passport, in Latin letters; - if there is none."),
    "native_name": _("The name in its original script."),
    "email": _("The student's own e-mail address."),
    "gender": _("As in the passport; decides the rooms offered."),
    "passport_number": _("As printed, letters and digits; the passport that is handed in is compared with it."),
    "nationality": _("Country code of two letters (ISO 3166); XXA: stateless."),
    "level": _("What the student studies now."),
    "discipline": _("From the programme's lists for this level: id, English or Chinese name."),
    "start": _("First day of the stay."),
    "end": _("Last day of the stay: 4 weeks to 6 months."),
    "intake_year": _("The year whose seats are used; empty: the year of the start."),
    "laboratory_start": _("First day of laboratory training; empty: none. Several blocks: | between them."),
    "laboratory_end": _("Last day of laboratory training, of each block."),
    "laboratory_share": _("Instead of days: percent of the stay, of each block; all blocks together 100."),
    "laboratory_hours": _("Hours planned, of each block; may be empty."),
    "clinical_start": _("First day of clinical observation; empty: none. Several blocks: | between them."),
    "clinical_end": _("Last day of clinical observation, of each block."),
    "clinical_share": _("Instead of days: percent of the stay, of each block; all blocks together 100."),
    "clinical_hours": _("Hours planned, of each block; may be empty."),
    "academic_lectures": _("Part of the stay?"),
    "academic_lectures_start": _("Empty: the whole stay."),
    "academic_lectures_end": _("Empty: the whole stay."),
    "cultural_lectures": _("Part of the stay?"),
    "cultural_lectures_start": _("Empty: the whole stay."),
    "cultural_lectures_end": _("Empty: the whole stay."),
    "cultural_activities": _("Part of the stay?"),
    "cultural_activities_start": _("Empty: the whole stay."),
    "cultural_activities_end": _("Empty: the whole stay."),
    "laboratories": _("Wanted laboratories, best first, between semicolons; | before those of the next block."),
    "specialties": _("Wanted hospital specialties, best first, between semicolons; | before those of the next block."),
    "rank": _("The university's ranking of its nominees, 1 is first; orders the waiting list."),
    "language": _("Of mails and letters to the student; empty: en."),
    "programme_fee": _("The fee is waived: 0 or empty."),
    "late_reason": _("Only for a stay that has begun or is over: why it is recorded late."),
}
"""What belongs into a column of a nomination file; days besides in the form of `DAY_FORM`."""
OF_A_BLOCK: dict[str, str] = {
    "laboratory_start": _("Empty: no such block, or a share of the stay is given."),
    "laboratory_share": _("Instead of days: percent of the stay; all blocks together 100."),
    "clinical_start": _("Empty: no such block, or a share of the stay is given."),
    "clinical_share": _("Instead of days: percent of the stay; all blocks together 100."),
}
"""The same in a form, which has fields for each block."""
DAY_FORM = _("Year-month-day.")
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
CLEARANCE_ENDS: dict[str, str] = {
    ClearanceEnds.REVOKED: _("taken back by occupational health"),
    ClearanceEnds.LAPSED: _("lapsed"),
    ClearanceEnds.UNINSURED: _("the insurance ended"),
}
LISTS: dict[str, str] = {
    "state_key": _("State key disciplines"),
    "esi": _("ESI Top 1%"),
    "phd": _("PhD disciplines"),
    "master": _("Master disciplines"),
}
"""The lists of disciplines."""
