"""What is renewed before it ends: which papers, in which step, how long ahead, and which of them end too soon. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from models.catalogue.policy import DocumentPolicy, Policy
from models.messages.plan import Plan
from models.rules.requirements.identity import months_before
from models.rules.stay import required_documents
from models.rules.validity import VISA
from models.vocabulary import Content, StepKind


@dataclass(frozen=True)
class RenewedPapers:
    """Papers that are renewed in one step."""

    step: StepKind
    collected: tuple[StepKind, ...]
    """The steps that collect them first."""
    ahead: tuple[str, str]
    """Rule and value that say how many days before the end they are asked for."""
    clinical: bool
    """Whether they are needed through the last clinical day, and without a clinic not at all; else through the stay."""

    def kinds(self, policy: Policy, plan: Plan) -> dict[str, DocumentPolicy]:
        """What it renews of a stay, by kind."""
        clinic = plan.last_day(Content.CLINICAL) is not None
        if self.clinical and not clinic:
            return {}
        found = {}
        for step in self.collected:
            if step is StepKind.SUBMIT_INSURANCE and clinic and not self.clinical:
                continue  # an insurance of a stay with a clinic is that of the clinic (D36)
            for document in required_documents(policy, plan, step):
                ages = document.through_clinic and document.max_age_days_at_start is not None
                if ages if step is StepKind.SUBMIT_HEALTH_RECORDS else document.expires:
                    found[document.kind] = document
        return found


RENEWED: Mapping[StepKind, RenewedPapers] = {
    one.step: one
    for one in (
        RenewedPapers(StepKind.RENEW_INSURANCE, (StepKind.SUBMIT_INSURANCE,), ("D36", "renewal_days"), clinical=True),
        RenewedPapers(
            StepKind.RENEW_HEALTH_RECORDS, (StepKind.SUBMIT_HEALTH_RECORDS,), ("D27", "renewal_days"), clinical=True
        ),
        RenewedPapers(
            StepKind.RENEW_PAPERS,
            (StepKind.SUBMIT_DOCUMENTS, StepKind.OBTAIN_VISA, StepKind.SUBMIT_INSURANCE),
            ("D18", "renewal_days"),
            clinical=False,
        ),
    )
}
"""By the step that asks for them anew."""


def renews_health(policy: Policy) -> bool:
    """Whether an exchange asks for health records before they run out; one that began earlier asks the day after."""
    return StepKind.RENEW_HEALTH_RECORDS in policy.steps


def ending(
    renewal: RenewedPapers,
    policy: Policy,
    plan: Plan,
    expires: Mapping[str, date],
    issued: Mapping[str, date],
    *,
    permitted: bool,
) -> dict[str, date]:
    """The last days of papers that end before they are needed no more, by kind.

    Args:
        renewal: which papers.
        policy: that of the exchange.
        plan: the stay as it is planned.
        expires: the stated last days of accepted papers, by kind.
        issued: the stated days on which they were issued.
        permitted: whether the law counts the stay itself, in steps of its own (D30-D32).
    """
    needed = plan.last_day(Content.CLINICAL) if renewal.clinical else plan.end
    found = {}
    for kind, document in renewal.kinds(policy, plan).items():
        last = _last_day(document, expires, issued)
        if last is not None and needed is not None and last < needed and not (kind == VISA and permitted):
            found[kind] = last
    return found


def _last_day(document: DocumentPolicy, expires: Mapping[str, date], issued: Mapping[str, date]) -> date | None:
    """The last day of a stay, or of its clinic, that a paper is good for."""
    if document.expires and document.kind in expires:
        months = document.valid_months_after_end
        return months_before(expires[document.kind], months) if months else expires[document.kind]
    if document.through_clinic and document.max_age_days_at_start is not None and document.kind in issued:
        return issued[document.kind] + timedelta(days=document.max_age_days_at_start)
    return None
