"""The certificate's page, rendered: one page whatever is on it, every word readable, nothing outside its frame."""

import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from pypdf import PageObject, PdfReader
from pypdf.generic import DictionaryObject

from certificates.page import CertificatePage, ContentLine, RotationLine, Signer, University, render
from models.errors import Broken
from models.vocabulary import Content
from tests.logos import png

CQMU = University(name="Chongqing Medical University", name_zh="重庆医科大学")
DARTMOUTH = University(name="Dartmouth College", name_zh="达特茅斯学院")
FIRST, LAST = date(2026, 12, 1), date(2027, 5, 28)
POINTS_PER_MM = 72 / 25.4


def rotation(n: int = 0, **changes: Any) -> RotationLine:
    given: dict[str, Any] = {
        "content": (Content.LABORATORY, Content.CLINICAL)[n % 2],
        "unit": f"Molecular Biology on Infectious Diseases {n}",
        "unit_zh": "感染性疾病分子生物学教育部重点实验室",
        "first": FIRST + timedelta(weeks=n),
        "last": FIRST + timedelta(weeks=n, days=6),
        "hours": 40,
        "supervisor": "Prof. Huang Ailong",
    }
    return RotationLine(**(given | changes))


PAGE = CertificatePage(
    number="SJ-2027-000123",
    version=1,
    issued_on=date(2027, 6, 3),
    verification_url="https://sojourn.example/verify/0123456789abcdef0123456789abcdef",
    student="Eleanor Rose Whitfield",
    student_original="惠艾琳",
    born=date(2001, 5, 14),
    host=CQMU,
    sending=DARTMOUTH,
    first=FIRST,
    last=LAST,
    rotations=(rotation(0), rotation(1, first=date(2026, 12, 28), last=date(2027, 1, 3))),
    contents=(ContentLine(content=Content.CULTURAL_ACTIVITIES, hours=12.5),),
    signers=(Signer(name="Prof. Li Wei", institution=CQMU), Signer(name="Dr. Susan Carter", institution=DARTMOUTH)),
)

LONG = {
    "student": "Wolfeschlegelsteinhausenbergerdorff-Montgomery Alexandrina Philippa Theodora de la Santísima Trinidad",
    "student_original": "沃尔夫施莱格尔施泰因豪森贝格多夫·蒙哥马利·亚历山德里娜·菲利帕·西奥多拉",
    "sending": University(
        name="The Royal and Imperial University of Medical Sciences and Public Health of Somewhere Far Away",
        name_zh="某某皇家与帝国医学科学与公共卫生大学及其附属教学医院联合学院",
    ),
    "version": 12,
    "signers": (Signer(name="Prof. Dr. Dr. h. c. mult. Maximiliana Hohenlohe-Waldenburg", institution=CQMU),) * 2,
    "contents": tuple(ContentLine(content=content, hours=123.5) for content in tuple(Content)[2:]),
}


def opened(page: CertificatePage) -> PdfReader:
    return PdfReader(io.BytesIO(render(page)))


def words(page: CertificatePage) -> str:
    [only] = opened(page).pages
    return only.extract_text().replace(" ", "").replace("\n", "")


def test_dates_are_written_out_in_both_languages_also_across_the_new_year() -> None:
    text = words(PAGE)
    assert "1December2026" in text
    assert "28Dec2026–3Jan2027" in text
    assert "2026年12月28日至2027年1月3日" in text
    assert "1Dec–7Dec2026" in text
    assert "2026年12月1日至12月7日" in text
    assert "共179天、92.5学时" in text


def test_clinical_work_is_observation_and_nothing_more() -> None:
    clinical = words(PAGE.model_copy(update={"rotations": (rotation(1),)}))
    assert "Observation(nodirectpatientcare)" in clinical
    assert "临床观摩（不直接参与诊疗）" in clinical
    assert "Supervisedlaboratorytraining" not in clinical


@pytest.mark.parametrize("count", [0, 1, 4, 9, 14, 26])
@pytest.mark.parametrize("changes", [{}, LONG], ids=["usual", "long"])
def test_everything_stays_on_one_page_inside_the_frame(count: int, changes: dict[str, Any]) -> None:
    lines = tuple(rotation(n) for n in range(count))
    page = PAGE.model_copy(update={"rotations": lines, **changes})
    [only] = opened(page).pages
    places: list[tuple[float, float]] = []

    def visit(text: str, matrix: list[float], text_matrix: list[float], font: object, size: float) -> None:
        if text.strip():
            x, y = text_matrix[4], text_matrix[5]
            places.append((x * matrix[0] + y * matrix[2] + matrix[4], x * matrix[1] + y * matrix[3] + matrix[5]))

    flat = only.extract_text(visitor_text=visit).replace(" ", "").replace("\n", "")
    edge = 11 * POINTS_PER_MM
    width, height = float(only.mediabox.width), float(only.mediabox.height)
    assert (round(width), round(height)) == (842, 595)
    assert places
    assert all(edge < x < width - edge and edge < y < height - edge for x, y in places)
    assert page.student.replace(" ", "") in flat
    assert page.student_original in flat
    assert all(f"InfectiousDiseases{n}" in flat for n in range(count))
    assert "SJ-2027-000123" in flat


def test_a_later_version_says_so() -> None:
    assert "2,replacingearlierones" in words(PAGE.model_copy(update={"version": 2}))
    assert "replacing" not in words(PAGE)


def test_a_name_without_an_original_script_leaves_no_trace_of_one() -> None:
    assert "惠艾琳" not in words(PAGE.model_copy(update={"student_original": ""}))


@pytest.mark.parametrize(
    "name", ["李玥瑄", "陳龘", "Елена Иванова", "Ελένη", "さくら", "Nguyễn Thị Ánh", "Łukasz Ørsted"]
)
def test_names_in_these_scripts_can_be_printed(name: str) -> None:
    assert name.replace(" ", "") in words(PAGE.model_copy(update={"student_original": name}))


@pytest.mark.parametrize("name", ["எலினோர்", "\U0001f600"])
def test_a_script_without_a_font_is_an_operators_matter_and_not_quoted(name: str) -> None:
    with pytest.raises(Broken, match=r"certificate.font") as refused:
        render(PAGE.model_copy(update={"student_original": name}))
    assert not set(name) & set(str(refused.value))


@pytest.mark.parametrize("name", ['#panic("x")', "*Bold* _it_ $x$ @ref <label> \\ //", "A & B < C"])
def test_names_are_text_and_never_markup(name: str) -> None:
    assert name.replace(" ", "") in words(PAGE.model_copy(update={"student": name}))


def test_the_same_page_gives_the_same_bytes() -> None:
    assert render(PAGE) == render(PAGE)


def test_it_is_archivable_and_carries_its_fonts() -> None:
    reader = opened(PAGE)
    metadata = reader.xmp_metadata
    assert metadata is not None
    assert metadata.stream.get_data().count(b"pdfaid:part") >= 1
    assert reader.metadata is not None
    assert reader.metadata.title == "Certificate SJ-2027-000123"
    fonts: DictionaryObject = reader.pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    names = {str(font.get_object()["/BaseFont"]) for font in fonts.values()}
    assert any("NotoSerifSC" in name for name in names)
    assert any("LibertinusSerif" in name for name in names)
    for font in fonts.values():
        descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert "/FontFile3" in descriptor


def test_the_code_leads_to_the_verification_address() -> None:
    annotations: Any = opened(PAGE).pages[0]["/Annots"]
    assert [link.get_object()["/A"]["/URI"] for link in annotations] == [PAGE.verification_url]


LOGO = {"accent": "#1d4e89", "logo": png(400, 100)}


@pytest.mark.parametrize("changes", [{}, LONG], ids=["usual", "long"])
def test_the_hosts_logo_stands_top_left_and_its_accent_in_the_lines(changes: dict[str, Any]) -> None:
    page = PAGE.model_copy(update=changes)
    host = (page.sending if changes else page.host).model_copy(update=LOGO)
    page = page.model_copy(update={"host": host})
    [only] = opened(page).pages
    [picture] = only.images
    assert picture.image is not None
    assert picture.image.size == (400, 100)
    assert host.name.replace(" ", "") in words(page)
    assert colours(only) & {"#1d4e89", "#7a1f2b"} == {"#1d4e89"}
    assert render(page) == render(page)


def test_a_host_without_looks_has_the_services_colour_and_no_picture() -> None:
    sending = DARTMOUTH.model_copy(update=LOGO)
    [only] = opened(PAGE.model_copy(update={"sending": sending})).pages
    assert list(only.images) == []
    assert colours(only) & {"#1d4e89", "#7a1f2b"} == {"#7a1f2b"}


def colours(page: PageObject) -> set[str]:
    """What is written and drawn in, as `#1d4e89`."""
    content = page.get_contents()
    assert content is not None
    set_by = re.findall(r"([\d.]+) ([\d.]+) ([\d.]+) scn", content.get_data().decode("latin-1"), re.IGNORECASE)
    return {"#" + "".join(f"{round(float(part) * 255):02x}" for part in parts) for parts in set_by}
