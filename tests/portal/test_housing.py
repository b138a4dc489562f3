"""Housing, the emergency card and the list of who is here, as people meet them."""

from tests.portal.world import People, Portal

CARD = {
    "phone": "+86 23 1234 5678",
    "address": "Hall 3, room 101",
    "contact": "Pat Example",
    "relation": "parent",
    "contact_phone": "+1 603 555 0100",
    "insurer": "Example Mutual",
    "hotline": "+1 800 555 0100",
    "policy_number": "P-1",
}


async def test_an_address_outside_is_recorded_and_shown_to_those_concerned(portal: Portal, people: People) -> None:
    path = f"/exchanges/{people.living}/housing"
    student = await portal.signed_in(people.living_student)
    page = (await student.get(path)).text
    assert "None is on record." in page
    assert f'action="{path}/residence"' in page
    assert f'action="{path}/handover"' not in page
    assert "A bed is chosen once" not in page, "the student chooses none"
    lives = {"address": "12 Elm Street", "first_night": "2027-03-01", "last_night": "2027-06-30", "rent": "850"}
    refused = await student.post(f"{path}/residence", lives)
    assert refused.status_code == 422
    assert 'value="12 Elm Street"' in refused.text
    assert (await student.post(f"{path}/residence", lives | {"currency": "USD"})).status_code == 303
    officer = await portal.signed_in("cqmu.housing_officer")
    shown = (await officer.get(path)).text
    assert "12 Elm Street" in shown
    given = {"on": "2027-03-01", "condition": "good", "by": "Lin", "keys": "2"}
    assert (await officer.post(f"{path}/handover", given)).status_code == 303
    housed = (await officer.get(path)).text
    assert '<span class="tag">钥匙未归还</span>' in housed, "nothing is late while the student lives there"
    assert "学生确认参加后再安排床位。" in housed
    assert f'action="{path}/bed"' not in housed
    for person in ("cqmu.occupational_health", "dartmouth.partner_office", people.other_student):
        client = await portal.signed_in(person)
        assert (await client.get(path)).status_code == 404
        assert (await client.post(f"{path}/residence", lives | {"currency": "USD"})).status_code == 404


async def test_the_card_is_asked_of_the_student_and_opened_by_whom_they_agreed_to(
    portal: Portal, people: People
) -> None:
    path = f"/exchanges/{people.living}/card"
    student, host = await portal.signed_in(people.living_student), await portal.signed_in("cqmu.coordinator")
    assert (await host.get(path)).status_code == 404
    refused = await student.post(path, CARD | {"shown_to": "sending"})
    assert "Without your consent" in refused.text
    assert (await student.post(path, CARD | {"shown_to": "host"})).status_code == 303
    assert "Pat Example" in (await host.get(path)).text
    printed = await host.get(f"{path}/zh")
    assert printed.content.startswith(b"%PDF")
    for person in ("dartmouth.coordinator", "cqmu.occupational_health", "cqmu.supervisor.lipid"):
        assert (await (await portal.signed_in(person)).get(path)).status_code == 404
    exchange = (await student.get(f"/exchanges/{people.living}")).text
    assert "Emergency card opened" in exchange
    assert "Pat Example" not in exchange
    erased = await student.post(path, {"erase": "yes", "key": "e" * 32})
    assert erased.status_code == 303, erased.text
    assert (await host.get(path)).status_code == 404


async def test_who_is_who_is_shown_to_both_sides_and_where_a_student_lives_to_fewer(
    portal: Portal, people: People
) -> None:
    path = f"/exchanges/{people.exchange}/people"
    student = await portal.signed_in(people.student)
    page = (await student.get(path)).text
    assert 'href="tel:120"' in page
    for said in (
        "1 Yixueyuan Road",
        "中国重庆市",
        "Margaret Hale",
        "+86 23 0000 0110",
        "Monday to Friday, 8:00 to 17:00",
    ):
        assert said in page
    assert "Cao Renjie" in page, "who supervises the unit of the stay"
    assert "Tuesday and Thursday" in page
    assert "国际学生公寓A座301室" in page
    supervisor = (await (await portal.signed_in("cqmu.supervisor.lipid")).get(path)).text
    assert "Tuesday and Thursday" in supervisor
    assert "国际学生公寓" not in supervisor
    assert (await (await portal.signed_in(people.other_student)).get(path)).status_code == 404


async def test_a_card_begins_with_the_address_on_record(portal: Portal, people: People) -> None:
    student = await portal.signed_in(people.living_student)
    lives = {"address": "12 Elm Street", "address_local": "榆树街12号", "first_night": "2027-03-01"}
    kept = await student.post(f"/exchanges/{people.living}/housing/residence", lives | {"last_night": "2027-06-30"})
    assert kept.status_code == 303
    page = (await student.get(f"/exchanges/{people.living}/card")).text
    assert 'value="12 Elm Street"' in page
    assert 'value="榆树街12号"' in page


async def test_who_is_here_is_listed_for_those_who_look_after_them(portal: Portal, people: People) -> None:
    officer = await portal.signed_in("cqmu.housing_officer")
    page = await officer.get("/directory")
    assert page.status_code == 200
    assert "在校学生" in page.text
    assert (await officer.get("/directory?from=2027-02-01&to=2027-12-31")).status_code == 200
    assert (await officer.get("/directory?open=yes")).status_code == 200
    for person in ("dartmouth.partner_office", "cqmu.occupational_health", people.student):
        assert (await (await portal.signed_in(person)).get("/directory")).status_code == 404
