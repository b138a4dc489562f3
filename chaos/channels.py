"""The three ways in: the gateway in this process, the portal's pages with a session, the HTTP API with a token."""

import asyncio
import html
import re
import time
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import httpx2

from chaos.ledger import Answer
from chaos.site import Site
from dev.mailsink import mails_in
from gateway.composition import Services
from models.errors import Refused, SojournError, Unavailable
from models.messages.exchange import Decide
from models.people.access import OFFICE_SCOPES, KeyScope
from models.people.authorization import Actor, Owner, may_decide
from models.vocabulary import Role

PATIENCE = httpx2.Timeout(40.0, connect=5.0)
HIDDEN = re.compile(r'<input type="hidden" name="(csrf|key)" value="([^"]*)"')
SIGN_IN = re.compile(r"https?://\S*/sign-in/\S+")
SIGNED_IN_WITHIN = 60.0
Said = tuple[Answer, str]
"""How an act ended for who asked, and what was said."""


class NotAsked(Exception):
    """The page that an act is asked from did not come: nothing was asked."""


class Channels:
    """Connections of the people."""

    def __init__(self, site: Site, services: Services) -> None:
        self._site = site
        self.services = services
        home = services.programme.home
        office = services.programme.contacts("", Role.PROGRAMME_OFFICE)[0]
        self.office = Actor(id=office.id, role=Role.PROGRAMME_OFFICE, institution=home)
        self._office_email = office.email
        self._coordinator = Actor(id="token", role=Role.COORDINATOR, institution=home)
        self._token = ""
        self._browser = self._client()
        self._api = self._client()

    def _client(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(base_url=self._site.portal_address, timeout=PATIENCE)

    async def open(self) -> None:
        """Sign in by the link of a mail, and get a token."""
        now = datetime.now(UTC)
        tokens, home = self.services.gateway.tokens, self.services.programme.home
        issued = await tokens.issue(home, "chaos", OFFICE_SCOPES, now + timedelta(days=1), self.office, now)
        self._api.headers["authorization"] = f"Bearer {issued.secret}"
        self._token = issued.token.token_id
        page = await self._browser.get("/sign-in")
        await self._browser.post("/sign-in", data={"csrf": _hidden(page)["csrf"], "email": self._office_email})
        link = await self._link_in_mail()
        page = await self._browser.get(link)
        answer = await self._browser.post(link, data={"csrf": _hidden(page)["csrf"]})
        if answer.status_code != 303:
            raise RuntimeError(f"The office could not sign in: {answer.status_code}")

    async def close(self) -> None:
        """Hang up."""
        await self._browser.aclose()
        await self._api.aclose()

    def channels_for(self, owner: Owner, decision: Decide) -> list[str]:
        """The ways in which a plain answer to a step of this owner may be given."""
        ways = ["gateway"]
        if decision.acknowledged or decision.valid_through:
            return ways
        if may_decide(self.office, owner):
            ways.append("portal")
        if may_decide(self._coordinator, owner):
            ways.append("api")
        return ways

    async def form(self, step: str, outcome: str) -> dict[str, str]:
        """The form of an answer, as the office sees it: its token and the key of the act.

        Raises:
            NotAsked: the portal does not show it.
        """
        try:
            page = await self._browser.get(f"/steps/{step}/{outcome}")
        except httpx2.HTTPError as error:
            raise NotAsked(type(error).__name__) from error
        found = _hidden(page)
        if page.status_code != 200 or "key" not in found:
            raise NotAsked(str(page.status_code))
        return found

    async def send_form(self, step: str, outcome: str, form: dict[str, str]) -> Said:
        """Press the button."""
        try:
            answer = await self._browser.post(f"/steps/{step}/{outcome}", data=form)
        except httpx2.ConnectError as error:
            return Answer.AWAY, type(error).__name__
        except httpx2.HTTPError as error:  # the portal died with the act in its hands
            return Answer.VANISHED, type(error).__name__
        return _said(answer, 303)

    def key_of_call(self, step: str, key: str) -> str:
        """The id under which the records know an answer given by the API."""
        path = f"/api/v1/steps/{step}/decision"
        return KeyScope(caller=self._token, method="POST", path=path, key=key).act

    async def call(self, step: str, outcome: str, key: str) -> Said:
        """Answer a step by the API."""
        headers = {"idempotency-key": key}
        try:
            answer = await self._api.post(f"/api/v1/steps/{step}/decision", json={"outcome": outcome}, headers=headers)
        except httpx2.ConnectError as error:
            return Answer.AWAY, type(error).__name__
        except httpx2.HTTPError as error:
            return Answer.VANISHED, type(error).__name__
        return _said(answer, 200)

    async def _link_in_mail(self) -> str:
        until = time.monotonic() + SIGNED_IN_WITHIN
        while time.monotonic() < until:
            for file in reversed(mails_in(self._site.mailbox)):
                message = message_from_bytes(file.read_bytes(), policy=default)
                body = message.get_body(("plain",))
                found = SIGN_IN.search(str(body.get_content())) if body else None
                if self._office_email in str(message["To"]) and found:
                    return found[0]
            await asyncio.sleep(0.1)
        raise TimeoutError("No link to sign in came.")


def told(error: SojournError) -> Said:
    """What an error of the gateway means for who asked."""
    if isinstance(error, Refused):
        return Answer.REFUSED, error.message
    if isinstance(error, Unavailable):
        # `Kept` is a kind of unavailable that promises.
        return (Answer.KEPT if type(error).__name__ == "Kept" else Answer.UNAVAILABLE), error.message
    return Answer.BROKEN, " ".join([error.message, *(f"{k}={v}" for k, v in error.params.items())])


def _said(answer: httpx2.Response, taken: int) -> Said:
    status = answer.status_code
    if status == taken:
        return Answer.TAKEN, ""
    if status == 202:
        return Answer.KEPT, ""
    if status in (502, 503, 504):
        return Answer.UNAVAILABLE, str(status)
    if status == 429:
        return Answer.REFUSED, "too many"
    return (Answer.REFUSED if 400 <= status < 500 else Answer.BROKEN), _words(answer)


def _words(answer: httpx2.Response) -> str:
    """What a program is told; of a page its status only."""
    body: Any = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    return f"{answer.status_code} {body.get('message') or body.get('code') or ''}".strip()


def _hidden(page: httpx2.Response) -> dict[str, str]:
    """The hidden fields of the last form of a page."""
    return {name: html.unescape(value) for name, value in HIDDEN.findall(page.text)}
