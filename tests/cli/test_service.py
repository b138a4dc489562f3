"""Commands about the service itself, and what is said of wrong settings and catalogues."""

from pathlib import Path

import pytest

from cli.session import Session
from settings import Settings
from tests.cli.conftest import Run


def test_the_catalogue_that_comes_with_the_service_is_good(run: Run) -> None:
    said = run("catalogue", "check", "--json", session=Session())
    assert said.code == 0
    assert said.data["institutions"] >= 3
    assert said.data["documents"] >= 10


def test_a_catalogue_with_faults_names_file_key_and_reason(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mit.toml").write_text('id = "mit"\nzone = 3\n', encoding="utf-8")
    said = run("catalogue", "check", tmp_path, session=Session())
    assert said.code == 1
    assert "mit.toml: zone: " in said.err
    faults = run("catalogue", "check", tmp_path, "--json", session=Session()).data
    assert {"file", "key", "message", "params", "found", "reason"} == set(faults[0])
    nowhere = run("catalogue", "check", tmp_path / "nowhere", session=Session())
    assert nowhere.code == 1
    assert "is no directory" in nowhere.err


def test_document_kinds_are_listed(run: Run) -> None:
    assert [d["kind"] for d in run("document", "kinds", "--json").data] == ["cv", "passport"]
    assert "PASSPORT" in run("document", "kinds").out


def test_a_wrong_setting_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOJOURN_SMTP_PORT", "a-secret")
    said = run("list", session=Session())
    assert said.code == 2
    assert "SOJOURN_SMTP_PORT" in said.told
    assert "a-secret" not in said.told


def test_who_acts_is_asked_for(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOJOURN_AS")
    said = run("worklist")
    assert said.code == 2
    assert "SOJOURN_AS" in said.told


@pytest.mark.parametrize(
    "command",
    [
        "nominate", "worklist", "decide", "correct", "document add", "document kinds", "report arrival",
        "report attendance", "report departure", "report evaluation", "report early-end", "withdraw", "extend",
        "reassign", "quota", "certificate reissue", "certificate verify", "show", "list", "cohort", "mail list",
        "mail doubts", "mail retry", "watch", "catalogue check", "migrate", "rebuild", "rotate-keys",
        "seal-files", "privacy export", "privacy hold", "privacy lift", "privacy erase", "audit", "demo", "up",
    ],
)  # fmt: skip
def test_every_command_explains_itself(run: Run, command: str) -> None:
    said = run(*command.split(), "--help")
    assert said.code == 0
    assert said.out.count("Usage: sojourn") == 1


def test_the_fonts_of_certificates_can_be_asked(run: Run, tmp_path: Path) -> None:
    assert "Noto Serif SC" in run("certificate", "fonts", "--json", session=Session()).data["families"]
    assert run("certificate", "fonts", "欧阳喆", session=Session()).code == 0
    unprintable = run("certificate", "fonts", "김민수", "--json", session=Session())
    assert (unprintable.code, unprintable.data["prints"]) == (1, False)
    empty = Session(settings=lambda: Settings(fonts_dir=tmp_path))
    assert "has no font in it" in run("certificate", "fonts", session=empty).err
