"""Who is who for an exchange: both sides, with the telephone of a post whoever holds it."""

from models.catalogue.loading import load_programme
from models.people.access import Member
from models.people.reached import offices_of
from models.people.roster import repeople
from models.vocabulary import Role


def test_a_successor_is_reached_as_the_post_is() -> None:
    programme = load_programme()
    post = next(one for one in programme.institutions["cqmu"].contacts if one.phone)
    named = Member(person=post.id, role=post.role, institution="cqmu", name="Wu Lan", email="wu.lan@cqmu.example")
    repeople(programme, [named], frozenset())
    host, sending = offices_of(programme, "dartmouth", "cqmu", ["cqmu-lipid", "cqmu-lipid"])
    found = next(one for one in host.people if one.id == post.id)
    assert (found.name, found.phone, found.hours_zh) == ("Wu Lan", post.phone, post.hours_zh)
    assert [one.unit for one in host.people if one.role is Role.SUPERVISOR] == ["cqmu-lipid"]
    assert host.host
    assert not sending.host
    assert [one.role for one in sending.people] == [Role.COORDINATOR, Role.HEAD_OF_OFFICE, Role.PARTNER_OFFICE]
    assert Role.PROGRAMME_OFFICE in {one.role for one in host.people}, "the programme's own office is at home"
