"""An immunization record and tests for tuberculosis as lines of a form: what goes out, and what is read back. Pure.

A line is named by what it is of and its number, `mmr.2`, `antibodies.varicella`, `igra.1`, `xray`; its cells are the
day, the result and the quantity. Further doses are further numbers. An empty line says nothing.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import NamedTuple, TypeVar

from models.errors import BadInput, Message
from models.facts.health import (
    Antigen,
    ChestXray,
    Dose,
    ImmunizationFacts,
    Serology,
    TbMethod,
    TbReading,
    TestResult,
    TuberculosisFacts,
    Vaccine,
)
from models.typed import NotMeant, day_typed, narrowed

T = TypeVar("T")
CELLS = ("on", "result", "quantity")
"""The cells of a line besides its name."""
MOST_LINES = 90
_NUMBERED = re.compile(r"([a-z_]+)\.([1-9][0-9]?)")
_DOSES = {
    Vaccine.MMR: 2,
    Vaccine.MEASLES: 2,
    Vaccine.MUMPS: 2,
    Vaccine.RUBELLA: 1,
    Vaccine.VARICELLA: 2,
    Vaccine.TDAP: 1,
    Vaccine.TD: 1,
    Vaccine.HEPATITIS_B: 4,
    Vaccine.INFLUENZA: 2,
}
ANTIBODIES, XRAY = "antibodies", "xray"
LINES: Mapping[str, tuple[str, ...]] = {
    "immunization_record": (
        *(f"{vaccine}.{n}" for vaccine, most in _DOSES.items() for n in range(1, most + 1)),
        *(f"{ANTIBODIES}.{antigen}" for antigen in Antigen),
    ),
    "tb_test": ("igra.1", "skin.1", "skin.2", XRAY),
}
"""The lines of an empty form, by kind of document."""
WORDS = {
    TestResult.POSITIVE: ("positive", "pos", "+", "immune", "阳性"),
    TestResult.NEGATIVE: ("negative", "neg", "-", "clear", "normal", "阴性", "正常", "未见异常"),
    TestResult.UNCLEAR: ("unclear", "equivocal", "indeterminate", "borderline", "不确定", "临界"),
}
"""What may be written for a result; of an X-ray `negative` says that it is clear."""


class FormLine(NamedTuple):
    """One line of a form as it is written."""

    line: str
    on: str = ""
    result: str = ""
    quantity: str = ""

    @property
    def says(self) -> bool:
        """Whether anything is written in it."""
        return bool(self.on or self.result or self.quantity)


class LineFault(NamedTuple):
    """What is wrong with one cell: its line, its column, and the sentence."""

    line: str
    column: str
    error: Message


def lines_of(kind: str, facts: ImmunizationFacts | TuberculosisFacts | None) -> tuple[FormLine, ...]:
    """A form with what is known filled in; what has no line of its own gets one."""
    written: dict[str, FormLine] = {}
    match facts:
        case ImmunizationFacts():
            for vaccine in Vaccine:
                days = sorted(dose.given_on for dose in facts.doses if dose.vaccine is vaccine)
                written |= {f"{vaccine}.{n}": FormLine(f"{vaccine}.{n}", str(day)) for n, day in enumerate(days, 1)}
            for one in sorted(facts.serologies, key=lambda test: test.drawn_on):
                quantity = "" if one.quantity is None else f"{one.quantity:g}"
                line = f"{ANTIBODIES}.{one.antigen}"
                written[line] = FormLine(line, str(one.drawn_on), one.result, quantity)
        case TuberculosisFacts():
            for method in TbMethod:
                tests = sorted((t for t in facts.tests if t.method is method), key=lambda test: test.tested_on)
                for n, test in enumerate(tests, 1):
                    written[f"{method}.{n}"] = FormLine(f"{method}.{n}", str(test.tested_on), test.result)
            if facts.xray is not None:
                result = TestResult.NEGATIVE if facts.xray.clear else TestResult.POSITIVE
                written[XRAY] = FormLine(XRAY, str(facts.xray.taken_on), result)
        case None:
            pass
    names = dict.fromkeys([*LINES[kind], *written])
    return tuple(written.get(name, FormLine(name)) for name in names)


def facts_of_lines(
    kind: str, lines: Iterable[FormLine]
) -> tuple[ImmunizationFacts | TuberculosisFacts, tuple[LineFault, ...]]:
    """What a filled form says, and every cell that cannot be read."""
    faults: list[LineFault] = []
    said = [line for line in lines if line.says]
    if kind == "tb_test":
        return _tuberculosis(said, faults), tuple(faults)
    return _immunizations(said, faults), tuple(faults)


def _immunizations(said: Iterable[FormLine], faults: list[LineFault]) -> ImmunizationFacts:
    doses: list[Dose] = []
    tests: list[Serology] = []
    for line in said:
        what, _, antigen = line.line.partition(".")
        if what == ANTIBODIES and antigen in set(Antigen):
            on, result = _cell(line, "on", _day, faults), _cell(line, "result", _result, faults)
            quantity = _cell(line, "quantity", _quantity, faults) if line.quantity else None
            if on is not None and result is not None:
                tests.append(Serology(antigen=Antigen(antigen), drawn_on=on, result=result, quantity=quantity))
        elif (numbered := _NUMBERED.fullmatch(line.line)) and numbered[1] in set(Vaccine):
            if (on := _cell(line, "on", _day, faults)) is not None:
                doses.append(Dose(vaccine=Vaccine(numbered[1]), given_on=on))
        else:
            faults.append(LineFault(line.line, "line", BadInput("form.no_such_line", "line")))
    return ImmunizationFacts(doses=tuple(doses[:60]), serologies=tuple(tests))


def _tuberculosis(said: Iterable[FormLine], faults: list[LineFault]) -> TuberculosisFacts:
    tests: list[TbReading] = []
    xray: ChestXray | None = None
    for line in said:
        numbered = _NUMBERED.fullmatch(line.line)
        if line.line != XRAY and not (numbered and numbered[1] in set(TbMethod)):
            faults.append(LineFault(line.line, "line", BadInput("form.no_such_line", "line")))
            continue
        on, result = _cell(line, "on", _day, faults), _cell(line, "result", _result, faults)
        if on is None or result is None:
            continue
        if numbered:
            tests.append(TbReading(method=TbMethod(numbered[1]), tested_on=on, result=result))
        else:
            xray = ChestXray(taken_on=on, clear=result is TestResult.NEGATIVE)
    return TuberculosisFacts(tests=tuple(tests[:20]), xray=xray)


def _cell(line: FormLine, column: str, read: Callable[[str], T], faults: list[LineFault]) -> T | None:
    try:
        return read(getattr(line, column).strip())
    except BadInput as error:
        faults.append(LineFault(line.line, column, error))
        return None


def _day(text: str) -> date:
    try:
        return day_typed(narrowed(text).replace("/", "-").replace(".", "-"))
    except NotMeant:
        raise BadInput("form.day", "on") from None


def _result(text: str) -> TestResult:
    said = narrowed(text).casefold()
    for result, words in WORDS.items():
        if said in words:
            return result
    raise BadInput("form.result", "result", choices=tuple(TestResult))


def _quantity(text: str) -> float:
    said = narrowed(text).removeprefix(">").strip()
    if not re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,3})?", said):
        raise BadInput("form.quantity", "quantity")
    return float(said)
