"""The read side of the records: what people are shown, and to whom. Writes nothing."""

from activities.reading.reading import Reading

__all__ = ["Reading"]
