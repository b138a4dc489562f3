"""Codes of states, organisations and people without a state, as travel documents print them (ICAO 9303 part 3).

Three letters, ISO 3166-1 alpha-3 where a country has one; Germany prints `D`, Kosovo `RKS`.
"""

from models.rules.countries import COUNTRY_CODES, TRAVEL_DOCUMENTS

_ISO = """
ABW:AW AFG:AF AGO:AO AIA:AI ALA:AX ALB:AL AND:AD ARE:AE ARG:AR ARM:AM ASM:AS ATA:AQ ATF:TF ATG:AG AUS:AU AUT:AT AZE:AZ
BDI:BI BEL:BE BEN:BJ BES:BQ BFA:BF BGD:BD BGR:BG BHR:BH BHS:BS BIH:BA BLM:BL BLR:BY BLZ:BZ BMU:BM BOL:BO BRA:BR BRB:BB
BRN:BN BTN:BT BVT:BV BWA:BW CAF:CF CAN:CA CCK:CC CHE:CH CHL:CL CHN:CN CIV:CI CMR:CM COD:CD COG:CG COK:CK COL:CO COM:KM
CPV:CV CRI:CR CUB:CU CUW:CW CXR:CX CYM:KY CYP:CY CZE:CZ DJI:DJ DMA:DM DNK:DK DOM:DO DZA:DZ ECU:EC EGY:EG ERI:ER ESH:EH
ESP:ES EST:EE ETH:ET FIN:FI FJI:FJ FLK:FK FRA:FR FRO:FO FSM:FM GAB:GA GBR:GB GEO:GE GGY:GG GHA:GH GIB:GI GIN:GN GLP:GP
GMB:GM GNB:GW GNQ:GQ GRC:GR GRD:GD GRL:GL GTM:GT GUF:GF GUM:GU GUY:GY HKG:HK HMD:HM HND:HN HRV:HR HTI:HT HUN:HU IDN:ID
IMN:IM IND:IN IOT:IO IRL:IE IRN:IR IRQ:IQ ISL:IS ISR:IL ITA:IT JAM:JM JEY:JE JOR:JO JPN:JP KAZ:KZ KEN:KE KGZ:KG KHM:KH
KIR:KI KNA:KN KOR:KR KWT:KW LAO:LA LBN:LB LBR:LR LBY:LY LCA:LC LIE:LI LKA:LK LSO:LS LTU:LT LUX:LU LVA:LV MAC:MO MAF:MF
MAR:MA MCO:MC MDA:MD MDG:MG MDV:MV MEX:MX MHL:MH MKD:MK MLI:ML MLT:MT MMR:MM MNE:ME MNG:MN MNP:MP MOZ:MZ MRT:MR MSR:MS
MTQ:MQ MUS:MU MWI:MW MYS:MY MYT:YT NAM:NA NCL:NC NER:NE NFK:NF NGA:NG NIC:NI NIU:NU NLD:NL NOR:NO NPL:NP NRU:NR NZL:NZ
OMN:OM PAK:PK PAN:PA PCN:PN PER:PE PHL:PH PLW:PW PNG:PG POL:PL PRI:PR PRK:KP PRT:PT PRY:PY PSE:PS PYF:PF QAT:QA REU:RE
ROU:RO RUS:RU RWA:RW SAU:SA SDN:SD SEN:SN SGP:SG SGS:GS SHN:SH SJM:SJ SLB:SB SLE:SL SLV:SV SMR:SM SOM:SO SPM:PM SRB:RS
SSD:SS STP:ST SUR:SR SVK:SK SVN:SI SWE:SE SWZ:SZ SXM:SX SYC:SC SYR:SY TCA:TC TCD:TD TGO:TG THA:TH TJK:TJ TKL:TK TKM:TM
TLS:TL TON:TO TTO:TT TUN:TN TUR:TR TUV:TV TWN:TW TZA:TZ UGA:UG UKR:UA UMI:UM URY:UY USA:US UZB:UZ VAT:VA VCT:VC VEN:VE
VGB:VG VIR:VI VNM:VN VUT:VU WLF:WF WSM:WS XKK:XK YEM:YE ZAF:ZA ZMB:ZM ZWE:ZW
"""

_ISSUING = "EUE IAO UNO UNA UNK XBA XCC XCE XCO XDC XEC XES XIM XMP XOM XPO"

_PRINTED = dict(pair.split(":") for pair in _ISO.split()) | {"D": "DE", "RKS": "XK"}

ORGANISATIONS = frozenset(_ISSUING.split())
"""That issue travel documents of their own."""
STATELESS = frozenset(("XXA", "XXB", "XXC", "XXX"))
"""Stateless, refugees by the convention, other refugees, and those whose nationality is not stated."""
BRITISH = frozenset(("GBD", "GBN", "GBO", "GBP", "GBS"))
"""British other than citizens of the United Kingdom."""
SPECIMEN = "UTO"
"""Utopia, which ICAO's own specimens are of; nobody's."""


def issuer_of(code: str) -> str:
    """A code as a travel document prints it, as it is kept: two letters of a country, or the code of ICAO's list.

    Fillers at its end don't matter. Empty where ICAO knows no such code: a misread one, or of a specimen.
    """
    code = code.rstrip("<")
    if code in ORGANISATIONS or code in STATELESS or code in BRITISH or code in TRAVEL_DOCUMENTS:
        return code
    return _PRINTED.get(code, "")


def same_nationality(printed: str, typed: str) -> bool | None:
    """Whether the code that is printed is the nationality that was typed; `None` where only a person can tell.

    Somebody without a state, a refugee or staff of an organisation may have typed the country that issued the paper,
    and the British other than citizens may have typed `GB`.
    """
    kept = issuer_of(printed)
    if not kept:
        return None
    if kept == typed:
        return True
    if kept in COUNTRY_CODES and typed in COUNTRY_CODES:
        return False
    return None


def printed_code(nationality: str) -> str:
    """The code that a travel document prints for a nationality as it is kept; unchanged where there is none."""
    return _BACK.get(nationality, nationality)


_BACK = {kept: printed for printed, kept in _PRINTED.items()}
