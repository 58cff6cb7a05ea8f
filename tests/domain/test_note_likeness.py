"""Notes that repeat one another."""

from hypothesis import given
from hypothesis import strategies as st

from therapytrack.domain.note_likeness import likeness, most_alike

NOTE = "Ana named eight of ten pictures with /s/ blends after one model and stayed with the game to the end."
OTHER = "Ben sorted pictures by category and needed two verbal cues before the last three of them today."


def test_the_same_text_is_the_same_whatever_its_case_accents_and_signs() -> None:
    assert likeness(NOTE, NOTE.upper().replace(",", " ;")) == 100


def test_two_notes_of_their_own_have_little_in_common() -> None:
    assert likeness(NOTE, OTHER) == 0
    assert most_alike(NOTE, {"Ben's note": OTHER}) is None


def test_a_copied_note_with_another_name_is_found_and_named() -> None:
    long = f"{NOTE} {OTHER}"
    found = most_alike(long.replace("Ana", "Eva"), {"Ben's note": OTHER, "Nov 17": long})
    assert found and found.other == "Nov 17" and found.percent >= 80


def test_a_few_words_are_nobodys_copy() -> None:
    assert likeness("No session; see attendance.", "No session; see attendance.") == 0


@given(st.text(max_size=200), st.text(max_size=200))
def test_likeness_is_the_same_both_ways_and_a_percentage(one: str, two: str) -> None:
    assert likeness(one, two) == likeness(two, one)
    assert 0 <= likeness(one, two) <= 100
