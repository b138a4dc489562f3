"""`sojourn …` as people type it: real processes against a running service, with real files, mistakes and outages."""

import asyncio
import multiprocessing
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from dev.stack import DevStack
from examples.papers import Holder, corrupt_pdf, passport_scan
from gateway.nomination_files import SHEET, read_nominations
from gateway.spreadsheets import write_table
from starter import main
from tests.said import Said

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="module")]

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
HOST, SENDING = "coordinator@cqmu", "coordinator@dartmouth"
DONE, REFUSED, USAGE, KEPT = 0, 1, 2, 5


FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["pytest", "starter"])
PATIENCE = 60
"""Seconds after which a command hangs."""


def typed(words: list[str], environment: dict[str, str], folder: Path, said: Path) -> None:
    """Be the process of one command."""
    os.chdir(folder)
    os.environ.update(environment)
    for name, descriptor in (("out", 1), ("err", 2)):
        os.dup2(os.open(said / name, os.O_WRONLY | os.O_CREAT), descriptor)
    sys.exit(main(words))


@dataclass
class Terminal:
    """Where people type commands. Every command is a process of its own, forked from one that has read the code."""

    stack: DevStack
    folder: Path
    typed: int = 0

    async def run(self, *words: object, **environment: str) -> Said:
        """Run one command to its end; no mistake of a user may end in a traceback."""
        self.typed += 1
        said = self.folder / "said" / str(self.typed)
        said.mkdir(parents=True)
        process = FORKED.Process(
            target=typed,
            args=([str(word) for word in words], self.stack.settings.environment() | environment, self.folder, said),
        )
        process.start()
        await asyncio.to_thread(process.join, PATIENCE)
        assert process.exitcode is not None, "it hangs"
        out, err = ((said / name).read_text(encoding="utf-8") for name in ("out", "err"))
        assert "Traceback" not in out + err
        assert not list(self.folder.glob("var/log/*")), "nothing unforeseen happened"
        return Said(process.exitcode, out, err)

    async def ok(self, *words: object) -> Any:
        """Run a command that must do what it is asked for, and read its JSON."""
        said = await self.run(*words, "--json")
        assert said.code == DONE, said.err
        return said.data

    async def refused(self, *words: object, code: int = REFUSED) -> str:
        """Run a command that must be refused, and say what it told."""
        said = await self.run(*words)
        assert said.code == code, said.out + said.err
        return " ".join(said.err.split())


@dataclass(frozen=True)
class Nominated:
    """What nominating the example files answered, the first time and the second."""

    incoming: Said
    incoming_again: Said
    outgoing: Said
    outgoing_again: Said


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def terminal(service: DevStack, tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    return Terminal(service, tmp_path_factory.mktemp("terminal"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def nominated(terminal: Terminal) -> Nominated:
    """Both example files nominated, each as CSV and as XLSX."""
    incoming, outgoing = (both_kinds(name, terminal.folder) for name in ("incoming", "outgoing"))
    answers: list[Said] = []
    for this, that in zip(incoming, reversed(outgoing), strict=True):
        answers += await asyncio.gather(
            terminal.run("nominate", this, "--as", SENDING, "--json"),
            terminal.run("nominate", that, "--as", "coordinator@cqmu", "--json"),
        )
    return Nominated(answers[0], answers[2], answers[1], answers[3])


def both_kinds(name: str, folder: Path) -> tuple[Path, Path]:
    """An example file as CSV and as XLSX, copied: refused rows are written beside it."""
    source = EXAMPLES / f"nominations-{name}-2027.csv"
    csv, xlsx = folder / f"{name}.csv", folder / f"{name}.xlsx"
    csv.write_bytes(source.read_bytes())
    sheet = read_nominations(source)
    rows = [sheet.columns, *([row.values.get(column, "") for column in sheet.columns] for row in sheet.rows)]
    write_table(xlsx, rows, SHEET)
    return csv, xlsx


@pytest.fixture(scope="module")
def codes(nominated: Nominated) -> list[str]:
    """The exchanges of Dartmouth's students, in the order of the file."""
    return [row["exchange_id"] for row in nominated.incoming.data["started"]]


async def test_a_file_starts_every_good_row_once_whatever_its_kind(terminal: Terminal, nominated: Nominated) -> None:
    first, again = nominated.incoming.data, nominated.incoming_again.data
    assert nominated.incoming.code == nominated.incoming_again.code == REFUSED, "one row is bad"
    assert (len(first["started"]), first["known"], len(first["refused"])) == (12, [], 1)
    assert len({fault["column"] for fault in first["refused"][0]["faults"]}) >= 4, "all faults at once"
    assert (again["started"], len(again["refused"])) == ([], 1)
    assert rows(again["known"]) == rows(first["started"]), "the workbook nominates the same students"
    assert (terminal.folder / "incoming.refused.csv").exists()
    assert (terminal.folder / "incoming.refused.xlsx").exists()

    first, again = nominated.outgoing.data, nominated.outgoing_again.data
    assert nominated.outgoing.code == nominated.outgoing_again.code == DONE
    assert (len(first["started"]), first["known"], again["started"]) == (6, [], [])
    assert rows(again["known"]) == rows(first["started"])


def rows(started: list[Mapping[str, Any]]) -> list[tuple[int, str]]:
    return [(row["row"], row["exchange_id"]) for row in started]


async def test_everybody_sees_their_own_work_and_exchanges(terminal: Terminal, codes: list[str]) -> None:
    work, foreign, shown, partner, stranger = await asyncio.gather(
        terminal.ok("worklist", "--as", HOST),
        terminal.ok("worklist", "--as", SENDING),
        terminal.ok("show", codes[0], "--as", SENDING),
        terminal.ok("list", "--as", "partner_office@dartmouth"),
        terminal.refused("show", codes[0], "--as", "partner_office@sample"),
    )
    assert {row["exchange_id"] for row in work} >= set(codes[3:])
    assert {(row["kind"], row["host"]) for row in foreign} == {("verify_nomination", "dartmouth")}
    assert shown["timeline"][0]["kind"] == "exchange_opened"
    assert {row["sending"] for row in partner} == {"dartmouth"}
    assert len(partner) == len(codes)
    assert stranger == f"Refused (unknown): There is no exchange {codes[0]} that you may see."


async def test_a_step_is_decided_once_by_who_owes_it(terminal: Terminal, codes: list[str]) -> None:
    step = f"{codes[0]}.verify_nomination.1"
    decide = ("decide", step, "verified", "--note", "Complete.", "--as")
    assert "not_authorised" in await terminal.refused(*decide, SENDING)
    first = await terminal.ok(*decide, HOST, "--id", "verified-by-hand")
    assert (first["stage"], first["repeated"]) == ("documents", False)
    again, other = await asyncio.gather(
        terminal.ok(*decide, HOST, "--id", "verified-by-hand"),
        terminal.refused("decide", step, "rejected", "--as", HOST),
    )
    assert again == first | {"repeated": True}, "the same act again is answered as it was"
    assert other.startswith(
        "Refused (not_open): Step “Verify the nomination” was already answered: verified by Liu Wenqing"
    )


async def test_a_document_is_handed_in_by_its_student(terminal: Terminal, codes: list[str]) -> None:
    exchange = codes[1]
    await terminal.ok("decide", f"{exchange}.verify_nomination.1", "verified", "--as", HOST)
    student = f"student:{(await terminal.ok('show', exchange, '--as', HOST))['student']['id']}"
    good, bad = terminal.folder / "passport.pdf", terminal.folder / "scan.pdf"
    good.write_bytes(passport_scan(Holder("Okafor", "Daniel", date(1999, 11, 3)), date(2034, 3, 31)))
    bad.write_bytes(corrupt_pdf())
    add = ("document", "add", exchange, "passport")
    options = ("--expires-on", "2034-03-31", "--as", student)
    assert "“Consent”" in await terminal.refused(*add, good, *options)
    on_paper = ("--on", f"{datetime.now(UTC):%Y-%m-%d}", "--reference", "Folder 7", "--transfer", "--sensitive")
    await terminal.ok("privacy", "consent-on-paper", exchange, *on_paper, "--as", SENDING)
    spoiled, undated, stranger = await asyncio.gather(
        terminal.run(*add, bad, *options, "--json"),
        terminal.refused(*add, good, "--as", student),
        terminal.refused(*add, good, "--expires-on", "2034-03-31", "--as", "student:somebody-else"),
    )
    assert (spoiled.code, spoiled.data["accepted"]) == (REFUSED, False)
    assert spoiled.data["reasons"]
    assert "expires_on" in undated
    assert "not_authorised" in stranger
    accepted = await terminal.ok(*add, good, *options)
    assert accepted["accepted"] is True
    assert "passport" not in accepted["missing"]


async def test_a_student_withdraws_once(terminal: Terminal, codes: list[str]) -> None:
    exchange = codes[2]
    withdraw = ("withdraw", exchange, "--note", "Family reasons.", "--as", SENDING)
    assert "Nothing was done" in await terminal.refused(*withdraw), "nobody said yes"
    assert (await terminal.ok(*withdraw, "--yes"))["stage"] == "closed"
    again, listed = await asyncio.gather(
        terminal.refused(*withdraw, "--yes"),
        terminal.ok("list", "--as", SENDING, "--outcome", "withdrawn"),
    )
    assert again.startswith("Refused (not_open)")
    assert [row["exchange_id"] for row in listed] == [exchange]
    file = terminal.folder / "incoming.csv"
    once_more = await terminal.run("nominate", file, "--as", SENDING, "--json")
    stages = {row["exchange_id"]: row["stage"] for row in once_more.data["known"]}
    assert stages[exchange] == "closed", "who left is not started again"
    assert once_more.data["started"] == []


async def test_what_does_not_exist_is_said(terminal: Terminal, codes: list[str]) -> None:
    nobody = "EX-2027-DAR-999"
    shown, decided, withdrawn, malformed = await asyncio.gather(
        terminal.refused("show", nobody, "--as", HOST),
        terminal.refused("decide", f"{nobody}.verify_nomination.1", "verified", "--as", HOST),
        terminal.refused("withdraw", nobody, "--note", "x", "--yes", "--as", HOST),
        terminal.refused("show", "../../etc/passwd", "--as", HOST, code=USAGE),
    )
    assert shown.startswith("Refused (unknown)")
    assert decided.startswith("Refused (")
    assert withdrawn.startswith("Refused (unknown)")
    assert "EX-2027-DAR-007" in malformed, "it says what a code looks like"


async def test_the_program_itself_starts_and_ends(terminal: Terminal) -> None:
    """Once without the shortcut: the interpreter, the entry point, and the way out."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "starter", "list", "--as", HOST, "--search", "nobody at all"),
        env={**os.environ, **terminal.stack.settings.environment(), "PYTHONPATH": str(ROOT)},
        cwd=terminal.folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert (process.returncode, out.decode(), err) == (DONE, "There is no such exchange that you may see.\n", b"")


async def test_people_can_look_while_temporal_is_away(terminal: Terminal, codes: list[str]) -> None:
    step = f"{codes[3]}.verify_nomination.1"
    away = {"SOJOURN_TEMPORAL_ADDRESS": "127.0.0.1:1"}
    decided, listed = await asyncio.gather(
        terminal.run("decide", step, "verified", "--as", HOST, **away),
        terminal.run("worklist", "--as", HOST, "--exchange", codes[3], "--json", **away),
    )
    assert decided.code == KEPT
    assert "you need not ask again" in decided.err
    assert "--id" in decided.err, "under which id it is kept"
    assert [row["step_id"] for row in listed.data] == [step]
