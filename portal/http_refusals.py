"""Refusals of HTTP itself: what was wrong with a request as such, as a message."""

from collections.abc import Mapping

from starlette.exceptions import HTTPException

from models.errors import Message, Said


class HttpRefusal(HTTPException):
    """A request that is refused before anything is asked of the service."""

    def __init__(self, status: int, told: Said, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, told.message, headers)
        self.told = told


OF_THE_FRAMEWORK: dict[int, Said] = {404: Said("page.unknown", {}), 405: Said("request.method", {})}
"""What the framework refuses by itself."""


def told(error: HTTPException) -> Message:
    """What is said of a refusal of HTTP."""
    if isinstance(error, HttpRefusal):
        return error.told
    return OF_THE_FRAMEWORK.get(error.status_code, Said("request.refused", {}))
