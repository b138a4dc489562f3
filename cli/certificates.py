"""`sojourn certificate …`: a new version of one, and whether one is real."""

from typing import Annotated

import typer

from cli.lines import student_line
from cli.options import ActId, As, Exchange, Json
from cli.output import as_data, say, say_json, when
from cli.replies import reply_json
from cli.session import session_of
from failures.exits import REFUSED
from gateway.composition import ReadServices, Services
from models.messages.contracts import IssuedCertificate
from models.views import CertificateView
from texts.i18n import _
from texts.terminal import phrase

ISSUED = _("Certificate {number}, version {version}, is issued. Verified as: {code}")
REAL = _("Certificate {number}, version {version}, is real and holds.")
REVOKED = _("Certificate {number}, version {version}, was revoked {moment}.")
WHOSE = _("Student: {student}; {sending} to {host}")
STAY = _("Stay: {first} to {last}; issued on {day}")
commands = typer.Typer(help="Issue a new version of a certificate, verify one, or look at the fonts.")


@commands.command()
def reissue(
    ctx: typer.Context, exchange: Exchange, as_: As = None, act_id: ActId = None, as_json: Json = False
) -> None:
    """Issue a new version under the same number; the one before is revoked (D42)."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def act(services: Services, request_id: str) -> IssuedCertificate:
        return await services.gateway.reissue_certificate(exchange, actor, request_id=request_id)

    request_id, issued = session.act_once(act_id, act)
    if as_json:
        say_json(reply_json(issued, request_id=request_id))
    else:
        say(phrase(ISSUED, number=issued.number, version=issued.version, code=issued.verification))


@commands.command()
def fonts(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name that is to be printed; unset: none.")] = "",
    as_json: Json = False,
) -> None:
    """The fonts that certificates are printed with, and whether they print a name. Exit code 1 if not."""
    held = session_of(ctx).fonts()
    families = held.families()
    prints = not held.unprintable([name])
    if as_json:
        say_json({"families": families} | ({"prints": prints} if name else {}))
    else:
        say(phrase(_("Fonts: {fonts}."), fonts=", ".join(families)))
        if name:
            say(
                phrase(
                    _("The certificate prints this name.") if prints else _("The certificate cannot print this name.")
                )
            )
    if not prints:
        raise typer.Exit(REFUSED)


@commands.command()
def verify(
    ctx: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE", help="From the certificate, below its QR code.")],
    as_json: Json = False,
) -> None:
    """Whether a certificate is real and still holds; anybody may ask. Exit code 1 if not."""

    async def look(records: ReadServices) -> CertificateView | None:
        return await records.reading.certificate(code.strip().rpartition("/")[2])

    found = session_of(ctx).read(look)
    valid = found is not None and found.revoked_at is None
    if as_json:
        say_json({"valid": valid, "certificate": as_data(found)})
    elif found is None:
        say(phrase(_("No certificate has this code.")))
    else:
        _tell(found)
    if not valid:
        raise typer.Exit(REFUSED)


def _tell(found: CertificateView) -> None:
    if found.revoked_at is None:
        say(phrase(REAL, number=found.number, version=found.version))
    else:
        say(phrase(REVOKED, number=found.number, version=found.version, moment=when(found.revoked_at)))
    say(phrase(WHOSE, student=student_line(found.student), sending=found.sending, host=found.host))
    say(phrase(STAY, first=when(found.arrived_at), last=found.departed_on or "?", day=found.issued_on))
