"""Made-up papers of every kind that is read, in four layouts and both languages: as PDF, and as a phone sees them."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pypdfium2
import typst
from PIL import Image

from bench.corpus import DEGRADATIONS, HOLDERS
from examples.papers import PRINTED, Holder
from texts.fonts import fonts

LAYOUTS = ("letter", "table", "columns", "card")
LANGUAGES = ("en", "zh")
SEEN_AS = ("jpeg 40", "skew 3", "shadow", "phone", "A4 scan grey", "noise")
"""How a paper is photographed or scanned, one after another."""
NATIVE = {"Li": "李晓明", "Tan": "陈伟"}
"""Names in the script of their holders, by family name."""
_TITLES = {
    "cv_study_plan": (
        ("Curriculum Vitae and Study Plan", "Résumé of"),
        ("个人简历与学习计划", "学习计划"),
    ),
    "enrolment_proof": (
        ("Enrollment Verification", "Certificate of Student Status"),
        ("在读证明", "学籍在读证明"),
    ),
    "transcript": (
        ("Official Transcript of Academic Work", "Academic Record"),
        ("学生成绩单", "本科成绩证明"),
    ),
    "non_criminal_record": (
        ("Police Clearance Certificate", "Criminal Record Check"),
        ("无犯罪记录证明", "无犯罪记录证明书"),
    ),
    "background_check": (
        ("Background Check Report", "Background Screening Summary"),
        ("背景调查报告", "背景审查结果"),
    ),
    "admission_notice": (
        ("Letter of Admission", "Notice of Admission"),
        ("录取通知书", "邀请函"),
    ),
    "insurance": (
        ("Certificate of Insurance", "Travel and Medical Insurance Policy"),
        ("医疗保险凭证", "境外旅行保险单"),
    ),
    "liability_insurance": (
        ("Certificate of Liability Insurance", "Medical Malpractice Insurance"),
        ("执业责任保险单", "医疗责任险凭证"),
    ),
    "physical_exam": (
        ("Physical Examination Record for Foreigner", "Health Certificate"),
        ("外国人体格检查记录", "体检报告"),
    ),
    "immunization_record": (
        ("Certificate of Immunization", "Student Vaccination Record"),
        ("疫苗接种证明", "预防接种证"),
    ),
    "tb_test": (
        ("QuantiFERON-TB Gold Plus Report", "Tuberculosis Screening Form"),
        ("结核感染T细胞检测报告", "结核菌素试验报告"),
    ),
    "osha_training": (
        ("OSHA Bloodborne Pathogens Certificate", "Laboratory Safety Training"),
        ("OSHA安全培训证明", "实验室安全培训证书"),
    ),
    "hipaa_training": (
        ("HIPAA Training Certificate", "Patient Privacy Training"),
        ("HIPAA培训证书", "患者隐私培训证明"),
    ),
}
"""What papers call themselves: English, then Chinese."""
KINDS = tuple(_TITLES)
_ISSUERS = {
    "insurance": ("Northern Mutual Insurance Company", "平安健康保险公司"),
    "liability_insurance": ("Northern Mutual Insurance Company", "平安健康保险公司"),
    "non_criminal_record": ("Metropolitan Police Department", "重庆市公安局渝中分局"),
    "background_check": ("Ridgeway Screening Agency", "重庆市人才服务中心"),
    "physical_exam": ("Riverside General Hospital", "重庆医科大学附属第一医院"),
    "immunization_record": ("Student Health Clinic", "重庆市疾病预防控制中心"),
    "tb_test": ("Riverside General Hospital, Laboratory", "重庆医科大学附属第一医院"),
}
_OFFICE = ("University of Northfield, Office of the Registrar", "北方大学研究生院")
_LABELS = (
    ("Name", "Date of birth", "Issued on", "Valid until", "Reference No."),
    ("姓名", "出生日期", "签发日期", "有效期至", "编号"),
)
_BODY = (
    "The particulars above are taken from our records and are correct on the day of issue. This document was issued "
    "at the request of the person named and is valid with the stamp of the issuing office only.",
    "以上内容摘自本单位存档记录，签发之日属实。本证明应本人要求出具，加盖签发单位公章后有效。如有疑问，请与签发单位联系核实。",
)
_SOURCE = """
#let data = json(bytes(sys.inputs.data))
#set text(font: ("Libertinus Serif", data.font), size: 11pt)
#let card = data.layout == "card"
#set page(paper: "a4", margin: 24mm, flipped: card)
#let facts = if data.layout == "table" {
  table(columns: (50mm, 1fr), inset: 2.4mm, ..data.facts.flatten())
} else if data.layout == "columns" {
  grid(columns: (1fr, 1fr), gutter: 5mm, ..data.facts.map(f => [*#f.at(0)#data.colon*#h(2mm)#f.at(1)]))
} else {
  for f in data.facts [#f.at(0)#data.colon #f.at(1) \\ ]
}
#if data.layout == "card" { align(right, text(size: 10pt, data.issuer)) } else { text(size: 10pt, data.issuer) }
#v(6mm)
#align(if data.layout == "letter" { left } else { center }, text(size: 19pt, weight: "bold", data.title))
#v(6mm)
#if data.layout == "letter" [#par(justify: true, data.body) #v(3mm) #facts] else [#facts #v(5mm) #par(data.body)]
#v(12mm)
#text(size: 9pt, data.issuer)
"""
_CHINESE = "Noto Serif SC"


@dataclass(frozen=True)
class SamplePaper:
    """One paper, and whose and what it is."""

    kind: str
    language: str
    layout: str
    holder: Holder
    pdf: bytes

    def seen(self, number: int) -> bytes:
        """As a phone or scanner sees it, as JPEG."""
        chance = random.Random(number)
        with pypdfium2.PdfDocument(self.pdf) as pdf:
            page: Image.Image = pdf[0].render(scale=2.2).to_pil().convert("RGB")
        return DEGRADATIONS[SEEN_AS[number % len(SEEN_AS)]](page, chance)


def papers(today: date) -> Iterator[SamplePaper]:
    """Every kind in every layout and language, each of another holder than the one before."""
    number = 0
    for place, kind in enumerate(KINDS):
        for language in LANGUAGES:
            for layout in LAYOUTS:
                yield paper(kind, language, layout, HOLDERS[(number + place) % len(HOLDERS)], today, number)
                number += 1


def paper(kind: str, language: str, layout: str, holder: Holder, today: date, number: int) -> SamplePaper:
    """One of them; the same arguments give the same bytes."""
    which = LANGUAGES.index(language)
    titles = _TITLES[kind][which]
    name = NATIVE.get(holder.family_name, holder.name) if which else holder.name
    days = (holder.born, today - timedelta(days=20), today + timedelta(days=400))
    said = [f"{day.year}年{day.month}月{day.day}日" if which else f"{day:%d %B %Y}" for day in days]
    values = [name, *said, f"NF-{number:05d}"]
    data = {
        "layout": layout, "title": titles[number % len(titles)], "issuer": _ISSUERS.get(kind, _OFFICE)[which],
        "facts": list(zip(_LABELS[which], values, strict=True)), "body": _BODY[which], "colon": "：" if which else ":",
        "font": _CHINESE,
    }  # fmt: skip
    return SamplePaper(kind, language, layout, holder, _printed(json.dumps(data)))


def _printed(data: str) -> bytes:
    return typst.compile(
        _SOURCE.encode(), font_paths=fonts(()), ignore_system_fonts=True, sys_inputs={"data": data}, timestamp=PRINTED
    )
