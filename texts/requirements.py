"""Words of what the rules ask: antigens, amounts of cover, reports."""

from models.facts.health import Antigen
from texts.i18n import _, _p

ANTIGENS: dict[Antigen, str] = {
    Antigen.MEASLES: _("measles"),
    Antigen.MUMPS: _("mumps"),
    Antigen.RUBELLA: _("rubella"),
    Antigen.VARICELLA: _("varicella"),
    Antigen.HEPATITIS_B: _("hepatitis B"),
}
COVERS: dict[str, str] = {
    "per_illness": _("each accident or illness"),
    "repatriation": _("repatriation"),
    "evacuation": _("medical evacuation"),
    "deductible": _("deductible"),
    "per_claim": _("each claim"),
    "in_all": _p("cover", "all claims of a year"),
}
REPORTS: dict[str, str] = {
    "hiv_report": _("HIV report"),
    "syphilis_report": _("syphilis report"),
    "chest_xray": _("chest X-ray"),
}
