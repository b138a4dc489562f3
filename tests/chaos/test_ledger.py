"""The driver's book: on disk before an act is asked, whole up to the line that was being written."""

from pathlib import Path

from chaos.ledger import Answer, Ledger, acts_in, count_answers, notes_in


def test_an_act_is_on_disk_before_it_is_answered(tmp_path: Path) -> None:
    book = tmp_path / "ledger.jsonl"
    with Ledger(book) as ledger:
        act = ledger.asked("decide", "portal", exchange="EX-1", step="EX-1.verify_nomination.1", outcome="verified")
        [before] = acts_in(book)
        assert (before.answer, before.step) == (Answer.NONE, act.step)
        ledger.answered(act, Answer.TAKEN, "well")
    [after] = acts_in(book)
    assert (after.answer, after.detail, after.channel) == (Answer.TAKEN, "well", "portal")
    assert after.answered >= after.asked


def test_a_half_written_line_ends_the_book(tmp_path: Path) -> None:
    book = tmp_path / "ledger.jsonl"
    with Ledger(book) as ledger:
        ledger.asked("report", "gateway", key="k1")
        ledger.asked("report", "gateway", key="k2")
        ledger.note("fault", 1.0, names=["power_cut"])
    with book.open("a", encoding="utf-8") as lines:
        lines.write('{"answered": {"number": 1, "answ')
    acts = acts_in(book)
    assert [act.key for act in acts] == ["k1", "k2"]
    assert count_answers(acts)[Answer.NONE] == 2
    assert [note.detail for note in notes_in(book)] == [{"names": ["power_cut"]}]
