"""The portal as people use it: real Chromium and real service, for everybody who works with it."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from dev.stack import DevStack
from examples.papers import paper_for
from models.messages.exchange import Decide
from models.people.absences import Preferences
from models.people.authorization import Actor
from models.posting import DigestChoice
from models.vocabulary import Role, StepKind
from tests.journey.browser import DESKTOP, NARROW, PHONE, at_browser, link_in_mail, open_browser, violations
from tests.journey.journey import COHORT, Journey, open_journey, settings_in

pytestmark = [pytest.mark.live, pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

COORDINATOR = "coordinator@cqmu.example"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with open_browser() as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> AsyncIterator[DevStack]:
    folder = tmp_path_factory.mktemp("portal")
    async with DevStack(settings_in(folder), folder, temporal_port=0, smtp_port=0, portal_port=0, ui=False) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def journey(stack: DevStack) -> AsyncIterator[Journey]:
    """Students in all the stages that the pages tell apart."""
    async with open_journey(stack) as opened:
        await opened.nominate(COHORT[:6])
        yield opened


def exchanges(journey: Journey) -> list[str]:
    return sorted(journey.travellers)


async def test_a_coordinator_clears_the_worklist(browser: Browser, stack: DevStack, journey: Journey) -> None:
    async with at_browser(browser, stack) as coordinator:
        page = coordinator.page
        await page.goto(f"{coordinator.base}/exchanges/{exchanges(journey)[0]}")
        assert "/sign-in?next=" in page.url
        await coordinator.sign_in(COORDINATOR)
        await coordinator.go("/worklist")
        await coordinator.keep("worklist")
        first = page.locator(".items > li").first
        code = await first.locator("a.code").inner_text()
        await first.get_by_role("button", name=re.compile("^Verify")).click()
        await page.wait_for_url("**/worklist")
        assert "Recorded: Verify the nomination – verified." in await coordinator.text()
        assert code not in await page.locator(".items").inner_text()
        view = await journey.row(code)
        assert StepKind.SUBMIT_DOCUMENTS in {step.kind for step in view.steps}
        boxes = page.locator(".items input[type=checkbox]")
        for number in range(2):
            await boxes.nth(number).check()
        assert await page.inner_text("#picked") == "2"
        await page.click(".bulk button")
        assert "Nothing has been done yet" in await coordinator.text()
        await page.click("main form button")
        assert "2 of 2 recorded" in await coordinator.text()
        await coordinator.keep("bulk-done")


async def test_of_two_who_decide_one_wins_and_the_other_is_told(
    browser: Browser, stack: DevStack, journey: Journey
) -> None:
    async with at_browser(browser, stack) as one, at_browser(browser, stack) as other:
        await one.sign_in(COORDINATOR)
        await other.sign_in("head.of.office@cqmu.example")
        await one.go("/worklist")
        code = await one.page.locator(".items a.code").last.inner_text()
        step = f"{code}.verify_nomination.1"
        await other.go(f"/steps/{step}/returned")
        await one.go(f"/steps/{step}")
        await one.page.get_by_role("button", name="Verify").click()
        await one.page.wait_for_load_state()
        await other.page.fill("#f-note", "The dates are wrong.")
        await other.page.click("main form button")
        told = await other.text()
        assert "was answered by Liu Wenqing" in told
        assert "Your answer was not taken." in told
        await other.keep("answered-already")


async def test_a_student_hands_in_a_paper_on_a_phone_without_script_in_chinese(
    browser: Browser, stack: DevStack, journey: Journey, tmp_path: Path
) -> None:
    code = await waiting_for(journey, StepKind.SUBMIT_DOCUMENTS)
    traveller = journey.travellers[code]
    address = await address_of(journey, code)
    async with at_browser(browser, stack, language="zh", script=False, viewport=PHONE) as person:
        page = person.page
        await person.sign_in(address)
        assert page.url.endswith(f"/exchanges/{code}")
        assert "提交申请材料" in await page.inner_text("main")
        assert "现在" in await page.inner_text(".now h2")
        await person.keep("student-phone-zh")
        await agree(person.page, code)
        wrong = tmp_path / "passport.pdf"
        wrong.write_bytes(b"%PDF-1.4 this is no PDF")
        await hand_in(person.page, "passport", wrong)
        assert "需更换" in await person.text() or "需要更换" in await person.text()
        name, data = paper_for("passport", "Passport", traveller.holder, date(2031, 1, 1))
        right = tmp_path / name
        right.write_bytes(data)
        await hand_in(person.page, "passport", right)
        assert "材料已读取，内容一致。" in await person.text()
        await person.keep("student-documents-zh")
    assert traveller.exchange_id == code


async def address_of(journey: Journey, code: str) -> str:
    form = await journey.services.reading.nomination(code)
    assert form is not None
    return str(form["email"])


async def agree(page: Page, code: str) -> None:
    """Follow the way that stands before the first document: read the notice, answer both questions, go back."""
    await page.click(f'a.button[href="/exchanges/{code}/consent"]')
    for about in ("transfer", "sensitive"):
        await page.check(f"#c-{about}-yes")
    await page.click('section[aria-labelledby="answer"] form button')
    await page.click(f'main a[href="/exchanges/{code}"] >> nth=-1')


async def hand_in(page: Page, kind: str, file: Path) -> None:
    """Fill in the form of one document and send it."""
    form = page.locator(f"#doc-{kind}")
    if await form.get_attribute("open") is None:
        await form.locator("summary").click()
    await form.locator("input[type=file]").set_input_files(file)
    for field in ("issued_on", "expires_on"):
        box = form.locator(f"input[name={field}]")
        if await box.count():
            await box.fill("2031-01-01" if field == "expires_on" else "2026-01-05")
    await form.locator("button").click()
    await page.wait_for_load_state()


async def test_a_page_follows_what_happens(browser: Browser, stack: DevStack, journey: Journey) -> None:
    async with at_browser(browser, stack) as coordinator:
        await coordinator.sign_in(COORDINATOR)
        code = await waiting_for(journey, StepKind.VERIFY_NOMINATION)
        page = await coordinator.go(f"/exchanges/{code}")
        await page.wait_for_timeout(500)
        step = f"{code}.verify_nomination.1"
        actor = Actor(id="cqmu.coordinator", role=Role.COORDINATOR, institution="cqmu")
        decision = Decide(decision_id=f"elsewhere-{code}", step_id=step, outcome="verified", actor=actor)
        await journey.services.gateway.decide(decision)
        await page.wait_for_selector("text=Hand in the application documents", timeout=15_000)
        assert await page.inner_text("#status") == "The page was updated."


async def waiting_for(journey: Journey, kind: StepKind) -> str:
    for code in exchanges(journey):
        if kind in {step.kind for step in await journey.steps(code)}:
            return code
    raise AssertionError(kind)


async def test_a_supervisor_answers_from_the_mail(browser: Browser, stack: DevStack, journey: Journey) -> None:
    since = time.time()
    supervisors = journey.programme.contacts("cqmu", Role.SUPERVISOR)
    for one in supervisors:  # who wants no digest hears of every step at once
        wanted = Preferences(person=one.id, digest=DigestChoice.OFF)
        office = Actor(id="cqmu.programme_office", role=Role.PROGRAMME_OFFICE, institution="cqmu")
        await journey.services.gateway.set_preferences(wanted, office, f"at-once-{one.id}")
    code = exchanges(journey)[-1]
    await journey.go_with(journey.travellers[code], StepKind.ACCEPT_STUDENT)
    step = next(one for one in await journey.steps(code) if one.kind is StepKind.ACCEPT_STUDENT)
    contact = journey.programme.contacts("cqmu", Role.SUPERVISOR, step.owner.unit)[0]
    link = await link_in_mail(stack, contact.email, "/act/", since)
    async with at_browser(browser, stack, viewport=PHONE) as supervisor:
        page = supervisor.page
        for _ in range(3):
            await page.goto(link)  # as a mail scanner would
        assert StepKind.ACCEPT_STUDENT in {one.kind for one in await journey.steps(code)}
        await supervisor.keep("supervisor-mail-link")
        answered = await page.locator("main .code").inner_text()
        await page.get_by_role("link", name=re.compile("^Accept")).click()
        await page.get_by_role("button", name="Accept").click()
        await page.wait_for_load_state()
        assert f"Answered by {contact.name}" in await supervisor.text()
        await page.goto(link)
        assert "There is nothing left to do here." in await supervisor.text()
        await page.goto(link[:-3] + "xyz")
        assert "This link is used up" in await supervisor.text()
        await page.goto(f"{supervisor.base}/worklist")
        assert "/sign-in" in page.url, "a link answers one step and signs nobody in"
    assert answered in exchanges(journey)


async def test_a_partner_office_sees_its_students_at_one_glance(
    browser: Browser, stack: DevStack, journey: Journey
) -> None:
    async with at_browser(browser, stack) as office:
        await office.sign_in("partner.office@dartmouth.example")
        assert office.page.url.endswith("/board")
        text = await office.text()
        for code in exchanges(journey):
            own = journey.travellers[code].plan.sending == "dartmouth"
            assert (code in text) == own
        assert "seats free" in text
        await office.keep("board")
        await office.page.select_option("#view", "table")
        await office.page.click(".filters button")
        assert "view=table" in office.page.url
        async with office.page.expect_download() as download:
            await office.page.click("text=Export as CSV")
        saved = await (await download.value).path()
        saved_text = await asyncio.to_thread(Path(saved).read_text, encoding="utf-8-sig")
        assert any(code in saved_text for code in exchanges(journey))


async def test_the_programme_office_sees_before_it_suspends(
    browser: Browser, stack: DevStack, journey: Journey
) -> None:
    async with at_browser(browser, stack) as office:
        await office.sign_in("programme.office@cqmu.example")
        await office.go("/admin/suspensions")
        await office.page.select_option("#f-scope", "exchange")
        await office.page.fill("#f-target", exchanges(journey)[0])
        await office.page.fill("#f-words", "The border is closed.")
        await office.page.click("text=Show what it would touch")
        assert "1 exchange, 0 taken out." in await office.text()
        await office.keep("suspension-preview")
        await office.page.click("text=Suspend now")
        await office.page.wait_for_load_state()
        await office.go(f"/exchanges/{exchanges(journey)[0]}")
        await office.page.wait_for_selector("text=Suspended since", timeout=15_000)
        await office.go("/admin/suspensions")
        await office.page.click("main table a")
        await office.page.click("text=Resume")
        await office.page.wait_for_load_state()


PAGES: dict[str, tuple[str, ...]] = {
    "": ("/", "/sign-in", "/sign-in/sent", "/options", "/verify", "/verify/nothing", "/mailbox"),
    "programme.office@cqmu.example": (
        "/worklist", "/worklist?tab=others", "/exchanges", "/exchanges/{code}", "/board", "/board?view=table",
        "/nominate", "/overdue", "/places?from=2027-03-01", "/places?view=beds", "/cohorts", "/cohorts/{cohort}",
        "/levels", "/arrivals", "/connections", "/admin", "/admin/people", "/admin/people/new", "/admin/absences",
        "/admin/suspensions", "/admin/mail?status=sent", "/events", "/profile", "/exchanges/{code}/withdraw",
        "/worklist?tab=done", "/exchanges/{code}/conversation", "/exchanges/{code}/people",
        "/exchanges/{code}/housing", "/exchanges/{code}/changes", "/exchanges/{code}/clearances",
        "/exchanges/{code}/papers", "/exchanges/{code}/rules", "/exchanges/{code}/letters", "/exchanges/{code}/data",
        "/cohorts/{cohort}/days", "/sessions", "/messages", "/messages/write", "/units", "/year", "/directory",
        "/api/v1/docs",
    ),
}  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_every_page_is_accessible(browser: Browser, stack: DevStack, journey: Journey, theme: str) -> None:
    """axe-core finds nothing, in both themes; and nothing needs scrolling sideways at 320 pixels."""
    code = exchanges(journey)[0]
    names = {"code": code, "cohort": journey.travellers[code].plan.cohort.id}
    found: list[str] = []
    looked = 0
    for address, paths in PAGES.items():
        language = "zh" if theme == "dark" else "en"
        async with at_browser(browser, stack, language=language, viewport=DESKTOP, color_scheme=theme) as person:
            if address:
                await person.sign_in(address)
            for path in paths:
                answer = await person.page.goto(person.base + path.format(**names))
                assert answer is not None
                assert answer.status in (200, 404)
                found += [f"{path}: {one}" for one in await violations(person.page)]
                name = re.sub(r"\W+", "-", path.format(code="exchange", cohort="cohort")).strip("-") or "start"
                await person.keep(f"{theme}-{name}")
                await person.page.set_viewport_size(NARROW)
                wide = await person.page.evaluate("document.documentElement.scrollWidth")
                if wide > NARROW["width"]:
                    found.append(f"{path}: is {wide} wide at 320")
                    await person.keep(f"{theme}-{name}-narrow")
                await person.page.set_viewport_size(DESKTOP)
                looked += 1
    assert not found, "\n".join(found)
    assert looked == sum(map(len, PAGES.values()))


async def test_the_keyboard_alone_is_enough(browser: Browser, stack: DevStack, journey: Journey) -> None:
    async with at_browser(browser, stack) as person:
        await person.sign_in("programme.office@cqmu.example")
        page = await person.go("/worklist?tab=mine")
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.className") == "skip"
        await page.keyboard.press("Enter")
        assert await page.evaluate("document.activeElement.id") == "main"
        await page.keyboard.press("j")
        focused = await page.evaluate("document.activeElement.id")
        assert re.fullmatch(r"row-\d+", focused) or await page.locator(".items > li").count() == 0


async def test_first_paint_is_small(browser: Browser, stack: DevStack, journey: Journey) -> None:
    """Page, stylesheet, script and icon together: at most 60 kB on the wire."""
    async with at_browser(browser, stack) as person:
        await person.sign_in(COORDINATOR)
        page = await person.go("/worklist")
        await page.wait_for_load_state("load")
        sizes = await page.evaluate(
            """() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
                .filter((one) => !one.name.endsWith('/live')).map((one) => one.encodedBodySize)"""
        )
        assert len(sizes) >= 3, "page, stylesheet and script"
        assert 0 < sum(sizes) <= 60_000, sizes
