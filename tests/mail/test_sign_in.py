"""The mail with a link to sign in: at once over real SMTP, good for its browser, and never sent when it is stale."""

import re
from dataclasses import replace
from datetime import timedelta

from mail.outbox import Outbox
from records.access.sessions import Access
from records.access.signing import Signing
from tests.mail.test_send import Post, post, small_post
from tests.mail.world import NOW

__all__ = ["post", "small_post"]

SECRET = "a secret for tests that is long enough"
ADDRESS = "coordinator@cqmu.example"


async def test_a_link_to_sign_in_is_mailed_while_it_is_good(small_post: Post) -> None:
    small_post.settings = replace(small_post.settings, secret=SECRET, public_url="https://portal.example")
    access = Access(
        small_post.world.sessions, small_post.world.programme, Outbox(small_post.world.programme), Signing(SECRET)
    )
    await access.ask_link(ADDRESS, "browser", "caller", NOW, language="zh")
    async with small_post.open():
        await small_post.send(NOW + timedelta(minutes=1))
    [mail] = small_post.kept()
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "登录" in str(mail["Subject"])
    assert "如非本人操作" in text
    [token] = re.findall(r"https://portal\.example/sign-in/(\S+)", text)
    opened, _ = await access.redeem_link(token, "browser", "", NOW + timedelta(minutes=2))
    assert opened.session.person == "cqmu.coordinator"


async def test_a_link_that_is_too_old_is_not_mailed(small_post: Post) -> None:
    small_post.settings = replace(small_post.settings, secret=SECRET)
    access = Access(
        small_post.world.sessions, small_post.world.programme, Outbox(small_post.world.programme), Signing(SECRET)
    )
    await access.ask_link(ADDRESS, "browser", "caller", NOW)
    async with small_post.open():
        answer = await small_post.send(NOW + timedelta(minutes=16))
    assert answer.sent == 0
    assert small_post.kept() == []
    assert {message.status for message in await small_post.world.messages()} == {"withdrawn"}
