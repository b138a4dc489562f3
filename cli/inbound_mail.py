"""One mail from a mail host, taken in, with the exit codes that mail hosts know (sysexits.h)."""

import logging
from typing import BinaryIO

from cli.session import Session
from gateway.composition import Services
from models.messages.conversation import LARGEST_MAIL, MailResult

EX_OK, EX_DATAERR, EX_NOUSER, EX_TEMPFAIL = 0, 65, 67, 75
logger = logging.getLogger(__name__)


def taken(incoming: BinaryIO, to: str, session: Session) -> int:
    """Take one mail; answers the exit code.

    Whatever goes wrong here is no fault of the mail: it is to be handed in again. Its words and addresses are never
    printed or logged: mail hosts put what a program says into the report that goes back.
    """
    data = incoming.read(LARGEST_MAIL + 1)
    if len(data) > LARGEST_MAIL:
        return EX_DATAERR

    async def take(services: Services) -> MailResult:
        return await services.gateway.conversations.take_mail(data, to)

    try:
        result = session.act(take)
    except Exception as fault:
        logger.error("a mail could not be taken now: %s", type(fault).__name__)
        return EX_TEMPFAIL
    return EX_NOUSER if result is MailResult.NOBODY else EX_OK
