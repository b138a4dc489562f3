"""In development: what the mail sink received. Not there at all unless the settings name its folder."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from models.errors import Unknown
from portal.context import context_of
from portal.policy import ANYBODY, Pages
from portal.render import page

pages = Pages("mailbox")
MOST = 200
SHOWN = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-popups allow-top-navigation"


@dataclass(frozen=True)
class ReceivedMail:
    """One mail of the sink."""

    name: str
    to: str
    subject: str
    at: str
    text: str


@pages.get("/mailbox", ANYBODY)
async def mailbox(request: Request) -> Response:
    """The mails, the newest first."""
    files = sorted(_files(request), key=lambda file: (file.stat().st_mtime_ns, file.name), reverse=True)
    wanted = request.query_params.get("to", "")
    mails = [mail for mail in (_mail(file) for file in files[: MOST * 5]) if wanted in mail.to][:MOST]
    return await page(request, "mailbox.html", mails=mails, wanted=wanted)


@pages.get("/mailbox/{name}", ANYBODY)
async def mail(request: Request, name: str) -> Response:
    """One mail, as text."""
    return await page(request, "mailbox_mail.html", mail=_mail(_file(request, name)))


@pages.get("/mailbox/{name}/html", ANYBODY)
async def html(request: Request, name: str) -> Response:
    """One mail as a mail program shows it; in a sandbox, as its author is anybody."""
    body = _parsed(_file(request, name)).get_body(("html",))
    return HTMLResponse(str(body.get_content()) if body else "", headers={"Content-Security-Policy": SHOWN})


def _files(request: Request) -> list[Path]:
    """The mails of the Maildir, and `.eml` files of earlier versions."""
    folder = context_of(request).settings.mailbox_dir
    if folder is None or not folder.is_dir():
        raise Unknown("mailbox.none")
    return [file for pattern in ("*.eml", "new/*", "cur/*") for file in folder.glob(pattern)]


def _file(request: Request, name: str) -> Path:
    found = next((file for file in _files(request) if file.name == name), None)
    if found is None:
        raise Unknown("mailbox.no_such_mail")
    return found


def _parsed(file: Path) -> EmailMessage:
    message = message_from_bytes(file.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def _mail(file: Path) -> ReceivedMail:
    message = _parsed(file)
    body = message.get_body(("plain",))
    at = datetime.fromtimestamp(file.stat().st_mtime).astimezone()
    return ReceivedMail(
        file.name,
        str(message["To"]),
        str(message["Subject"]),
        f"{at:%H:%M:%S}",
        str(body.get_content()) if body else "",
    )
