"""One object for equal policies: an exchange carries its own, and thousands of them carry the same."""

from typing import Annotated

from pydantic import AfterValidator

from models.catalogue.policy import Policy

VARIANTS = 24
"""Forms of one version of the policy: a direction's and a host country's, and parts for child workflows."""
_READ: dict[str, list[Policy]] = {}
"""Policies read in this process, by version. Frozen values: who shares one cannot tell."""


def shared(policy: Policy) -> Policy:
    """One object for equal policies: thousands of exchanges under the same rules share a quarter of a megabyte."""
    known = _READ.setdefault(policy.version, [])
    for other in known:
        if other == policy:
            return other
    if len(known) < VARIANTS:
        known.append(policy)
    return policy


SharedPolicy = Annotated[Policy, AfterValidator(shared)]
"""A policy as it comes with the input of a workflow."""
