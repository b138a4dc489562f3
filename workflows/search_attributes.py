"""By what operators find exchanges in Temporal: ids only, no personal data.

Set once, at the start. The stage is not among them: it changes, every change would cost an event of history, and the
records answer the question faster.
"""

from typing import Any

from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from models.messages.exchange import Plan

HOST = SearchAttributeKey.for_keyword("Host")
SENDING = SearchAttributeKey.for_keyword("Sending")
INTAKE_YEAR = SearchAttributeKey.for_int("IntakeYear")
DIRECTION = SearchAttributeKey.for_keyword("Direction")

SEARCH_ATTRIBUTES: tuple[SearchAttributeKey[Any], ...] = (HOST, SENDING, INTAKE_YEAR, DIRECTION)
"""Everything that must be registered with a cluster."""


def search_attributes(plan: Plan) -> TypedSearchAttributes:
    """The search attributes an exchange is started with."""
    return TypedSearchAttributes(
        [
            SearchAttributePair(HOST, plan.host),
            SearchAttributePair(SENDING, plan.sending),
            SearchAttributePair(INTAKE_YEAR, plan.year),
            SearchAttributePair(DIRECTION, str(plan.direction)),
        ]
    )
