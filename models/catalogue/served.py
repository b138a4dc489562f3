"""What serves the learning objectives of the programme (seed)."""

from pydantic import Field

from models.vocabulary import Content
from models.wire import Wire


class Served(Wire):
    """Which contents serve an objective, at which hosts; no hosts named: at each."""

    contents: tuple[Content, ...] = Field(min_length=1)
    hosts: tuple[str, ...] = ()


class Serving(Wire):
    """What serves each objective; empty in policies of before they were told apart."""

    by_content: dict[str, Served] = Field(default_factory=dict)
    of_units: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Of units that name their own objectives, instead of those of their content."""

    def __bool__(self) -> bool:
        """Whether objectives are told apart."""
        return bool(self.by_content)

    @property
    def everywhere(self) -> tuple[str, ...]:
        """Objectives that every host serves."""
        return tuple(key for key, served in self.by_content.items() if not served.hosts)

    def part(self, host: str, content: Content, unit: str = "") -> frozenset[str]:
        """The objectives that a block, or a content without a unit, serves at a host."""
        if unit in self.of_units:
            return frozenset(self.of_units[unit])
        return frozenset(
            key
            for key, served in self.by_content.items()
            if content in served.contents and (not served.hosts or host in served.hosts)
        )
