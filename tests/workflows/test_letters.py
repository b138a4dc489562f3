"""Letters through the gateway: written by those who may, asked once, refused with what is missing."""

import pytest

from models.errors import Conflict, NotAuthorised
from models.people.letters import LetterKind
from models.vocabulary import Role
from tests.workflows.world import World


async def test_a_letter_is_written_once_and_refused_with_what_it_lacks(world: World) -> None:
    exchange = await world.nominate()
    letters, sending = world.gateway.letters, world.sending(exchange)
    with pytest.raises(NotAuthorised, match=r"not_allowed.letter"):
        await letters.write(exchange, LetterKind.NOMINATION, world.host(exchange), request_id="l0")
    written = await letters.write(exchange, LetterKind.NOMINATION, sending, request_id="l1")
    again = await letters.write(exchange, LetterKind.NOMINATION, sending, request_id="l1")
    same = await letters.write(exchange, LetterKind.NOMINATION, sending, request_id="l2")
    assert (written.version, written.repeated) == (1, False)
    assert {(one.number, one.version) for one in (written, again, same)} == {(written.number, 1)}
    assert same.repeated
    officer = world.host(exchange, Role.HOUSING_OFFICER)
    with pytest.raises(Conflict, match=r"letter.incomplete"):
        await letters.write(exchange, LetterKind.HOUSING, officer, request_id="l3")
    view = await world.view(exchange)
    assert [(one.letter, one.number) for one in view.letters] == [(LetterKind.NOMINATION, written.number)]
    told = await world.messages(exchange, "letter_written")
    assert {message.recipient_role for message in told} == {"coordinator"}
