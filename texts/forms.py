"""What the columns, choices and ratings of forms are called."""

from texts.i18n import _

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
    "late_reason": _("Reason for recording late"),
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
