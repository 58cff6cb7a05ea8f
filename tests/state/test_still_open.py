"""What a tab keeps of what is open comes from a browser: only facts of the address that is asked for are taken."""

import pytest

from therapytrack.state import still_open

HERE = "http://app.test/students/7/edit?name=Ana"
FACTS = {"key": "a", "record": "7", "version": "3"}


def test_facts_come_back_at_their_own_address_which_they_do_not_say() -> None:
    kept = still_open.written(HERE, FACTS)
    assert "Ana" not in kept
    assert still_open.read(kept, HERE) == FACTS
    assert still_open.read(kept, HERE.replace("7", "8")) == {}


@pytest.mark.parametrize(
    "sent", ["", "{", "[]", "7", None, [1], "[" * 5000, '{"at": 7}', '{"at": "' + "x" * 2000 + '"}']
)
def test_anything_else_is_nothing(sent: object) -> None:
    assert still_open.read(sent, HERE) == {}


@pytest.mark.parametrize(("text", "number"), [("3", 3), ("", 0), ("-1", 0), ("1" * 40, 0), ("three", 0), ("\u0663", 0)])
def test_a_version_is_a_whole_number(text: str, number: int) -> None:
    assert still_open.whole(text) == number


def test_values_that_are_no_texts_are_left_out() -> None:
    kept = still_open.written(HERE, FACTS).replace('"3"', '{"a": []}')
    assert still_open.read(kept, HERE) == {"key": "a", "record": "7"}
