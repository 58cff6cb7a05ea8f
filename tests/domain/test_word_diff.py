"""The difference of two texts: it spells both of them, names what changed, and cannot be made slow by either."""

from difflib import SequenceMatcher
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapytrack.domain.word_diff import Piece, word_diff

TEXT = st.text(alphabet="ab .\n,é", max_size=60)


@given(TEXT, TEXT)
def test_the_pieces_spell_both_texts(before: str, after: str) -> None:
    pieces = word_diff(before, after)
    assert "".join(one.text for one in pieces if one.kind != "inserted") == before
    assert "".join(one.text for one in pieces if one.kind != "deleted") == after


@given(TEXT, TEXT)
def test_two_pieces_in_a_row_are_of_different_kinds(before: str, after: str) -> None:
    kinds = [one.kind for one in word_diff(before, after)]
    assert all(one != two for one, two in pairwise(kinds))


def test_a_changed_word_is_marked_and_its_neighbours_are_not() -> None:
    assert word_diff("Said it twice.", "Said it once.") == [
        Piece("same", "Said it "),
        Piece("deleted", "twice"),
        Piece("inserted", "once"),
        Piece("same", "."),
    ]


def test_the_same_text_has_no_difference() -> None:
    assert word_diff("Same.", "Same.") == [Piece("same", "Same.")]


def test_a_changed_word_is_shown_and_the_rest_stays() -> None:
    before = "Ana said /s/ in 6 of 10 words. She liked the cards. We stop here."
    after = "Ana said /s/ in 8 of 10 words. She liked the new cards. We stop here."
    assert word_diff(before, after) == [
        Piece("same", "Ana said /s/ in "),
        Piece("deleted", "6"),
        Piece("inserted", "8"),
        Piece("same", " of 10 words. She liked the"),
        Piece("inserted", " new"),
        Piece("same", " cards. We stop here."),
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a " * 749, "b a " * 374),
        ("a " * 9999, "b a " * 5000),
        ("a. " * 6000, "b. a. " * 3000),
        ("".join(f"{n % 97} " for n in range(6000)), "".join(f"{n % 89} " for n in range(6000))),
    ],
)
def test_no_text_makes_the_difference_slow(monkeypatch: pytest.MonkeyPatch, before: str, after: str) -> None:
    searches, search = [], SequenceMatcher.find_longest_match

    def counted(matcher: SequenceMatcher[str], *bounds: int) -> object:
        searches.append(matcher)
        return search(matcher, *bounds)

    monkeypatch.setattr(SequenceMatcher, "find_longest_match", counted)
    word_diff(before[:20_000], after[:20_000])
    assert len(searches) < 2000
