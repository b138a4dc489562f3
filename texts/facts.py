"""Words of what documents say: vaccines, tests, results, and the columns of the forms for them."""

from models.facts.health import Antigen, TbMethod, TestResult, Vaccine
from models.facts.identity import PatientContact
from texts.i18n import _, _p, translated
from texts.requirements import ANTIGENS

VACCINES: dict[Vaccine, str] = {
    Vaccine.MMR: _("Measles, mumps, rubella (MMR)"),
    Vaccine.MEASLES: _("Measles alone"),
    Vaccine.MUMPS: _("Mumps alone"),
    Vaccine.RUBELLA: _("Rubella alone"),
    Vaccine.VARICELLA: _("Varicella"),
    Vaccine.TDAP: _("Tetanus, diphtheria, pertussis (Tdap)"),
    Vaccine.TD: _("Tetanus, diphtheria (Td)"),
    Vaccine.HEPATITIS_B: _("Hepatitis B"),
    Vaccine.INFLUENZA: _("Influenza"),
}
METHODS: dict[TbMethod, str] = {TbMethod.IGRA: _("IGRA (blood test)"), TbMethod.SKIN: _("Skin test (TST)")}
RESULTS: dict[TestResult, str] = {
    TestResult.POSITIVE: _p("test", "positive"),
    TestResult.NEGATIVE: _p("test", "negative"),
    TestResult.UNCLEAR: _p("test", "unclear"),
}
FORM_TITLES: dict[str, str] = {
    "immunization_record": _("Immunization record"),
    "tb_test": _("Tests for tuberculosis"),
}
FORM_COLUMNS: dict[str, str] = {
    "line": _p("column", "line"),
    "on": _("Date (year-month-day)"),
    "result": _p("test", "Result"),
    "quantity": _("Quantity (mIU/mL)"),
}
FORM_NOTE = _(
    "Write full dates, like 2027-03-01. Leave empty what was not given. A result is positive, negative or unclear; of "
    "a chest X-ray, negative says that it is clear."
)
FACT_FIELDS: dict[str, str] = {
    "expires_on": _("Good until"),
    "blank_pages": _("Empty pages for visas"),
    "visa_class": _("Class of the visa"),
    "permitted_until": _("Last day of the permitted stay"),
    "entries": _("Entries (0: as many as wanted)"),
    "status": _("Status in the United States"),
    "contact": _("Contact with patients"),
    "medical_degree": _("Holds a medical degree"),
    "five_point_letter": _("The five-point letter of the dean is there"),
    "paid": _("Is paid for it"),
    "foreign_medical_student": _("Enrolled in a medical school abroad"),
    "at_teaching_hospital": _("At a teaching hospital"),
    "first_day": _("First day of cover"),
    "last_day": _("Last day of cover"),
    "insurer": _("Insurer"),
    "currency": _("Currency (three letters, like USD)"),
    "per_illness": _("Cover for each accident or illness"),
    "repatriation": _("Cover for repatriation"),
    "evacuation": _("Cover for medical evacuation"),
    "deductible": _("Deductible for each accident or illness"),
    "copay_percent": _("Share of the costs that is the student's own, in percent"),
    "rating": _("Rating of the insurer (A.M. Best, like A-)"),
    "backed_by_state": _("Backed by the student's government"),
    "per_claim": _("Cover for each claim"),
    "in_all": _("Cover for all claims of a year"),
    "checked_on": _("Day of the check"),
    "clear": _("Nothing was found"),
    "taken_on": _("Day on which the sample was taken"),
    "panels": _("How many substances were looked for"),
    "completed_on": _("Day on which the course was completed"),
    "examined_on": _("Day of the examination"),
    "public_hospital": _("Made at a public hospital"),
    "notarized": _("Notarized"),
    "stamp_across_photo": _("The stamp lies across the photograph"),
    "same_stamp": _("The same stamp is on every page"),
    "hiv_report": _("The HIV report is attached"),
    "syphilis_report": _("The syphilis report is attached"),
    "chest_xray": _("The chest X-ray is attached"),
}
"""What the fields are called in which people type what a document says."""
FACT_CHOICES: dict[str, str] = {
    "true": _("yes"),
    "false": _("no"),
    PatientContact.NONE: _p("patients", "none: watches"),
    PatientContact.INCIDENTAL: _p("patients", "by the way, of research or teaching"),
    PatientContact.DIRECT: _p("patients", "examines or treats"),
}
DOSE = _("{what}, dose {number}")
TEST = _("{what}, test {number}")
ANTIBODIES_OF = _("Antibodies: {what}")
CHEST_XRAY = _("Chest X-ray after a positive test")


def line_words(line: str, language: str) -> str:
    """What a line of a form is of, in a language; a line that no form has stays as it is."""
    what, _dot, number = line.partition(".")
    if line == "xray":
        return translated(CHEST_XRAY, language)
    if what == "antibodies" and number in set(Antigen):
        return translated(ANTIBODIES_OF, language).format(what=translated(ANTIGENS[Antigen(number)], language))
    if what in set(Vaccine):
        return translated(DOSE, language).format(what=translated(VACCINES[Vaccine(what)], language), number=number)
    if what in set(TbMethod):
        return translated(TEST, language).format(what=translated(METHODS[TbMethod(what)], language), number=number)
    return line
