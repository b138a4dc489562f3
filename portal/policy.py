"""Who may open which page: every route names one policy, and a route without one does not start.

What is shown on a page is the records' matter (`may_see` of `models.people.authorization`), what may be done the
workflows'. Unknown and forbidden look the same (D44): both are answered with 404.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Mount

from models.errors import Broken, Unknown
from models.people.roles import COORDINATING, OFFICERS, OFFICES, PLACING, STAFF
from models.vocabulary import Role
from portal.assets import FILES
from portal.bounds import BoundedRoute
from portal.visitor import SignInNeeded, Visitor, visitor_of

R = Role
FIRST_PLACES = {
    R.PARTNER_OFFICE: "/board",
    R.AUDITOR: "/events",
    R.OPERATOR: "/exchanges",
}
"""Where a role begins; the others begin with their worklist."""


@dataclass(frozen=True)
class PagePolicy:
    """Which roles may open a route. `roles` of `None` means everybody, signed in or not."""

    name: str
    roles: frozenset[Role] | None

    def lets_in(self, visitor: Visitor) -> bool:
        """Whether a visitor may open a route of this policy."""
        if self.roles is None:
            return True
        return any(actor.role in self.roles for actor in visitor.capacities)


ANYBODY = PagePolicy("anybody", None)
SIGNED_IN = PagePolicy("signed in", frozenset(R) - {R.CLOCK})
ACTING = PagePolicy("acting", STAFF | {R.STUDENT})
"""Everybody who may owe a step: not the auditor and the operator, who look only."""
HANDLING = PagePolicy("offices and officers", OFFICERS | {R.AUDITOR})
NOMINATING = PagePolicy("nominating offices", OFFICES)
BOARD = PagePolicy("offices", OFFICES | {R.AUDITOR})
COORDINATION = PagePolicy("coordination", COORDINATING | {R.AUDITOR})
PLACES = PagePolicy("places", PLACING | {R.SUPERVISOR})
LOOKING_AFTER = PagePolicy("directory", COORDINATING | {R.HOUSING_OFFICER})
SESSIONS = PagePolicy("sessions", COORDINATING | {R.AUDITOR, R.STUDENT})
"""Lectures and the cultural programme: those who keep them, and those who come."""
OWN_DATA = PagePolicy("archive", frozenset({R.STUDENT, R.PROGRAMME_OFFICE}))
STUDYING = PagePolicy("students", frozenset({R.STUDENT}))
MANAGING = PagePolicy("management", COORDINATING)
CONNECTING = PagePolicy("connections", OFFICES)
PROGRAMME = PagePolicy("programme office", frozenset({R.PROGRAMME_OFFICE}))
OPERATING = PagePolicy("operation", frozenset({R.PROGRAMME_OFFICE, R.OPERATOR}))
AUDIT = PagePolicy("audit", frozenset({R.AUDITOR, R.PROGRAMME_OFFICE}))
TOKEN = PagePolicy("API token", None)
"""Routes of the HTTP API: the token decides, see `portal.api`."""


class Allow:
    """The dependency that keeps a policy."""

    def __init__(self, policy: PagePolicy) -> None:
        self.policy = policy

    async def __call__(self, request: Request) -> None:
        """The route looked before it read anything (see `portal.bounds`); the dependency names the policy."""

    async def admit(self, request: Request) -> None:
        """Let the visitor in.

        Raises:
            SignInNeeded: nobody is signed in.
            Unknown: somebody is, who may not know of this page.
        """
        if self.policy.roles is None:
            return
        visitor = await visitor_of(request)
        if visitor.identity is None:
            raise SignInNeeded
        request.state.asker = visitor.identity_actor.id
        if not self.policy.lets_in(visitor):
            raise Unknown("page.unknown")


Endpoint = Callable[..., Awaitable[Any]]


class Pages:
    """A group of pages: routes that each name their policy."""

    def __init__(self, tag: str) -> None:
        self.router = APIRouter(tags=[tag], include_in_schema=False, route_class=BoundedRoute)

    def get(self, path: str, policy: PagePolicy) -> Callable[[Endpoint], Endpoint]:
        """A page to look at."""
        return self._route("GET", path, policy)

    def post(self, path: str, policy: PagePolicy) -> Callable[[Endpoint], Endpoint]:
        """Something to do; forms carry a token against forgery (see `portal.forms`)."""
        return self._route("POST", path, policy)

    def _route(self, method: str, path: str, policy: PagePolicy) -> Callable[[Endpoint], Endpoint]:
        def add(endpoint: Endpoint) -> Endpoint:
            @wraps(endpoint)
            async def closing(request: Request, **values: Any) -> Any:
                try:
                    return await endpoint(request, **values)
                finally:
                    await request.close()  # what was uploaded lies in files that go with it

            guards = [Depends(Allow(policy))]
            self.router.add_api_route(path, closing, methods=[method], dependencies=guards, response_model=None)
            return endpoint

        return add


def policy_of(route: APIRoute) -> PagePolicy | None:
    """The policy that a route names."""
    found = [d.call.policy for d in route.dependant.dependencies if isinstance(d.call, Allow)]
    return found[0] if len(found) == 1 else None


def routes_of(routes: Iterable[BaseRoute]) -> Iterator[APIRoute]:
    """Every route, those of included routers too.

    Raises:
        Broken: one is of a kind that names no policy; files alone are mounted.
    """
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from routes_of(included.routes)
        elif isinstance(route, APIRoute):
            yield route
        elif not (isinstance(route, Mount) and route.path == FILES):
            raise Broken("route.unknown", route=str(route))


def require_policies(routes: Iterable[BaseRoute]) -> None:
    """That every route names one policy.

    Raises:
        Broken: one does not; the service does not start.
    """
    bare = [f"{sorted(route.methods or ())} {route.path}" for route in routes_of(routes) if policy_of(route) is None]
    if bare:
        raise Broken("route.unguarded", routes=bare)
