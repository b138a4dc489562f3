"""A counter without a service behind it: the commands' session, a gateway that remembers, a programme with people."""

import inspect
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from cli.session import Session
from gateway.composition import ReadServices, Services
from gateway.operations import Gateway
from models.catalogue.policy import DocumentPolicy, Policy
from models.catalogue.programme import Contact, Institution, Programme
from models.messages.exchange import Acknowledged
from models.views import ExchangeView
from models.vocabulary import Direction, DocumentGroup, Role, Stage, StepKind
from settings import Settings
from tests.programmes import small_programme

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
EXCHANGE = "EX-2027-DAR-001"
STEP = f"{EXCHANGE}.host_approval.1"


def contact(institution: str, role: Role, unit: str = "") -> Contact:
    """A contact with an address of its own."""
    name = f"{institution}.{role}{f'.{unit}' if unit else ''}"
    return Contact(id=name, role=role, name=name, email=f"{name}@example.edu", unit=unit)


def programme() -> Programme:
    """The small programme with people in it, and two kinds of documents."""
    made = small_programme()
    offices = (Role.COORDINATOR, Role.HEAD_OF_OFFICE)
    institutions: dict[str, Institution] = {}
    for name, institution in made.institutions.items():
        people = [contact(name, role) for role in offices]
        people += [contact(name, Role.SUPERVISOR, unit.id) for unit in institution.units[:2]]
        if name == made.home:
            people.append(contact(name, Role.PROGRAMME_OFFICE))
        institutions[name] = institution.model_copy(update={"contacts": tuple(people)})
    documents = (_document("cv", expires=False), _document("passport", expires=True))
    policy: Policy = made.policy.model_copy(update={"documents": documents})
    return made.model_copy(update={"institutions": institutions, "policy": policy})


def _document(kind: str, *, expires: bool) -> DocumentPolicy:
    return DocumentPolicy(
        kind=kind,
        group=DocumentGroup.APPLICATION,
        step=StepKind.SUBMIT_DOCUMENTS,
        title=kind.upper(),
        title_zh=kind,
        directions=tuple(Direction),
        max_bytes=1024,
        expires=expires,
        rule="D20",
    )


class StubGateway:
    """Answers every act, or raises what a test wants; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        self.failing: Exception | None = None
        self.answers: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        real = getattr(Gateway, name)  # whatever the gateway cannot do, its stand-in cannot either

        async def act(*args: Any, **kwargs: Any) -> Any:
            inspect.signature(real).bind(self, *args, **kwargs)
            self.asked.append((name, args, kwargs))
            if self.failing is not None:
                raise self.failing
            answer = self.answers.get(name, Acknowledged(exchange_id=EXCHANGE, stage=Stage.ROTATIONS))
            return answer(*args, **kwargs) if callable(answer) else answer

        return act

    def one(self, name: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """What the one act there was has been asked with."""
        ((asked, args, kwargs),) = self.asked
        assert asked == name
        return args, kwargs


class StubReading:
    """Shows one exchange, or none."""

    def __init__(self) -> None:
        self.view: ExchangeView | None = None

    async def exchange(self, exchange_id: str, actor: object = None, *, now: object = None) -> ExchangeView | None:
        """The exchange there is."""
        return self.view


@dataclass
class Stand:
    """What a test of commands holds: the gateway and the records behind the session."""

    gateway: StubGateway = field(default_factory=StubGateway)
    reading: StubReading = field(default_factory=StubReading)
    opened: list[str] = field(default_factory=list)
    """What was opened, in order: `archive` or `counter`."""
    away: Exception | None = None
    """Raised by opening the counter."""
    today: datetime = NOW - timedelta(days=90)
    """When commands are given: before the stays of the files."""

    @property
    def session(self) -> Session:
        """A session that opens these."""
        return Session(
            settings=Settings,
            catalogue=lambda _: programme(),
            services=self._opened,
            records=self._archive,
            clock=lambda: self.today,
        )

    @asynccontextmanager
    async def _archive(self, settings: Settings) -> AsyncIterator[ReadServices]:
        self.opened.append("archive")
        yield ReadServices(reading=cast(Any, self.reading), programme=programme(), clock=lambda: NOW)

    @asynccontextmanager
    async def _opened(self, settings: Settings) -> AsyncIterator[Services]:
        self.opened.append("counter")
        if self.away is not None:
            raise self.away
        gateway, reading = cast(Any, self.gateway), cast(Any, self.reading)
        yield Services(gateway=gateway, reading=reading, programme=programme(), clock=lambda: NOW)
