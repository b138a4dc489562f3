"""Names in other scripts beside the Latin letters of a passport: every reading is a candidate, and repairs nothing."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.spoken import spoken
from models.rules.passport_names import name_as_spoken, name_on_page
from models.rules.scripts import READINGS, spoken_as, written_on

ALPHABETS = {
    "cyrillic": "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЫЭЮЯЇЄҐ",
    "greek": "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ",
    "arabic": "بتثجحخدذرزسشصضطظفقكلمنهوي",
}


@pytest.mark.parametrize(
    ("family", "given", "line"),
    [
        ("Ivanov", "Yuri", "Студент: Иванов Юрий Петрович"),
        ("Ivanov", "Iurii", "Иванов Юрий"),
        ("Shevchenko", "Oleksandr", "Олександр Шевченко"),
        ("Tchaikovsky", "Pyotr", "Пётр Чайковский"),
        ("Papadopoulos", "Georgios", "Γεώργιος Παπαδόπουλος"),
        ("Al Sayed", "Mohammed", "الاسم: محمد السيد"),
        ("Hassan", "Fatima", "فاطمة حسن"),
        ("Khalil", "Yousef", "يُوسُف خَلِيل"),
    ],
)
def test_a_name_is_found_by_its_readings(family: str, given: str, line: str) -> None:
    assert name_on_page(family, given, "", ["1", line])
    assert not name_on_page("Whitfield", given, "", [line])
    assert not name_on_page(family, "Eleanor", "", [line])


@pytest.mark.parametrize(
    ("family", "given", "name", "same"),
    [
        ("Zhang", "Wei", "张伟", True),
        ("Zeng", "Lüyi", "曾律怡", True),
        ("LYU", "Min", "吕敏", True),
        ("Shan", "Yu", "单雨", True),
        ("Ouyang", "Xiaoming", "欧阳晓明", True),
        ("Wei", "Zhang", "张伟", True),
        ("Zhang", "Wei", "李娜", False),
        ("Zhang", "Weiwei", "张伟", False),
        ("Zhang", "Wei", "Иванов", False),
        ("-", "Wei", "伟", False),
    ],
)
def test_a_chinese_name_is_compared_as_it_is_spoken(family: str, given: str, name: str, same: bool) -> None:
    assert name_as_spoken(family, given, "", name, spoken) is same


def test_who_has_characters_on_record_is_not_another_who_is_spoken_alike() -> None:
    assert not name_as_spoken("Zhang", "Wei", "章炜", "张伟", spoken)


@pytest.mark.parametrize("alphabet", ALPHABETS.values(), ids=ALPHABETS)
@given(data=st.data())
def test_whatever_is_written_is_found_in_each_of_its_spellings(alphabet: str, data: st.DataObject) -> None:
    words = st.text(alphabet, min_size=2, max_size=8)
    family, given_name = data.draw(words), data.draw(words)
    spelt = ["".join(data.draw(st.sampled_from(READINGS[letter])) for letter in word) for word in (family, given_name)]
    if all(spelt):
        assert written_on([f"{given_name} {family}", "x"], [spelt[0]], [spelt[1]])
        assert not written_on([f"{given_name} {family}"], [spelt[0] + "QXQ"], [spelt[1]])


@given(name=st.text("张李王曾单吕欧阳律怡敏晓明雨伟", min_size=2, max_size=4))
def test_each_way_to_speak_a_name_is_that_name(name: str) -> None:
    said = ["".join(min(spoken(char))).upper().replace("V", "YU") for char in name]
    assert spoken_as(name, said[:1], ["".join(said[1:])], spoken)
    assert not spoken_as(name, said[:1], ["".join(said[1:]), "X"], spoken)


def test_a_page_of_nothing_but_letters_that_may_be_left_out_is_read_at_once() -> None:
    began = time.process_time()
    assert not written_on(["ا" * 2000 + " " + "ا" * 2000] * 20 + ["ا ب " * 500], ["A" * 30], ["A" * 29 + "X"])
    assert time.process_time() - began < 2
