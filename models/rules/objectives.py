"""Which learning objectives a stay serves, and which of them its student is asked for (seed, D41). Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from models.catalogue.policy import Policy
from models.vocabulary import Content


class StayPart(NamedTuple):
    """A block in a unit, or a content without one."""

    content: Content
    unit: str = ""


def served_by(policy: Policy, host: str, parts: Iterable[StayPart], named: Iterable[str] = ()) -> tuple[str, ...]:
    """The objectives that the parts of a stay serve, each once, in the order of the programme.

    `named` are those of sessions that were attended. With a policy of before objectives were told apart, all of them.
    """
    if not policy.serving:
        return tuple(policy.objectives)
    found = set(named).union(*(policy.serving.part(host, part.content, part.unit) for part in parts))
    return tuple(key for key in policy.objectives if key in found)


def asked_for(policy: Policy, host: str, parts: Iterable[StayPart], named: Iterable[str] = ()) -> tuple[str, ...]:
    """The objectives that the student rates: those that the stay serves; where it serves none, those of every host."""
    return served_by(policy, host, parts, named) or policy.serving.everywhere


def asked_of(objectives: Iterable[str], subject: str) -> tuple[str, ...]:
    """The objectives that an evaluation of the programme asks for, by what its step is about.

    Nothing is said in steps that were opened before objectives were told apart: all are asked.
    """
    return tuple(subject.split(",") if subject else objectives)
