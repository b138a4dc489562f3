"""How often links to sign in are asked for, and codes guessed: counted against who asks, not against whom they name.

A browser in which the person signed in before is counted by itself, so that nobody who merely knows an address can
keep its owner out (decision 0024). What is refused takes no place in the count of an address.
"""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.tables import AttemptRow
from records.access.rate_limits import alone

WINDOW = timedelta(minutes=15)
PER_KNOWN_BROWSER = 5
"""Links for one address, asked for in one browser in which it signed in before."""
PER_CALLER = 60
"""Links asked for by one caller, whether anybody is known by the addresses or not; a campus may be one caller."""
PER_CALLER_AND_ADDRESS = 5
PER_ADDRESS = 10
"""Links for one address, asked for by everybody else."""
MOST_PER_ADDRESS = 40
"""As many mails as somebody can stand: above the limit each caller has one, so that a few of them, however often they
ask, leave room for the person themself at a new browser."""
DAY = timedelta(days=1)
MOST_DELETED = 500
WRONG_CODES_A_DAY = 20
"""Codes guessed for one address in browsers that are not known."""


async def may_ask(session: AsyncSession, mailbox: str, caller: str, known: str, at: datetime) -> bool:
    """Count somebody who asks for a link; says whether they get one. `known` names a known browser, or nothing."""
    # Whatever another transaction is deleting is left to it: two that delete the same rows could wait for each other.
    old = select(AttemptRow.id).where(AttemptRow.at < at - DAY).limit(MOST_DELETED).with_for_update(skip_locked=True)
    await session.execute(delete(AttemptRow).where(AttemptRow.id.in_(old)))
    if known:
        return await _take(session, [(_name("known", known, mailbox), PER_KNOWN_BROWSER)], at, WINDOW)
    if not await _take(session, [(_name("caller", caller), PER_CALLER)], at, WINDOW):
        return False
    own, shared = _name("caller and address", caller, mailbox), _name("address", mailbox)
    if await _take(session, [(own, PER_CALLER_AND_ADDRESS), (shared, PER_ADDRESS)], at, WINDOW):
        return True
    return await _take(session, [(own, 1), (shared, MOST_PER_ADDRESS)], at, WINDOW)


async def may_guess(session: AsyncSession, mailbox: str, known: str, at: datetime) -> bool:
    """Whether a code for an address may still be tried in a browser."""
    return bool(known) or await _count(session, _name("code", mailbox), at - DAY) < WRONG_CODES_A_DAY


def guessed_wrong(session: AsyncSession, mailbox: str, at: datetime) -> None:
    """Count a wrong code."""
    session.add(AttemptRow(id=secrets.token_hex(16), whose=_name("code", mailbox), at=at))


async def _take(session: AsyncSession, windows: Iterable[tuple[str, int]], at: datetime, within: timedelta) -> bool:
    """Take a place in every window, or in none."""
    names = dict(windows)
    for whose in sorted(names):
        await alone(session, whose)
    for whose, most in names.items():
        if await _count(session, whose, at - within) >= most:
            return False
    session.add_all(AttemptRow(id=secrets.token_hex(16), whose=whose, at=at) for whose in names)
    return True


async def _count(session: AsyncSession, whose: str, since: datetime) -> int:
    found = select(func.count()).select_from(AttemptRow).where(AttemptRow.whose == whose, AttemptRow.at > since)
    return await session.scalar(found) or 0


def _name(*parts: str) -> str:
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()
