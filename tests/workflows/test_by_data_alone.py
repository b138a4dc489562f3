"""What docs/development.md promises to need data alone: a partner in a third country, a document kind, an answer."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from demo.cohort import SAMPLE, Nominee
from models.catalogue import loading
from models.events import SeatAnswered
from models.views import WorklistFilter
from models.vocabulary import Outcome, Role, StepKind
from portal.answer_forms import answers_of
from tests.databases import Database
from tests.workflows.world import LAB_ONLY, World, open_world
from texts.answers import answer_done, answer_label, follows

PARTNER = {
    '"sample': '"oslo',
    '"SMP"': '"OSL"',
    "Sample Partner University": "Oslo Partner University",
    "示例合作大学": "奥斯陆合作大学",
    '"FI"': '"NO"',
    "Europe/Helsinki": "Europe/Oslo",
    "sample-partner.example": "oslo-partner.example",
}
DOCUMENT = """
[[documents]]
kind = "language_certificate"
group = "application"
step = "submit_documents"
title = "Language certificate"
title_zh = "语言证书"
purpose = "study"
directions = ["incoming"]
rule = "D17"
"""
ANSWER = """
[host_approval.answers.no_capacity]
label = "No capacity this year"
label_zh = "本年度无接收能力"
done = "no capacity"
done_zh = "无接收能力"
grave = true
takes = ["note"]
ends = "exchange"
outcome = "rejected"
reason = "no_capacity"
releases = ["seat"]
tells = ["student", "sending", "host"]
"""
FROM_OSLO = Nominee("O01", "Berg", "Ingrid", "", "female", "phd", "phd-public-health", "cqmu-lipid", sending="oslo")


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the catalogue with three things added to its files, in the place of the packaged one."""
    copy = Path(shutil.copytree(Path(str(loading.packaged_catalogue())), tmp_path / "catalogue"))
    partner = (copy / "institutions" / "sample.toml").read_text(encoding="utf-8")
    for old, new in PARTNER.items():
        partner = partner.replace(old, new)
    (copy / "institutions" / "oslo.toml").write_text(partner, encoding="utf-8")
    for file, added in (("documents.toml", DOCUMENT), ("steps.toml", ANSWER)):
        with (copy / file).open("a", encoding="utf-8") as target:
            target.write(added)
    monkeypatch.setattr(loading, "packaged_catalogue", lambda: copy)
    loading._packaged.cache_clear()
    yield copy
    loading._packaged.cache_clear()


@pytest.fixture
async def world(
    catalogue: Path, temporal: WorkflowEnvironment, sqlite_database: Database, tmp_path: Path
) -> AsyncIterator[World]:
    """The whole service over that catalogue."""
    async with open_world(temporal, sqlite_database.url, tmp_path) as opened:
        yield opened


async def test_a_partner_in_a_third_country_sends_a_student_who_completes(world: World) -> None:
    exchange = await world.nominate(FROM_OSLO)
    step = await world.until(exchange, StepKind.SENDING_APPROVAL)
    assert (step.owner.institution, step.zone) == ("oslo", "Europe/Oslo")
    assert (await world.finish(exchange)).outcome is Outcome.COMPLETED
    written = {m.recipient_id for m in await world.messages(exchange, "outcome")}
    assert "oslo.coordinator" in written


async def test_a_new_kind_of_document_is_asked_for_checked_and_accepted(world: World) -> None:
    exchange = await world.nominate(SAMPLE[0])
    step = await world.until(exchange, StepKind.SUBMIT_DOCUMENTS)
    assert "language_certificate" in step.subject.split(",")
    await world.until(exchange, StepKind.SENDING_APPROVAL)
    [paper] = [d for d in (await world.view(exchange)).documents if d.kind == "language_certificate"]
    assert (paper.title, paper.title_zh, paper.status) == ("Language certificate", "语言证书", "accepted")


async def test_a_new_answer_is_offered_said_and_does_what_it_says(world: World) -> None:
    exchange = await world.nominate(SAMPLE[0])
    step = await world.until(exchange, StepKind.HOST_APPROVAL)
    policy, now = world.programme.policy, world.clock.last
    host = world.host(exchange, Role.COORDINATOR)
    [row] = await world.reading.worklist(host, WorklistFilter(now=now, exchange_id=exchange))
    choice = next(one for one in answers_of(row, policy, now) if one.outcome == "no_capacity")
    assert (choice.at_once, choice.grave, choice.policy.bulk) == (False, True, False)
    said = [answer_label(policy, row.kind, "no_capacity", language) for language in ("en", "zh")]
    assert said == ["No capacity this year", "本年度无接收能力"]
    assert answer_done(policy, row.kind, "no_capacity", "zh") == "无接收能力"
    assert follows(row.kind, choice.policy, policy, "en") == (
        "The exchange ends: Not approved.",
        "Released: the seat.",
        "Told at once: the student, the sending university, and the host university.",
    )
    await world.people.decide(step, "no_capacity", note="Every laboratory is full.")
    assert (await world.result(exchange)).outcome is Outcome.REJECTED
    view = await world.view(exchange)
    assert view.reason == "no_capacity"
    assert "released" in {h.event.answer for h in view.timeline if isinstance(h.event, SeatAnswered)}


async def test_an_exchange_is_not_offered_an_answer_that_came_later(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    step, policy = await world.until(exchange, StepKind.OBTAIN_VISA), world.programme.policy
    now = world.clock.last
    before = step.model_copy(update={"outcomes": ("complete", "refused")})
    assert [one.outcome for one in answers_of(step, policy, now)] == ["apply_again", "refused"]
    assert [one.outcome for one in answers_of(before, policy, now)] == ["refused"]
