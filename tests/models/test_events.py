"""The registry of events: every class is in it, and says what it is called."""

from models.events import EVENT, KINDS, Fact


def test_every_class_of_event_is_one_of_the_union() -> None:
    assert set(KINDS.values()) == set(Fact.__subclasses__())
    assert all(set(one.model_fields) - {"kind"} >= set(Fact.model_fields) for one in KINDS.values())


def test_every_event_is_told_by_its_kind() -> None:
    schema = EVENT.json_schema()
    assert set(schema["discriminator"]["mapping"]) == set(KINDS)


def test_every_event_has_a_title_of_its_own_class() -> None:
    assert [kind for kind, one in KINDS.items() if not vars(one).get("title")] == []
