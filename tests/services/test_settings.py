"""Settings come from the environment, have defaults that run on a laptop, and travel to the processes started."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from settings import Settings


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SOJOURN_{name.upper()}", raising=False)


def test_a_laptop_needs_none() -> None:
    settings = Settings()
    assert settings.database_file == Path("var/sojourn.db")
    assert settings.smtp_login is None


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOJOURN_SMTP_PORT", "587")
    monkeypatch.setenv("SOJOURN_SMTP_TLS", "starttls")
    monkeypatch.setenv("SOJOURN_PUBLIC_URL", "https://exchange.example/")
    settings = Settings()
    assert (settings.smtp_port, settings.smtp_tls, settings.public_url) == (587, "starttls", "https://exchange.example")


@pytest.mark.parametrize(
    ("name", "value"), [("SMTP_TLS", "maybe"), ("SMTP_PORT", "0"), ("MAIL_PER_SECOND", "0"), ("LOG_FORMAT", "xml")]
)
def test_an_impossible_value_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"SOJOURN_{name}", value)
    with pytest.raises(ValidationError):
        Settings()


def test_empty_means_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SMTP_USERNAME", "SMTP_PASSWORD", "TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE", "CATALOGUE_DIR"):
        monkeypatch.setenv(f"SOJOURN_{name}", "")
    settings = Settings()
    assert (settings.smtp_login, settings.temporal_address, settings.catalogue_dir) == (None, None, None)


def test_database_and_files_lie_in_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    moved = Settings(smtp_port=2525).in_folder(Path("var/demo"))
    assert (moved.database_file, moved.files_dir, moved.smtp_port) == (
        Path("var/demo/sojourn.db"),
        Path("var/demo/files"),
        2525,
    )
    monkeypatch.setenv("SOJOURN_DATA_DIR", "elsewhere")
    monkeypatch.setenv("SOJOURN_FILES_DIR", "shared/files")
    named = Settings()
    assert (named.database_file, named.files_dir) == (Path("elsewhere/sojourn.db"), Path("shared/files"))
    assert named.in_folder(Path("other")).files_dir == Path("shared/files"), "what was named stays where it is"


def test_a_process_started_with_them_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(smtp_username="exchange", smtp_password=SecretStr("s3cret"), files_dir=Path("var/demo/files"))
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    assert Settings() == settings
    assert settings.smtp_login == ("exchange", "s3cret")


def test_the_password_is_not_shown() -> None:
    assert "s3cret" not in repr(Settings(smtp_password=SecretStr("s3cret")))


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite+aiosqlite:///var/x.db?timeout=5", Path("var/x.db")),
        ("sqlite+aiosqlite:////srv/x.db", Path("/srv/x.db")),
        ("sqlite+aiosqlite:///:memory:", None),
        ("postgresql+psycopg://db.example/sojourn", None),
    ],
)
def test_the_file_of_a_database(url: str, file: Path | None) -> None:
    assert Settings(database_url=url).database_file == file
