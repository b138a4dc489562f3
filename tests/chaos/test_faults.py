"""Faults are drawn from the seed alone, every kind before any comes again; the table goes between its marks."""

import random
from datetime import date
from itertools import islice

import pytest

from chaos.faults import KILLS, OF_ALL_KINDS, drawn, kill_database
from chaos.figures import Figure
from chaos.table import BEGIN, END, table_of, written


def names(seed: int, database: str = "postgresql") -> list[list[str]]:
    faults = islice(drawn(OF_ALL_KINDS, random.Random(seed), database), 40)
    return [[fault.__name__ for fault in together] for together in faults]


def test_the_same_seed_draws_the_same_faults() -> None:
    assert names(7) == names(7)
    assert names(7) != names(8)
    assert any(len(together) == 2 for together in names(7))


def test_every_kind_comes_before_any_bag_is_filled_again() -> None:
    flat = [name for together in names(3) for name in together]
    assert {fault.__name__ for fault in OF_ALL_KINDS} == set(flat[: len(OF_ALL_KINDS)])


def test_a_file_is_not_killed() -> None:
    assert kill_database in KILLS
    assert all("kill_database" not in together for together in names(1, "sqlite"))


def test_the_table_goes_between_its_marks() -> None:
    figures = [Figure("decisions", "many", "0", "0", True), Figure("mail", "241 s", "≤ 15 s", "-", None)]
    table = table_of(figures, 7, date(2026, 11, 26))
    document = written(f"before\n{BEGIN}\nstale\n{END}\nafter\n", table)
    assert "| decisions | many | 0 | 0 | holds |" in document
    assert "stale" not in document
    assert written(document, table) == document
    with pytest.raises(ValueError, match="no place"):
        written("nothing", table)
