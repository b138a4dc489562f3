"""By what a kind of document is known when it is read: data of the catalogue, in English and Chinese."""

from pydantic import Field

from models.wire import Wire


class Signs(Wire):
    """What stands on a document of one kind. How it is compared is in `models.rules.paper_signs`."""

    titles: tuple[str, ...] = ()
    """What it calls itself, in every wording in use; one of them is enough."""
    zone: bool = False
    """It has the machine-readable zone of a passport."""
    holder: bool = True
    """It names whom it is of."""
    issuer: bool = True
    """It names who issued it: a university, an office, an insurer."""
    dates: int = Field(default=1, ge=0)
    """How many dates stand on it at least."""
