"""The tables of words that pages look up by name, wherever they are kept."""

from texts import (
    authority,
    broadcasts,
    changes,
    clearances,
    consents,
    conversation,
    document_words,
    facts,
    forms,
    labels,
    letters,
    own_data,
    particulars,
    replans,
    sessions,
    units,
    words,
)

TABLES = (
    *(labels, authority, forms, words, letters, broadcasts),
    *(
        units,
        particulars,
        sessions,
        changes,
        replans,
        clearances,
        own_data,
        facts,
        document_words,
        consents,
        conversation,
    ),
)


def table(group: str) -> dict[str, str]:
    """The table of a name.

    Raises:
        AttributeError: there is none.
    """
    for module in TABLES:
        if hasattr(module, group):
            found: dict[str, str] = getattr(module, group)
            return found
    raise AttributeError(group)
