"""Country codes of nationalities: ISO 3166-1 alpha-2, and XK, which Kosovo's citizens carry until ISO assigns one."""

import unicodedata

_CODES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO
FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE
JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO
MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW
PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM
TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
"""

COUNTRY_CODES = frozenset(_CODES.split())

TRAVEL_DOCUMENTS = frozenset(
    ["XXA", "XXB", "XXC", "XXX", "GBD", "GBN", "GBO", "GBP", "GBS", "UNO", "UNA", "UNK", "XOM", "EUE"]
)
"""What travel documents print where a country's code would be (ICAO 9303): stateless, refugees and others."""
_WRITTEN_OTHERWISE = {"D": "DE", "RKS": "XK"}
"""Codes of travel documents for countries that have one of two letters."""


def nationality_of(text: str) -> str:
    """The code of a nationality as it is kept, from a country's code or a travel document's; empty where it is none."""
    code = unicodedata.normalize("NFKC", text).upper().rstrip("<")
    code = _WRITTEN_OTHERWISE.get(code, code)
    return code if code in COUNTRY_CODES or code in TRAVEL_DOCUMENTS else ""
