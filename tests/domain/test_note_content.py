"""The hash that a signature stands under, and the cleaning of typed text."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapytrack.domain.note_content import GoalCount, NoteContent, addendum_hash, clean_text, content_hash, facts_hash
from therapytrack.errors import Invalid

ONE, TWO = UUID(int=1), UUID(int=2)
GOALS = (GoalCount(ONE, ONE, "probe", 10, 7, 1, ((1, 1),)), GoalCount(TWO, ONE, "practice", 12, 5, 2))
NOTE = NoteContent(ONE, TWO, ONE, TWO, date(2026, 11, 24), "present", 30, GOALS, "Said /s/ in words.")
CHANGES = [
    {"text": "Said /s/ in word."},
    {"minutes": 25},
    {"arrived_at": datetime(2026, 11, 24, 15, 10, tzinfo=UTC)},
    {"left_at": datetime(2026, 11, 24, 15, 10, tzinfo=UTC)},
    {"attendance": "student_absent"},
    {"held_on": date(2026, 11, 25)},
    {"student_id": TWO},
    {"author_id": ONE},
    {"goals": (replace(GOALS[0], correct=8), GOALS[1])},
    {"goals": (replace(GOALS[0], prompts=((2, 1),)), GOALS[1])},
]


@pytest.mark.parametrize("change", CHANGES)
def test_every_part_of_a_note_changes_its_hash(change: dict[str, object]) -> None:
    assert content_hash(replace(NOTE, **change)) != content_hash(NOTE)  # type: ignore[arg-type]


def test_the_order_of_goals_and_goals_without_trials_do_not() -> None:
    empty = GoalCount(TWO, TWO, "probe", 0, 0, 0)
    assert content_hash(replace(NOTE, goals=(*reversed(GOALS), empty))) == content_hash(NOTE)


def test_the_hash_of_the_facts_ignores_the_text_only() -> None:
    assert facts_hash(replace(NOTE, text="")) == facts_hash(NOTE)
    assert facts_hash(replace(NOTE, minutes=25)) != facts_hash(NOTE)


def test_the_hash_stays_the_same_from_release_to_release() -> None:
    assert content_hash(NOTE) == "20f9f76f87521bffd9e0880fc1f4d1221d65a1a1bd33bfa3ba1b11e10fd6665d"


def test_an_addendum_is_bound_to_its_note_and_author() -> None:
    hashes = {addendum_hash("a", ONE, "x"), addendum_hash("b", ONE, "x"), addendum_hash("a", TWO, "x")}
    assert len(hashes) == 3


@given(st.text(max_size=200))
def test_cleaning_twice_is_cleaning_once_and_keeps_words_and_lines(text: str) -> None:
    once = clean_text(text, "note")
    assert clean_text(once, "note") == once
    assert "\x00" not in once
    assert once.encode().decode() == once


def test_a_text_that_is_too_long_is_refused_with_its_length() -> None:
    with pytest.raises(Invalid) as error:
        clean_text("a" * 20_001, "note")
    assert "20,001" in error.value.fields["note"]
