"""The read side of the records: what people are shown, and to whom. Writes nothing."""

from records.queries.reading import Reading

__all__ = ["Reading"]
