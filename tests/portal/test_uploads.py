"""Files in and out by the portal: read of nobody who may not, within a limit, and given out as what they are."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image

from bench.heic import heic
from examples import papers
from models.errors import BadInput, TooMany
from models.messages.exchange import DocumentAnswer
from models.people.access import ApiScope
from tests.portal.test_api import system
from tests.portal.world import People, Portal

EDGE = "edge"
MULTIPART = {"content-type": f"multipart/form-data; boundary={EDGE}"}
FIELDS = {"csrf": "0" * 64, "key": "k" * 32, "kind": "passport", "expires_on": "2034-03-31"}


class Body:
    """A form with a file of so many bytes, which counts what of it was read."""

    def __init__(self, size: int, fields: dict[str, str]) -> None:
        self.read = 0
        self._size = size
        self._fields = fields

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The form, in pieces."""
        for name, value in self._fields.items():
            part = f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            yield part.encode()
        yield f'--{EDGE}\r\nContent-Disposition: form-data; name="file"; filename="p.pdf"\r\n\r\n%PDF-'.encode()
        while self.read < self._size:
            piece = bytes(min(64 * 1024, self._size - self.read))
            self.read += len(piece)
            yield piece
        yield f"\r\n--{EDGE}--\r\n".encode()


class Taker:
    """Takes documents in place of the gateway's operation."""

    def __init__(self, error: Exception | None = None) -> None:
        self.taken: list[tuple[str, int, dict[str, Any]]] = []
        self._error = error

    async def __call__(
        self, exchange: str, kind: str, name: str, data: AsyncIterator[bytes], *_: object, **more: Any
    ) -> DocumentAnswer:
        """Read what comes, or refuse."""
        if self._error is not None:
            raise self._error
        size = 0
        async for piece in data:
            assert len(piece) <= 256 * 1024, "never whole in memory"
            size += len(piece)
        self.taken.append((kind, size, more))
        return DocumentAnswer(document_id=f"{exchange}.{kind}.0", accepted=True)


@pytest.fixture
def taker(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Taker:
    taker = Taker()
    monkeypatch.setattr(portal.context.services.gateway, "add_document", taker)
    return taker


async def test_nothing_is_read_of_who_may_not_see_the_exchange(portal: Portal, people: People, taker: Taker) -> None:
    student = await portal.signed_in(people.living_student)
    foreign = await system(portal, "sample", ApiScope.DOCUMENTS_WRITE)
    nobody = portal.browser()
    for client, path, headers in [
        (student.http, f"/exchanges/{people.other}/documents", {}),
        (student.http, f"/exchanges/{people.living}/documents", {"origin": "https://elsewhere.example"}),
        (nobody.http, f"/exchanges/{people.living}/documents", {}),
        (foreign, f"/api/v1/exchanges/{people.living}/documents", {"idempotency-key": "key-12345"}),
        (nobody.http, f"/api/v1/exchanges/{people.living}/documents", {"idempotency-key": "key-12345"}),
    ]:
        body = Body(3 * 2**20, FIELDS)
        answer = await client.post(path, content=body, headers=MULTIPART | headers)
        assert answer.status_code in (303, 401, 403, 404), (path, answer.text)
        assert body.read == 0, path
    assert taker.taken == []


@pytest.mark.parametrize("megabytes", [5, 19, 60])
async def test_what_is_too_large_is_refused_in_words(
    portal: Portal, people: People, taker: Taker, megabytes: int
) -> None:
    """A browser is heard out for a while, so that it shows the refusal; nothing of it is kept."""
    student = await portal.signed_in(people.living_student)
    partner = await system(portal, "dartmouth", ApiScope.DOCUMENTS_WRITE)
    fields = FIELDS | {"csrf": await student.csrf()}
    for client, path, headers in [
        (student.http, f"/exchanges/{people.living}/documents", {}),
        (partner, f"/api/v1/exchanges/{people.living}/documents", {"idempotency-key": "key-12345"}),
    ]:
        body = Body(megabytes * 2**20, fields)
        answer = await client.post(path, content=body, headers=MULTIPART | headers)
        assert (answer.status_code, "larger than 4 MB" in answer.text) == (422, True), answer.text
        assert body.read <= 21 * 2**20
    assert taker.taken == []


async def test_a_file_is_passed_on_in_pieces_from_the_page_and_the_api(
    portal: Portal, people: People, taker: Taker
) -> None:
    student = await portal.signed_in(people.living_student)
    partner = await system(portal, "dartmouth", ApiScope.DOCUMENTS_WRITE)
    form = FIELDS | {"csrf": await student.csrf()}
    answer = await student.http.post(
        f"/exchanges/{people.living}/documents", content=Body(3 * 2**20, form), headers=MULTIPART
    )
    assert answer.status_code == 303, answer.text
    api = {"kind": "passport", "expires_on": "2034-03-31"}
    answer = await partner.post(
        f"/api/v1/exchanges/{people.living}/documents",
        content=Body(3 * 2**20, api),
        headers=MULTIPART | {"idempotency-key": "key-12345"},
    )
    assert answer.status_code == 200, answer.text
    assert [(kind, size) for kind, size, _ in taker.taken] == [("passport", 3 * 2**20 + 5)] * 2
    assert {more["expires_on"] for *_, more in taker.taken} == {date(2034, 3, 31)}


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (BadInput("upload.active", "file"), 422, "acts by itself"),
        (BadInput("document.not_needed", "kind", kind="visa", kinds=("passport",)), 422, "needs no"),
        (TooMany("usage.files", "file", most=200, moment="2027-03-01T08:00:00+00:00"), 429, "200 files were sent"),
    ],
)
async def test_a_refusal_is_told_where_the_file_was_chosen(
    portal: Portal, people: People, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, said: str
) -> None:
    monkeypatch.setattr(portal.context.services.gateway, "add_document", Taker(error))
    student = await portal.signed_in(people.living_student)
    partner = await system(portal, "dartmouth", ApiScope.DOCUMENTS_WRITE)
    form = FIELDS | {"csrf": await student.csrf()}
    page = await student.http.post(f"/exchanges/{people.living}/documents", content=Body(9, form), headers=MULTIPART)
    assert (page.status_code, said in page.text) == (status, True)
    answer = await partner.post(
        f"/api/v1/exchanges/{people.living}/documents",
        content=Body(9, {"kind": "passport"}),
        headers=MULTIPART | {"idempotency-key": "key-12345"},
    )
    assert (answer.status_code, said in answer.json()["detail"]) == (status, True)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"", {"content-type": "multipart/form-data"}),
        (b"nonsense", MULTIPART),
        (b"kind=passport", {"content-type": "application/x-www-form-urlencoded"}),
        (b"{}", {"content-type": "application/json"}),
        (f"--{EDGE}\r\n\r\nno name\r\n--{EDGE}--\r\n".encode(), MULTIPART),
        (b'--edge\r\nContent-Disposition: form-data; name="kind"\r\n\r\npassport\r\n--edge--\r\n', MULTIPART),
    ],
)
async def test_what_is_no_form_is_refused(portal: Portal, people: People, body: bytes, headers: dict[str, str]) -> None:
    partner = await system(portal, "dartmouth", ApiScope.DOCUMENTS_WRITE)
    answer = await partner.post(
        f"/api/v1/exchanges/{people.living}/documents",
        content=body,
        headers=headers | {"idempotency-key": "key-12345"},
    )
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize(
    ("name", "data", "given", "kind"),
    [
        ("photo.html", papers.portrait(), "photo.jpg", "image/jpeg"),
        ("scan.pdf.exe", papers.letter("A"), "scan.pdf.pdf", "application/pdf"),
        ("护照.svg", papers.pixel_bomb(), "护照.png", "image/png"),
        ("IMG_0042.HEIC", heic(Image.new("RGB", (640, 480))), "IMG_0042.heic", "image/heic"),
        ("page.pdf", b"<html><script>alert(1)</script></html>", "page.bin", "application/octet-stream"),
        ("cv.jpg", papers.renamed_program(), "cv.bin", "application/octet-stream"),
        (".htaccess", b"Options +Indexes", "htaccess.bin", "application/octet-stream"),
    ],
)
async def test_a_download_is_named_and_typed_by_what_it_is(
    portal: Portal, people: People, name: str, data: bytes, given: str, kind: str
) -> None:
    kept = await portal.office.filing.file_document(people.living, "photo", name, data, people.student, portal.now)
    client = await portal.signed_in(people.living_student)
    answer = await client.get(f"/exchanges/{people.living}/documents/{kept}")
    assert answer.status_code == 200
    assert answer.content == data
    assert answer.headers["content-type"] == kind
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["content-disposition"].endswith(f"filename*=UTF-8''{quote(given, safe='')}")
    assert "sandbox" in answer.headers["content-security-policy"]
