"""What the API answers when something is wrong: Problem Details (RFC 9457)."""

from http import HTTPStatus

from fastapi.responses import JSONResponse

PREFIX = "/api/v1"
CONTENT_TYPE = "application/problem+json"


def problem(status: int, code: str, detail: str, headers: dict[str, str] | None = None, **more: object) -> JSONResponse:
    """A refusal; `code` is for programs, `detail` for people."""
    body = {
        "type": f"urn:sojourn:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
    } | more
    return JSONResponse(body, status_code=status, headers=headers, media_type=CONTENT_TYPE)
