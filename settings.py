"""Settings of the service, from the environment only: `SOJOURN_…`, and the standard `TEMPORAL_…` for the cluster."""

import os
import secrets
from contextlib import suppress
from ipaddress import ip_network
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from failures.causes import of_system
from models.addresses import canonical
from models.errors import Broken
from models.invalid import Unfit

SECRET_LENGTH = 32
LONGEST_BOUNCE_NAME = 24
"""Names of mailboxes have at most 64 characters, and the token behind this one up to 40."""
SmtpTls = Literal["none", "starttls", "tls"]


class Settings(BaseSettings):
    """Every setting with its default; on a laptop none is needed. Made once, by whoever composes the service."""

    model_config = SettingsConfigDict(env_prefix="SOJOURN_", env_file=None, extra="ignore", frozen=True)

    data_dir: Path = Path("var")
    """Folder of everything that `sojourn up` keeps; database and files lie in it where nothing else is said of them."""
    database_url: str = "sqlite+aiosqlite:///var/sojourn.db"
    """SQLAlchemy URL: `sqlite+aiosqlite:///…` or `postgresql+psycopg://…`."""
    files_dir: Path = Path("var/files")
    """Folder of the content-addressed file store."""

    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(default=1025, ge=1, le=65535)
    smtp_tls: SmtpTls = "none"
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    mail_from: str = "Sojourn exchange office <exchange@sojourn.example>"
    bounce_address: str | None = None
    """Under which reports about mail come back later: `name@host` (a token follows the name after a plus) or `@host`
    (every name of it comes in); unset: they come to `mail_from`, and nobody reads them."""
    bounce_imap_host: str | None = None
    """IMAP host of the inbox that such reports come to; unset: none is read."""
    bounce_imap_port: int = Field(default=993, ge=1, le=65535)
    bounce_imap_tls: SmtpTls = "tls"
    bounce_imap_username: str | None = None
    bounce_imap_password: SecretStr | None = None
    bounce_imap_folder: str = "INBOX"
    bounce_secret: SecretStr | None = Field(default=None, min_length=32)
    """With which a mail host hands reports in at `/api/mail/bounces`; unset: nobody does."""
    reply_address: str | None = None
    """To which mails of a conversation are answered, in the form of `bounce_address`; the mail host hands what comes
    there to `sojourn mail inbound`. Unset: people answer on the page."""
    mail_per_second: float = Field(default=10, gt=0)
    """Batches a second over all workers: the rate limit of the mail queue."""

    upload_files_per_day: int = Field(default=200, ge=1)
    """Files that one person may send in 24 hours, kept or not."""
    upload_megabytes_per_day: int = Field(default=500, ge=1)
    """Megabytes that one person may send in 24 hours."""

    public_url: str = "https://sojourn.example"
    """Base of the addresses under which certificates are verified; no slash at the end."""
    secret_key: SecretStr | None = Field(default=None, min_length=SECRET_LENGTH)
    """Signs links in mails and what the portal gives out; the same for all processes, at least 32 characters."""
    vault_keys: SecretStr | None = None
    """Wrap the keys that files and facts are sealed with: `ID=KEY,ID=KEY`, 32 bytes in base64 each. The first wraps,
    the others open what they wrapped before; unset: one is derived from `secret_key`."""
    portal_host: str = "127.0.0.1"
    portal_port: int = Field(default=8080, ge=1, le=65535)
    trusted_proxies: str | None = None
    """Addresses, networks or names of the reverse proxies before the portal, between commas: who calls is believed from
    their `X-Forwarded-For`, and from nobody else's."""
    mailbox_dir: Path | None = None
    """Folder of the development mail sink; where it is set, the portal shows the mail in it. Never in production."""
    oidc_file: Path | None = None
    """TOML file of the OpenID providers that people may sign in with; see docs/operations.md."""
    webhook_allow_private: bool = False
    """Whether events may be delivered to loopback and private addresses, and by plain HTTP: in development only."""
    rate_limits: Literal["memory", "database"] | None = None
    """Where calls of the API are counted: in each process, or for all; unset: for all where that is PostgreSQL."""
    temporal_ui_url: str | None = None
    """Base of Temporal's own pages, for links to workflows in the administration."""
    catalogue_dir: Path | None = None
    """A folder of further institution files, `*.toml`; one with a known id replaces the one that comes along."""
    fonts_dir: Path | None = None
    """A folder of further fonts for certificates, TrueType or OpenType; the service's own cover Latin and Chinese."""

    temporal_port: int = Field(default=7233, ge=1, le=65535)
    """Port of the development server that `sojourn up` starts where no cluster is named."""
    temporal_ui_port: int = Field(default=8233, ge=1, le=65535)
    """Port of that server's own pages."""
    temporal_address: str | None = None
    """Host and port of the cluster; unset: `TEMPORAL_ADDRESS`, its profile file, then localhost."""
    temporal_namespace: str | None = None
    """Unset: `TEMPORAL_NAMESPACE`, its profile file, then `default`."""
    workflow_sandbox: bool = False
    """Whether workflows run in Temporal's sandbox: it finds what is not deterministic, and costs time and memory."""

    ready_file: Path | None = None
    """A file that holds the worker's process id as long as it takes tasks, for readiness probes."""
    log_format: Literal["plain", "json"] = "plain"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @model_validator(mode="before")
    @classmethod
    def _in_the_folder(cls, values: dict[str, object]) -> dict[str, object]:
        folder = values.get("data_dir")
        return values if folder in (None, "") else _lying_in(Path(str(folder))) | values

    @field_validator("public_url")
    @classmethod
    def _no_slash_at_the_end(cls, url: str) -> str:
        return url.rstrip("/")

    @field_validator("bounce_address", "reply_address")
    @classmethod
    def _room_for_a_token(cls, address: str | None) -> str | None:
        if not address:
            return None
        name, _, _ = address.rpartition("@")
        if "@" not in address or len(name) > LONGEST_BOUNCE_NAME:
            raise Unfit("settings.bounce_address", most=LONGEST_BOUNCE_NAME)
        canonical(f"{name or 'bounces'}{address.removeprefix(name)}")
        return address

    @field_validator("trusted_proxies")
    @classmethod
    def _not_everybody(cls, proxies: str | None) -> str | None:
        for part in (one.strip() for one in (proxies or "").split(",")):
            if part == "*" or part.endswith("/0"):
                raise Unfit("settings.proxies")
            if "/" in part:
                ip_network(part)
        return proxies

    @field_validator(
        "bounce_imap_host",
        "bounce_imap_username",
        "bounce_imap_password",
        "bounce_secret",
        "smtp_username",
        "smtp_password",
        "temporal_address",
        "temporal_namespace",
        "catalogue_dir",
        "fonts_dir",
        "ready_file",
        "secret_key",
        "vault_keys",
        "trusted_proxies",
        "mailbox_dir",
        "oidc_file",
        "temporal_ui_url",
    )
    @classmethod
    def _empty_means_unset(cls, value: object) -> object:
        text = value.get_secret_value() if isinstance(value, SecretStr) else str(value or "")
        return value if text not in ("", ".") else None

    def in_folder(self, folder: Path) -> "Settings":
        """These settings with another folder, and with what lies in it by default."""
        here, there = _lying_in(self.data_dir), _lying_in(folder)
        moved = {name: there[name] for name in here if getattr(self, name) == here[name]}
        return self.model_copy(update={"data_dir": folder, **moved})

    @property
    def proxies(self) -> tuple[str, ...]:
        """The trusted proxies, one by one."""
        return tuple(part.strip() for part in (self.trusted_proxies or "").split(",") if part.strip())

    @property
    def database_file(self) -> Path | None:
        """The file of a SQLite database; `None` where the database is a server or in memory."""
        scheme, _, path = self.database_url.partition(":///")
        if not scheme.startswith("sqlite") or path in ("", ":memory:"):
            return None
        return Path(path.partition("?")[0])

    @property
    def shares_rate_limits(self) -> bool:
        """Whether all processes count calls together."""
        return (self.rate_limits or ("memory" if self.database_url.startswith("sqlite") else "database")) == "database"

    @property
    def smtp_login(self) -> tuple[str, str] | None:
        """User name and password of the mail host, if it wants them."""
        if self.smtp_username is None or self.smtp_password is None:
            return None
        return self.smtp_username, self.smtp_password.get_secret_value()

    def environment(self) -> dict[str, str]:
        """These settings as environment variables, for a process of the service started by another."""
        values: dict[str, str] = {}
        for name in type(self).model_fields:
            value = getattr(self, name)
            if value is not None:
                text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
                values[f"SOJOURN_{name.upper()}"] = text
        return values


def _lying_in(folder: Path) -> dict[str, object]:
    return {"database_url": f"sqlite+aiosqlite:///{folder / 'sojourn.db'}", "files_dir": folder / "files"}


def secret_of(state_dir: Path) -> SecretStr:
    """The secret of a state folder, made with it: links in mails stay good when the service is started again.

    Raises:
        Broken: its file is damaged; a new one would end all links and webhook secrets, so an operator decides.
        Unavailable: it cannot be read or written.
    """
    file = state_dir / "secret.key"
    try:
        if not file.exists():
            _make_secret(file)
        text = file.read_bytes().decode("ascii").strip()
    except UnicodeDecodeError:
        raise Broken("key.damaged", path=str(file)) from None
    except OSError as error:
        raise of_system(error) from None
    if len(text) < SECRET_LENGTH or not text.isprintable():
        raise Broken("key.damaged", path=str(file))
    return SecretStr(text)


def _make_secret(file: Path) -> None:
    """Written beside it and linked: a crash leaves no half of it, and of two who make it one is the first."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        with open(os.open(new, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w", encoding="ascii") as opened:
            opened.write(secrets.token_urlsafe(48))
            opened.flush()
            os.fsync(opened.fileno())
        with suppress(FileExistsError):
            os.link(new, file)
    finally:
        new.unlink(missing_ok=True)
