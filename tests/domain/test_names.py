"""Initials in any script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapytrack.domain.names import initials, problem_with


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Mateo Rivera", "MR"),
        ("Ana María de la Cruz", "AC"),
        ("Chloe Nguyễn", "CN"),
        ("مريم الفاسي", "ما"),
        ("李 小龙", "李小"),
        ("D'Arcy 'Abdi", "DA"),
        ("e\u0301lodie", "E\u0301"),
        ("Zoë", "Z"),
        ("12 34", "?"),
        ("", "?"),
        ("🙂 Sam", "S"),
        ("\u202eevil", "E"),
    ],
)
def test_initials_are_the_first_letters_of_the_first_and_last_word(name: str, expected: str) -> None:
    assert initials(name) == expected


@given(st.text(max_size=300))
def test_initials_any_text_are_something_to_show(name: str) -> None:
    assert initials(name)


def test_the_sign_of_a_character_that_was_cut_in_two_is_no_part_of_a_name() -> None:
    assert "cut in two" in problem_with("Zo\ufffd")
    assert problem_with("Zoë \U0001f642") == ""
