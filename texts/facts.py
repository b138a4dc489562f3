"""Words of what documents say: vaccines, tests, results, and the columns of the forms for them."""

from models.facts.health import Antigen, TbMethod, TestResult, Vaccine
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
