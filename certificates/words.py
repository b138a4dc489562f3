"""The words that stand on every certificate, and how those who sign are titled on it; translated in `texts`."""

from models.vocabulary import Role
from texts.i18n import _p, translated

WORDS: dict[str, str] = {
    "host": _p("certificate", "Host university"),
    "home": _p("certificate", "Home university"),
    "title": _p("certificate", "Certificate of Exchange"),
    "certify": _p("certificate", "This is to certify that"),
    "unit": _p("certificate", "Unit"),
    "level": _p("certificate", "Level of activity"),
    "dates": _p("certificate", "Dates"),
    "hours": _p("certificate", "Hours"),
    "supervisor": _p("certificate", "Supervisor"),
    "result": _p("certificate", "Result"),
    "passed": _p("certificate", "Passed"),
    "issued": _p("certificate", "Issued"),
    "number": _p("certificate", "No."),
    "version": _p("certificate", "Version"),
    "verify": _p("certificate", "Verify"),
}
"""Labels by the name that the template has for them."""
STATEMENT = _p(
    "certificate",
    "born on {born}, has completed a stay of {days} days and {hours} hours in the International Graduate Academic"
    " Exchange Program at {host}, from {first} to {last}.",
)
"""What is certified; the template sets the English itself, with its emphasis."""
TITLES: dict[Role, str] = {
    Role.HEAD_OF_OFFICE: _p("certificate", "Head of International Office"),
    Role.COORDINATOR: _p("certificate", "Exchange Coordinator"),
}
"""Who signs for a university, in this order: formal titles, fuller than what lists call the roles."""
OFFICE = _p("certificate", "International Office")
"""Who signs where nobody holds either office."""


def in_both(message: str) -> tuple[str, str]:
    """A word in English and Chinese."""
    return translated(message, "en"), translated(message, "zh")
