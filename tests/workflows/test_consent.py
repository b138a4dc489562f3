"""A consent played through: no paper before it, all with it, none after it was taken back."""

import pytest

from examples.papers import letter
from models.errors import NotOpen
from models.people.authorization import Actor
from models.people.consents import ConsentTo
from models.vocabulary import StepKind
from tests.workflows.test_refusals import refused
from tests.workflows.world import LAB_ONLY, World


async def test_papers_go_with_a_consent_alone(world: World) -> None:
    world.agree = False
    exchange = await world.nominate(LAB_ONLY)
    step = await world.until(exchange, StepKind.SUBMIT_DOCUMENTS)
    student, sending, host = world.people.actor(step.owner), world.sending(exchange), world.host(exchange)

    async def hand_in(kind: str, actor: Actor) -> str:
        answer = await world.gateway.add_document(exchange, kind, f"{kind}.pdf", letter(kind), actor)
        return answer.document_id

    async def opens(document: str) -> bytes:
        return (await world.gateway.papers.open(exchange, document, host, world.clock.last)).data

    await refused(NotOpen, "consent.missing .*kind=cv_study_plan", hand_in("cv_study_plan", student))
    early = await hand_in("cv_study_plan", sending)
    with pytest.raises(NotOpen, match=r"consent.not_sent"):
        await opens(early)
    consents = world.gateway.consents
    shown = await consents.show(exchange, student, "en")
    assert shown is not None
    answers = {ConsentTo.TRANSFER: True, ConsentTo.SENSITIVE: False}
    await consents.answer(exchange, answers, student, notice=shown.notice.id, language="en")
    assert await opens(early) == letter("cv_study_plan")
    await refused(NotOpen, "consent.refused .*kind=passport", hand_in("passport", student))
    no = {ConsentTo.TRANSFER: False}
    await consents.answer(exchange, no, student, notice=shown.notice.id, language="en")
    await refused(NotOpen, "consent.refused .*kind=enrolment_proof", hand_in("enrolment_proof", student))
    await refused(NotOpen, "consent.refused .*kind=enrolment_proof", hand_in("enrolment_proof", sending))
    assert await opens(early) == letter("cv_study_plan"), "what was sent stays"
    told = {m.recipient_id for m in await world.messages(exchange, "consent_withdrawn")}
    assert told == {student.id, sending.id, host.id}
    again = dict.fromkeys(ConsentTo, True)
    await consents.answer(exchange, again, student, notice=shown.notice.id, language="en")
    await world.until(exchange, StepKind.HOST_APPROVAL)
