"""Whether Temporal is known to be away: then an act is answered at once, instead of after half a minute of trying."""

from models.errors import Unavailable


class Availability:
    """Whether Temporal answers, as last told by whoever watches it."""

    def __init__(self) -> None:
        self.up = True

    def require(self) -> None:
        """That nobody knows it to be down.

        Raises:
            Unavailable: somebody does; nothing was sent.
        """
        if not self.up:
            raise Unavailable("temporal.away")
