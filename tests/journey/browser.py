"""A real Chromium, and people at it: they sign in by the link in their mail and press what they see."""

import asyncio
import os
import re
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from importlib import resources
from pathlib import Path
from typing import Any, cast

import pytest
from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, async_playwright

from dev.mailsink import mails_in
from dev.stack import DevStack

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
SCREENS = Path("var/screens")
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
NARROW: ViewportSize = {"width": 320, "height": 640}
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def chromium() -> str:
    """Where Chromium is; without one these tests are left out, unless the environment says that they must run."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        if os.environ.get("BROWSER_REQUIRED"):
            pytest.fail("Chromium is not installed; on Debian: apt-get install chromium")
        pytest.skip("Chromium is not installed; on Debian: apt-get install chromium")
    return found


@asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    """Chromium without a window."""
    path = chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Person:
    """Somebody at a browser of their own."""

    stack: DevStack
    context: BrowserContext
    page: Page
    faults: list[str]
    language: str = "en"

    @property
    def base(self) -> str:
        """Where the portal is."""
        assert self.stack.portal_address is not None
        return self.stack.portal_address

    async def go(self, path: str) -> Page:
        """Open a page; it must be one."""
        answer = await self.page.goto(self.base + path)
        assert answer is not None
        assert answer.status == 200, (path, answer.status)
        return self.page

    async def sign_in(self, address: str) -> None:
        """Ask for a link, open it from the mail, and confirm."""
        since = time.time() - 1
        await self.go("/sign-in")
        await self.page.fill("#f-email", address)
        await self.page.click("main button")
        link = await link_in_mail(self.stack, address, r"/sign-in/", since)
        await self.page.goto(link)
        await self.page.click("main button")
        await self.page.wait_for_load_state()
        if await self.page.get_attribute("html", "lang") != {"en": "en", "zh": "zh-Hans"}[self.language]:
            if await self.page.is_visible(".fold > summary"):
                await self.page.click(".fold > summary")
            await self.page.click(".who form[action='/language'] button")
            await self.page.wait_for_load_state()

    async def keep(self, name: str) -> None:
        """Keep what is to be seen now."""
        await self.page.screenshot(path=SCREENS / f"{name}.png", full_page=True)  # makes its folder

    async def text(self) -> str:
        """What the page says."""
        return await self.page.inner_text("body")


@asynccontextmanager
async def at_browser(
    browser: Browser, stack: DevStack, *, language: str = "en", script: bool = True, **options: Any
) -> AsyncIterator[Person]:
    """A person at a browser; whatever the page complains about in its console is a fault."""
    size = options.pop("viewport", DESKTOP)
    locale = {"en": "en-US", "zh": "zh-CN"}[language]
    context = await browser.new_context(viewport=size, locale=locale, java_script_enabled=script, **options)
    page = await context.new_page()
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    try:
        yield Person(stack, context, page, faults, language)
        unexpected = [fault for fault in faults if "status of 4" not in fault and "status of 5" not in fault]
        assert not unexpected
    finally:
        await context.close()


async def link_in_mail(stack: DevStack, address: str, pattern: str, since: float, *, within: float = 30) -> str:
    """A link of the newest mail to an address."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        for file in reversed(mails_in(stack.mailbox)):
            if file.stat().st_mtime < since:
                break
            message = message_from_bytes(file.read_bytes(), policy=default)
            body = cast(Any, message).get_body(("plain",))
            found = re.search(rf"https?://\S*{pattern}\S+", str(body.get_content())) if body else None
            if address in str(message["To"]) and found:
                return found[0]
        await asyncio.sleep(0.1)
    raise AssertionError(f"no mail to this address with {pattern} within {within:.0f} s")


def axe_source() -> str:
    """axe-core, as its npm package has it."""
    return resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


async def violations(page: Page) -> list[str]:
    """What axe-core finds wrong with a page. Evaluated by the debugger: the page's own policy forbids scripts."""
    await page.evaluate(axe_source())
    found = await page.evaluate("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", AXE_RULES)
    return [
        f"{one['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]
