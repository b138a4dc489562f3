"""Who was at a session: the sheet with its code, signing in, absences, and the list of the office."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from typing import Any

import segno
from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from gateway.presence_files import MOST_BYTES, read_marks
from models.errors import BadInput, SojournError
from models.messages.host_sessions import LONGEST_REASON, Mark, MarkedBy, SessionAnswer
from models.rules.host_sessions import OPENS_BEFORE
from portal.answer_forms import refusal_of
from portal.context import context_of
from portal.forms import Sent, made, sent
from portal.pages.sessions import kept_session, own_session, show
from portal.policy import MANAGING, SESSIONS, STUDYING, Pages
from portal.render import page, tell
from portal.visitor import visitor_of

pages = Pages("attendance")


@pages.get("/sessions/{session_id}/sheet", SESSIONS)
async def sheet(request: Request, session_id: str) -> Response:
    """To print or to show: the list to sign on paper, and the code by which students sign in."""
    visitor, context = await visitor_of(request), context_of(request)
    view = await kept_session(request, visitor, session_id)
    code = context.services.gateway.signing.session_code(view.line.session_id)
    address = f"{context.settings.public_url.rstrip('/')}/sessions/{view.line.session_id}/sign-in?code={code}"
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", border=2, scale=6, xmldecl=False)
    return await page(request, "session_sheet.html", view=view, line=view.line, qr=drawn.getvalue().decode())


@pages.get("/sessions/{session_id}/sign-in", STUDYING)
async def sign_in_page(request: Request, session_id: str) -> Response:
    """Where the code leads: one button, so that nothing is done by opening a page."""
    own = await own_session(request, await visitor_of(request), session_id)
    now, opens = context_of(request).now(), own.line.starts_at - OPENS_BEFORE
    code = request.query_params.get("code", "")[:60]
    shown: dict[str, Any] = {"code": code, "refusal": None, "typed": None, "now": now, "opens": opens}
    return await page(request, "session_own.html", own=own, **shown)


@pages.post("/sessions/{session_id}/sign-in", STUDYING)
async def sign_in(request: Request, session_id: str) -> Response:
    """The student is there."""
    form, visitor, context = await sent(request, ("code",)), await visitor_of(request), context_of(request)
    own = await own_session(request, visitor, session_id)
    gateway = context.services.gateway

    async def act() -> SessionAnswer:
        if not gateway.signing.is_session_code(own.line.session_id, form.text("code", longest=60)):
            raise BadInput("session.sign_in_code", "code")
        return await gateway.host_sessions.sign_in(own.line.session_id, own.exchange_id, visitor.actor, context.now())

    return await _after(request, session_id, form, act)


@pages.post("/sessions/{session_id}/absence", STUDYING)
async def absence(request: Request, session_id: str) -> Response:
    """The student says that they cannot come."""
    form, visitor, context = await sent(request, ("reason",)), await visitor_of(request), context_of(request)
    own = await own_session(request, visitor, session_id)

    async def act() -> SessionAnswer:
        return await context.services.gateway.host_sessions.announce_absence(
            own.line.session_id,
            own.exchange_id,
            form.text("reason", longest=LONGEST_REASON),
            visitor.actor,
            context.now(),
            form.key,
        )

    return await _after(request, session_id, form, act)


@pages.post("/sessions/{session_id}/marks", MANAGING)
async def marks(request: Request, session_id: str) -> Response:
    """Who was there, as the office says; what is left as it is, is not touched."""
    form = await sent(request)
    wanted = {name.removeprefix("p-"): form.text(name) for name in form.values if name.startswith("p-")}
    form.only({*(f"p-{one}" for one in wanted), *(f"r-{one}" for one in wanted)})

    def read() -> tuple[Mark, ...]:
        given = [(one, presence, form.text(f"r-{one}", longest=LONGEST_REASON)) for one, presence in wanted.items()]
        return tuple(
            made(Mark, {"exchange_id": one, "presence": presence, "reason": reason})
            for one, presence, reason in given
            if presence
        )

    return await _mark(request, session_id, form, MarkedBy.OFFICE, lambda: asyncio.to_thread(read))


@pages.post("/sessions/{session_id}/file", MANAGING)
async def file(request: Request, session_id: str) -> Response:
    """Who was there, from a CSV or XLSX file."""
    form = await sent(request, ("file",))

    async def read() -> tuple[Mark, ...]:
        given = form.file("file")
        if given is None:
            raise BadInput("file.choose", "file")
        data = await given.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise BadInput("upload.too_large", "file", most=MOST_BYTES / 2**20)
        return await asyncio.to_thread(read_marks, given.filename or "", data)

    return await _mark(request, session_id, form, MarkedBy.FILE, read)


async def _mark(
    request: Request, session_id: str, form: Sent, by: MarkedBy, read: Callable[[], Awaitable[tuple[Mark, ...]]]
) -> Response:
    visitor, context = await visitor_of(request), context_of(request)
    view = await kept_session(request, visitor, session_id)

    async def act() -> SessionAnswer:
        found = await read()
        return await context.services.gateway.host_sessions.mark(
            view.line.session_id, found, by, visitor.actor, context.now(), form.key
        )

    return await _after(request, session_id, form, act)


@pages.post("/sessions/{session_id}/close", MANAGING)
async def close(request: Request, session_id: str) -> Response:
    """Close the list: its hours are told to the exchanges."""
    form, visitor, context = await sent(request, ()), await visitor_of(request), context_of(request)
    view = await kept_session(request, visitor, session_id)

    async def act() -> SessionAnswer:
        return await context.services.gateway.host_sessions.close(
            view.line.session_id, visitor.actor, context.now(), form.key
        )

    return await _after(request, session_id, form, act)


async def _after(
    request: Request, session_id: str, form: Sent, act: Callable[[], Awaitable[SessionAnswer]]
) -> Response:
    """Do it, and show the session after it, or why it was refused."""
    try:
        answer = await act()
    except SojournError as error:
        return await show(request, session_id, refusal_of(error), form)
    done = RedirectResponse(f"/sessions/{answer.session_id}", status_code=303)
    kind = "by_hand" if answer.by_hand else "repeated" if answer.repeated else "changed"
    tell(context_of(request), done, kind)
    return done
