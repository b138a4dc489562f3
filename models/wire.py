"""Base of everything that crosses a process: frozen, tolerant of fields a newer version added."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,119}$")]
"""An identifier without personal data: letters, digits and ``. _ : / -``, at most 120 characters."""

Moment = AwareDatetime
"""A point in time; always carries its offset, stored as UTC."""


class Wire(BaseModel):
    """A value on the wire. New fields always get a default, so that old histories still replay."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Form(BaseModel):
    """A value typed by a person: unknown fields are a mistake worth saying."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
