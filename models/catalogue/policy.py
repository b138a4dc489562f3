"""The policy in force at nomination: steps, ladders, document kinds and rule values as one frozen value (D16, D17).

It travels in the workflow's input, so changing the catalogue never changes a running exchange.
"""

from collections.abc import Mapping
from datetime import time
from typing import Any, Self

from pydantic import Field, model_validator

from models.catalogue.answers import AnswerPolicy, AskedBy, GivenBy, Need
from models.catalogue.earlier import earlier_answer
from models.catalogue.foreseen import Foreseen
from models.catalogue.jurisdiction import EntryRight, Jurisdiction
from models.catalogue.rule import Rule as Rule
from models.catalogue.rule import RuleValue as RuleValue
from models.catalogue.served import Serving
from models.catalogue.signs import Signs
from models.errors import BadInput
from models.vocabulary import (
    About,
    Anchor,
    Announce,
    Direction,
    DocumentGroup,
    EndAction,
    Purpose,
    Role,
    RungKind,
    Side,
    Stage,
    StepKind,
    Target,
    Unit,
)
from models.wire import Wire

END_OF_DAY = time(23, 59, 59)


class RungRule(Wire):
    """One rung of a ladder: `offset` units after (negative: before) the due time."""

    kind: RungKind
    offset: int
    unit: Unit
    to: tuple[Target, ...] = ()
    copy_to: tuple[Target, ...] = ()


class LadderRule(Wire):
    """Reminders before the due time, escalations after it, and what happens at the end (D16)."""

    name: str
    rungs: tuple[RungRule, ...]
    end_action: EndAction = EndAction.HOLD
    reassign_to: Target | None = None
    """Who gets the step at the end rung, where the end action is `reassign`."""

    @property
    def last_reminder(self) -> int | None:
        """Index of the reminder that comes last before the due time."""
        reminders = [index for index, rung in enumerate(self.rungs) if rung.kind is RungKind.REMINDER]
        return max(reminders, key=lambda index: self.rungs[index].offset, default=None)


class DueRule(Wire):
    """When a step is due: `offset` units after its anchor, at `at` in the owner's zone (D15).

    Hours count exactly from the anchor and ignore `at`. A due time that would leave less than `floor_days` calendar
    days after opening moves to that many days after opening (fast-track, D12).
    """

    anchor: Anchor
    offset: int
    unit: Unit
    at: time = END_OF_DAY
    floor_days: int = Field(default=0, ge=0)
    after: StepKind | None = None
    """The step whose end is the anchor `previous_step`."""


class StepPolicy(Wire):
    """What one kind of step asks, of whom, by when, and what may be answered."""

    kind: StepKind
    stage: Stage
    title: str
    title_zh: str
    do: str = ""
    """What to do, in a sentence."""
    do_zh: str = ""
    why: str = ""
    """Why it is asked."""
    why_zh: str = ""
    side: Side
    role: Role
    outcomes: tuple[str, ...] = ()
    """The answers by name; made from `answers` where there are any."""
    answers: dict[str, AnswerPolicy] = Field(default_factory=dict)
    """Empty in policies frozen before 2026-11-25, which `models.catalogue.earlier` knows."""
    due: DueRule
    ladder: str
    rule: str | None = None
    """Id of the rule behind the due time, e.g. `D29`."""
    expired_outcome: str | None = None
    """The outcome recorded when the ladder's end action is `expire`."""
    default_outcome: str | None = None
    """The outcome recorded when the ladder's end action is `decide`."""
    default_rule: str | None = None
    """Id of the rule that decides by default, e.g. `D13`."""
    at_host: bool = False
    """A student's step that runs by the host's clock: the law there asks for it."""
    legal: bool = False
    """A legal deadline: never extended, snoozed or suspended; it runs through nights, holidays and outbreaks."""
    law: str = ""
    """Which law, as it is cited to people."""
    law_zh: str = ""
    announce: Announce = Announce.NOW
    """When the owner hears that it opened."""
    waits_for: tuple[StepKind, ...] = ()
    """Steps of others without which the owner cannot act: while one is open, this step is paused."""
    extension_days: int | None = Field(default=None, ge=0)
    """How many days beyond its first due time it may be extended in all; none: as far as is reasonable."""
    snooze_days: int = Field(default=7, ge=0)
    """For how many days the owner may put off its reminders."""
    about: About = About.DOCUMENTS
    """What its subject names."""
    silent: bool = False
    """Whether it asks nothing of anybody and only waits for something else."""
    foreseen: Foreseen | None = Field(default=None, exclude=True)
    """Where a forecast has it; no exchange carries it."""

    @model_validator(mode="before")
    @classmethod
    def _from_answers(cls, values: Any) -> Any:
        """The names of the answers, and which of them the end of the ladder gives, are said once: in the answers."""
        if not isinstance(values, dict) or not values.get("answers") or values.get("outcomes"):
            return values
        answers = values["answers"]
        by_clock = [name for name, answer in answers.items() if isinstance(answer, dict) and answer.get("clock")]
        field = "default_outcome" if values.get("default_rule") else "expired_outcome"
        return values | {"outcomes": list(answers)} | ({field: by_clock[0]} if by_clock else {})

    def answer(self, outcome: str) -> AnswerPolicy | None:
        """One answer by its name; as it was read at the time where the policy is an earlier one."""
        if self.answers or outcome not in self.outcomes:
            return self.answers.get(outcome)
        return earlier_answer(self.kind, outcome)

    def offered(self, outcome: str) -> AnswerPolicy:
        """The answer of this name, if a person may decide it.

        Raises:
            BadInput: the step has no such answer, or it is given by another act.
        """
        answer = self.answer(outcome)
        if answer is None or not answer.by_person:
            answers = tuple(name for name in self.outcomes if (one := self.answer(name)) and one.by_person)
            raise BadInput("answer.not_offered", "outcome", answer=outcome, answers=answers, step_kind=self.kind)
        if answer.given_by is not GivenBy.DECISION:
            raise BadInput("answer.given_otherwise", "outcome", act=answer.given_by)
        return answer

    def opens(self, kind: StepKind) -> bool:
        """Whether an answer to it may open a step of this kind."""
        return any(kind in (*answer.opens, *answer.may_open) for answer in self.answers.values())

    @property
    def health(self) -> bool:
        """Whether its answers say something of somebody's health (D46)."""
        return any(answer.health for answer in self.answers.values())

    def frozen(self) -> Self:
        """The step as an exchange carries it: with its title, and otherwise without words."""
        answers = {name: answer.frozen() for name, answer in self.answers.items()}
        unsaid = dict.fromkeys(("do", "do_zh", "why", "why_zh"), "")
        return self.model_copy(update={"answers": answers, "foreseen": None, **unsaid})


RENEWING = {
    StepKind.SUBMIT_INSURANCE: (StepKind.RENEW_INSURANCE, StepKind.RENEW_PAPERS),
    StepKind.SUBMIT_HEALTH_RECORDS: (StepKind.RENEW_HEALTH_RECORDS,),
    StepKind.SUBMIT_DOCUMENTS: (StepKind.RENEW_PAPERS,),
    StepKind.OBTAIN_VISA: (StepKind.RENEW_PAPERS,),
}
"""Steps that ask anew, before it ends, for what another one collected."""
RENEWALS = frozenset(step for steps in RENEWING.values() for step in steps)


class DocumentPolicy(Wire):
    """One kind of document: when it is asked for, in which step, and what a file must be (D17-D22)."""

    kind: str
    group: DocumentGroup
    step: StepKind
    title: str
    title_zh: str
    directions: tuple[Direction, ...]
    provided_by: Side = Side.STUDENT
    clinical_only: bool = False
    hosts: tuple[str, ...] = ()
    """Only for stays at these institutions, whose own files ask for it; empty: at every host."""
    not_at: tuple[str, ...] = ()
    """Institutions that ask for none, by their own files."""
    entries: tuple[EntryRight, ...] = ()
    """Only for those who enter in one of these ways; empty: for all."""
    visa_forms: tuple[str, ...] = ()
    """Only for stays that need one of these visa forms; empty: always."""
    media_types: tuple[str, ...] = ("application/pdf", "image/jpeg", "image/png", "image/heic")
    max_bytes: int = Field(default=4 * 1024 * 1024, gt=0)
    min_pages: int = Field(default=1, ge=1)
    max_pages: int = Field(default=50, ge=1)
    expires: bool = False
    """The submitter must state an expiry date."""
    valid_months_after_end: int = Field(default=0, ge=0)
    """Must be valid this many calendar months after the stay ends (D18)."""
    max_age_days_at_start: int | None = None
    """Issued at most this many days before the stay starts (D21, D22)."""
    through_clinic: bool = False  # its age counts on the last clinical day instead (D27)
    through_stay: bool = False  # a paper for the entry by which the student stays, too (D24)
    purpose: Purpose = Purpose.HEALTH
    """What it is kept for; where nothing is said, few may open it (D46)."""
    rule: str
    read: bool = False
    """What is on it is read and compared, by the signs that the catalogue has of its kind."""
    signs: Signs | None = Field(default=None, exclude=True)
    """By what its kind is known; no exchange carries it."""
    issuers: tuple[str, ...] = Field(default=(), exclude=True)
    """Words by which an issuer is known, in every language; no exchange carries them."""

    @property
    def taken_in(self) -> frozenset[StepKind]:
        """The kinds of steps that take such a document."""
        return frozenset({self.step, *RENEWING.get(self.step, ())})

    def frozen(self) -> Self:
        """The kind as an exchange carries it."""
        return self.model_copy(update={"signs": None, "issuers": ()})

    def asked_at(self, host: str) -> bool:
        """Whether an institution asks its students for it; of no institution in particular, whether any does."""
        return not host or (host not in self.not_at and (not self.hosts or host in self.hosts))


class Policy(Wire):
    """Everything a running exchange needs to know of the catalogue, frozen at nomination."""

    version: str
    steps: dict[StepKind, StepPolicy]
    ladders: dict[str, LadderRule]
    documents: tuple[DocumentPolicy, ...]
    rules: dict[str, Rule]
    objectives: dict[str, str]
    """Learning objectives by key (seed), rated in the student's evaluation."""
    serving: Serving = Serving()
    attendance_above: float = 0.80
    """Share of hours that must be exceeded, per content (D42)."""
    student_evaluation_week: int = 3
    rules_version: str = ""
    """The version of `rules` and `documents`, where the exchange was moved to newer ones; see `rule_set`."""
    law: Jurisdiction | None = None
    """Of the host's country; unset in the catalogue's own policy, and in those frozen before it was data."""

    @property
    def rule_set(self) -> str:
        """The version of the rules that count."""
        return self.rules_version or self.version

    def step(self, kind: StepKind) -> StepPolicy:
        """The policy of one kind of step."""
        return self.steps[kind]

    def ladder_of(self, kind: StepKind) -> LadderRule:
        """The ladder of one kind of step."""
        return self.ladders[self.steps[kind].ladder]

    def asked_by(self, kind: StepKind) -> tuple[AskedBy, ...]:
        """The answers to other steps that open this one and come with a comment: it goes along to the owner."""
        return tuple(
            AskedBy(step.kind, name)
            for step in self.steps.values()
            if step.kind is not kind
            for name, answer in step.answers.items()
            if kind in answer.opens and Need.NOTE in answer.asks and not answer.health
        )

    @property
    def answered_by_link(self) -> frozenset[StepKind]:
        """Steps that a supervisor may answer by the link of a mail."""
        return frozenset(s.kind for s in self.steps.values() if any(answer.link for answer in s.answers.values()))

    @property
    def about_health(self) -> frozenset[StepKind]:
        """Steps whose answers say something of somebody's health: they do not leave the house (D46)."""
        return frozenset(step.kind for step in self.steps.values() if step.health)

    def purpose(self, document: str) -> Purpose:
        """What a kind of document is kept for; of one that the catalogue does not know, what fewest may open (D46)."""
        return found.purpose if (found := self.document(document)) else Purpose.HEALTH

    @property
    def asking(self) -> frozenset[StepKind]:
        """Steps that somebody owes; the others only wait for something else."""
        return frozenset(step.kind for step in self.steps.values() if not step.silent)

    @property
    def decisive(self) -> frozenset[StepKind]:
        """Steps whose answer says how an exchange goes on; that others are done says nothing in a report."""
        return frozenset(s.kind for s in self.steps.values() if not all(one.silent for one in s.answers.values()))

    def only(self, *kinds: StepKind) -> Self:
        """The part of the policy that a child workflow with only these steps needs."""
        steps = {kind: self.steps[kind] for kind in kinds}
        ladders = {step.ladder: self.ladder_of(kind) for kind, step in steps.items()}
        without = {"documents": (), "rules": {}, "objectives": {}, "serving": Serving(), "law": None}
        return self.model_copy(update=without | {"steps": steps, "ladders": ladders})

    def frozen(
        self,
        direction: Direction,
        law: Jurisdiction | None = None,
        host: str = "",
        values: Mapping[str, Mapping[str, RuleValue]] | None = None,
    ) -> Self:
        """The policy as an exchange carries it: for its direction, its host and the law there, without prose.

        `values` are those of rules that the host sets itself.
        """
        own = values or {}
        unsaid = {"text": "", "source": ""}
        rules = {
            key: rule.model_copy(update=unsaid | {"values": {**rule.values, **own.get(key, {})}})
            for key, rule in self.rules.items()
        }
        asked = (d.frozen() for d in self.documents if direction in d.directions and d.asked_at(host))
        here = {"hosts": (), "not_at": ()} if host else {}
        documents = tuple(d.model_copy(update=here) for d in asked)
        steps = {kind: step.frozen() for kind, step in self.steps.items()}
        if law is not None:
            cited = {kind: cite.model_dump() for kind, cite in law.laws.items() if kind in steps}
            steps |= {kind: steps[kind].model_copy(update=words) for kind, words in cited.items()}
            law = law.frozen()
        return self.model_copy(update={"rules": rules, "documents": documents, "steps": steps, "law": law})

    def document(self, kind: str) -> DocumentPolicy | None:
        """The policy of one kind of document, if the programme knows it."""
        return next((d for d in self.documents if d.kind == kind), None)
