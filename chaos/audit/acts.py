"""The driver's book against the records: what was said to be taken is there once, what was asked is settled."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from chaos.audit.findings import Finding, Records, has_table, value_of
from chaos.ledger import Act, Answer

UNSURE = frozenset({Answer.KEPT, Answer.UNAVAILABLE, Answer.VANISHED, Answer.NONE})
REPORTS = ("arrived", "departed", "attendance_reported", "movement_reported")
SETTLED = frozenset({"taken", "refused"})


@dataclass
class Facts:
    """What the records know of acts."""

    closings: defaultdict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    """By step: outcome and key of what closed it."""
    keys: Counter[str] = field(default_factory=Counter)
    """How many facts carry a key."""
    files: Counter[str] = field(default_factory=Counter)
    """How many documents that were handed in carry a file."""
    exchanges: set[str] = field(default_factory=set)
    register: dict[str, str] | None = None
    """By key, what became of the act; `None` where this version keeps no register."""

    def knows(self, act: Act) -> bool:
        """Whether something in the records came of an act."""
        if act.file:
            return bool(self.files[act.file])
        if act.key:
            return bool(self.keys[act.key])
        return any(outcome == act.outcome for outcome, _ in self.closings[act.step])


def facts_of(records: Records) -> Facts:
    """Read what acts left behind."""
    facts = Facts()
    kinds = ", ".join(f"'{kind}'" for kind in ("step_closed", "document_submitted", "exchange_opened", *REPORTS))
    submitted: set[str] = set()
    for event in records.rows(f"SELECT kind, stream, payload FROM events WHERE kind IN ({kinds})"):
        payload = value_of(event["payload"])
        if event["kind"] == "step_closed":
            key = str(payload.get("decision_id") or "")
            facts.closings[payload["step_id"]].append((payload["outcome"], key))
            facts.keys[key] += 1
        elif event["kind"] == "document_submitted":
            submitted.add(payload["document_id"])
        elif event["kind"] == "exchange_opened":
            facts.exchanges.add(event["stream"])
        else:
            facts.keys[payload["report_id"]] += 1
    for row in records.rows("SELECT id, filename FROM documents"):
        if row["id"] in submitted:
            facts.files[row["filename"]] += 1
    if has_table(records, "acts"):
        facts.register = {row["key"]: row["status"] for row in records.rows("SELECT key, status FROM acts")}
    return facts


def acknowledged(acts: Iterable[Act], facts: Facts) -> list[Finding]:
    """What was said to be taken and is not there, or there twice."""
    found = []
    for act in acts:
        if act.answer is Answer.TAKEN and (wrong := _wrong(act, facts)):
            found.append(Finding("lost" if wrong.startswith("lost") else "done twice", _name(act), wrong))
    found += [
        Finding("told to call an operator", _name(act), f"the answer was {act.detail}")
        for act in acts
        if act.answer is Answer.BROKEN
    ]
    return found


def _wrong(act: Act, facts: Facts) -> str:
    """What is wrong with an act that was said to be taken; nothing, if all is well."""
    if act.kind == "nominate":
        return "" if act.detail in facts.exchanges else f"lost: {act.detail} was begun and is not on record"
    if act.kind in ("decide", "evaluate"):
        closings = facts.closings[act.step]
        if not any(outcome == act.outcome and (not act.key or act.key == key) for outcome, key in closings):
            return f"lost: said to be taken; on record for the step: {closings or 'nothing'}"
    times = facts.files[act.file] if act.file else facts.keys[act.key] if act.key else 1
    if not times:
        return "lost: said to be taken, and nothing is on record"
    return f"{times} facts came of one act" if times > 1 else ""


def unsettled(acts: Iterable[Act], facts: Facts) -> list[Finding]:
    """Acts that were asked, and of which nobody knows now whether they were done or refused.

    With a register, what never came into it was never asked, and who asked was not told otherwise. Without one
    nothing tells an act that never arrived from one that was lost on the way: those whose callers were told that a
    part is away count, those of callers who are gone do not.
    """
    found = []
    for act in acts:
        if act.answer not in UNSURE or act.kind == "nominate" or facts.knows(act):
            continue
        status = (facts.register or {}).get(act.key) if act.key else None
        if status == "taken":
            found.append(Finding("lost", _name(act), "the register says that it was taken, and nothing is on record"))
        if status in SETTLED:
            continue
        promised = act.answer is Answer.KEPT or (facts.register is None and act.answer is Answer.UNAVAILABLE)
        if status is not None or promised:
            found.append(Finding("not settled", _name(act), f"asked, {act.answer}, and neither applied nor refused"))
    return found


def register_left(facts: Facts) -> list[Finding]:
    """Acts in the service's own register that nothing came of, whoever asked them."""
    return [
        Finding("not settled", key, f"the register says {status}")
        for key, status in sorted((facts.register or {}).items())
        if status not in SETTLED
    ]


def _name(act: Act) -> str:
    where: Any = act.step or act.exchange or act.detail
    return f"act {act.number} ({act.kind} {act.outcome} {where} by {act.channel})"
