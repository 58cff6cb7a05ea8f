"""The difference between two texts, word by word."""

from hypothesis import given
from hypothesis import strategies as st

from therapytrack.domain.word_diff import Piece, word_diff

TEXTS = st.lists(st.sampled_from(["the", "cat", " ", "\n", "/s/", "said", "Núñez", ".", ","]), max_size=60).map("".join)


@given(TEXTS, TEXTS)
def test_the_pieces_spell_both_texts(before: str, after: str) -> None:
    pieces = word_diff(before, after)
    assert "".join(one.text for one in pieces if one.kind != "inserted") == before
    assert "".join(one.text for one in pieces if one.kind != "deleted") == after


def test_a_changed_word_is_marked_and_its_neighbours_are_not() -> None:
    assert word_diff("Said it twice.", "Said it once.") == [
        Piece("same", "Said it "),
        Piece("deleted", "twice"),
        Piece("inserted", "once"),
        Piece("same", "."),
    ]


def test_the_same_text_has_no_difference() -> None:
    assert word_diff("Same.", "Same.") == [Piece("same", "Same.")]
