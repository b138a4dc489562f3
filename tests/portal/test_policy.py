"""Every route with every role, with objects of one's own and of others: the table of routes is the list of tests."""

import re

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from models.errors import Broken
from models.people.authorization import Actor, Parties, may_see
from models.vocabulary import Role
from portal.policy import ANYBODY, TOKEN, PagePolicy, policy_of, require_policies, routes_of
from tests.portal.world import ROLES, Client, People, Portal

PARAMETERS = {
    "document_id": "{exchange}.passport.0123456789abcdef",
    "step_id": "{exchange}.sending_approval.1",
    "outcome": "approve",
    "what": "arrival",
    "change": "extend",
    "version": "9",
    "number": "CQMU-2027-999999",
    "language": "en",
    "kind": "csv",
    "person": "cqmu.housing_officer",
    "cohort_id": "2027-incoming-dartmouth-cqmu",
    "token": "forged",
    "secret": "guessed",
    "provider_id": "nobody",
    "verification": "nothing",
    "name": "nothing.eml",
    "absence_id": "no-absence",
    "proposal_id": "no-proposal",
    "word": "agree",
    "suspension_id": "no-suspension",
    "token_id": "no-token",
    "endpoint_id": "no-endpoint",
    "delivery_id": "1",
    "key": "no-act",
    "broadcast_id": "no-message",
    "unit_id": "cqmu-nowhere",
    "session_id": "no-session",
    "change_id": "no-change",
    "tag": "lists",
    "shape": "Decision",
}
"""A value for each parameter of an address; a route with another one needs one here."""


def url_of(route: APIRoute, exchange: str, document: str) -> str:
    """An address of a route about an exchange."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name == "exchange_id":
            return exchange
        return document if name == "document_id" else PARAMETERS[name].replace("{exchange}", exchange)

    return re.sub(r"\{(\w+)(?::\w+)?\}", value, route.path)


def table(app: FastAPI) -> list[tuple[str, APIRoute, PagePolicy]]:
    """Every route with its method and policy."""
    found = []
    for route in routes_of(app.router.routes):
        policy = policy_of(route)
        assert policy is not None, route.path
        found += [(method, route, policy) for method in sorted(route.methods or ()) if method in ("GET", "POST")]
    return found


async def ask(client: Client, method: str, url: str) -> int:
    """The status of an address; forms are sent as their page would send them, but empty."""
    if method == "POST":
        return (await client.post(url)).status_code
    if url.endswith("/live"):
        async with client.http.stream("GET", url, timeout=2) as answer:
            return answer.status_code
    return (await client.get(url)).status_code


def actor_of(portal: Portal, people: People, role: Role) -> Actor:
    """Somebody of a role as the rules see them."""
    unit = "cqmu-lipid" if role is Role.SUPERVISOR else ""
    place = "dartmouth" if role in (Role.PARTNER_OFFICE, Role.STUDENT) else "cqmu"
    return Actor(id=people.of(role), role=role, institution=place, unit=unit)


def parties(people: People, exchange: str) -> Parties:
    """Between whom an exchange is."""
    if exchange == people.exchange:
        return Parties(sending="dartmouth", host="cqmu", student=people.student)
    return Parties(sending="cqmu", host="dartmouth", student=people.other_student)


def about_an_exchange(route: APIRoute) -> bool:
    """Whether the address names an exchange, or a step of one."""
    return "{exchange_id}" in route.path or "{step_id}" in route.path


async def test_a_stranger_gets_nowhere(portal: Portal, people: People) -> None:
    client = portal.browser()
    asked = 0
    for method, route, policy in table(portal.app):
        if policy in (ANYBODY, TOKEN):
            continue
        for exchange in (people.exchange, people.other):
            url = url_of(route, exchange, people.document)
            answer = await (client.post(url) if method == "POST" else client.get(url))
            assert answer.status_code == 303, (method, url)
            assert answer.headers["location"].startswith("/sign-in")
            asked += 1
    assert asked > 120


@pytest.mark.parametrize("role", ROLES)
async def test_each_role_reaches_what_its_policy_says_and_of_others_nothing(
    portal: Portal, people: People, role: Role
) -> None:
    client = await portal.signed_in(people.of(role))
    actor = actor_of(portal, people, role)
    for method, route, policy in table(portal.app):
        if policy is TOKEN or route.path in ("/sign-out", "/sign-in"):
            continue
        for exchange in (people.exchange, people.other):
            url = url_of(route, exchange, people.document)
            lets_in = policy.roles is None or role in policy.roles
            sees = may_see(actor, parties(people, exchange), {"cqmu-lipid"} if exchange == people.exchange else ())
            if not lets_in or (about_an_exchange(route) and not sees):
                assert await ask(client, method, url) == 404, (role, method, url)
            elif not url.endswith("/live"):
                status = await ask(client, method, url)
                assert status < 500 or status == 503, (role, method, url, status)


async def test_pages_that_a_role_is_for_open(portal: Portal, people: People) -> None:
    """The matrix would also hold if nobody got in anywhere."""
    opened = 0
    for role in ROLES:
        client = await portal.signed_in(people.of(role))
        for method, route, policy in table(portal.app):
            if method == "GET" and "{" not in route.path and policy.roles and role in policy.roles:
                if route.path in ("/live",):
                    continue
                assert (await client.get(route.path)).status_code in (200, 303), (role, route.path)
                opened += 1
    assert opened > 70


async def test_routes_of_the_api_need_a_token(portal: Portal, people: People) -> None:
    signed_in = await portal.signed_in("cqmu.programme_office")
    asked = 0
    for method, route, policy in table(portal.app):
        if policy is TOKEN:
            url = url_of(route, people.exchange, people.document)
            answer = await signed_in.http.request(method, url)
            assert answer.status_code == 401, (method, url)
            assert answer.headers["content-type"] == "application/problem+json"
            asked += 1
    assert asked > 12


def test_a_route_without_a_policy_does_not_start() -> None:
    router = APIRouter()
    router.add_api_route("/forgotten", lambda: None)
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(router)
    with pytest.raises(Broken, match="/forgotten"):
        require_policies(app.router.routes)


def test_what_is_neither_a_route_nor_the_stylesheet_does_not_start() -> None:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.mount("/other", FastAPI())
    with pytest.raises(Broken):
        require_policies(app.router.routes)


async def test_unknown_and_forbidden_look_the_same(portal: Portal, people: People) -> None:
    """D44: of an exchange that one may not see, the page tells no more than of one that there is not."""
    client = await portal.signed_in(people.of(Role.STUDENT))
    foreign = await client.get(f"/exchanges/{people.other}")
    unknown = await client.get("/exchanges/EX-2027-CQMU-999")
    assert foreign.status_code == unknown.status_code == 404
    strip = re.compile(r"EX-2027-CQMU-\d+|<time.*?</time>|Now: .*?</span>|value=\"[^\"]*\"")
    assert strip.sub("", foreign.text) == strip.sub("", unknown.text)
