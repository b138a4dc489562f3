"""In which exchanges a forecast has a step."""

from enum import StrEnum


class Foreseen(StrEnum):
    """In which exchanges that go well a step is asked: after the steps before it whose answers open it, or on a day."""

    ALWAYS = "always"
    FORM_UNDECIDED = "form_undecided"
    """Where a coordinator decides the visa form (D3)."""
    CLINICAL = "clinical"
    EACH_BLOCK = "each_block"
    """Once for every block in a unit."""
    END_OF_EACH_BLOCK = "end_of_each_block"
    EVALUATION_WEEK = "evaluation_week"
    """From the week on in which the programme is evaluated (D41)."""
    LAST_DAY = "last_day"
    LECTURES = "lectures"
    """Where there are lectures or a cultural programme."""
    BY_LAW = "by_law"
    """Where the law of the host's country asks for it on arrival."""


ON_A_DAY = frozenset({Foreseen.END_OF_EACH_BLOCK, Foreseen.EVALUATION_WEEK, Foreseen.LAST_DAY})
"""Where a step is asked on a day of the stay, whatever was answered before."""
