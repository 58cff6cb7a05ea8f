"""What stands above a plot: nothing is cut, touches another or goes past the edge, and each is at its own line."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapytrack.domain.chart_heads import MOST_ROWS, Head, Numbered, arranged, marks_above, names_above, span

LETTER = 7.0
RIGHT = 290.0
PLACES = st.floats(0, RIGHT, allow_nan=False)
FIVE = [(30.0 * n, name) for n, name in enumerate(("Baseline", "Acquisition", "Fluency", "Generalization", "Probes"))]


def names(lines: list[tuple[float, str]], first: int = 0) -> tuple[Head, ...]:
    found = names_above(lines, RIGHT, LETTER, first)
    assert found is not None
    return found


def touch(one: Head, other: Head) -> bool:
    (start, end), (first, last) = span(one, LETTER), span(other, LETTER)
    return one.row == other.row and start < last and first < end


def test_names_with_room_stand_in_one_row_after_their_lines() -> None:
    heads = names([(0, "Baseline"), (100, "Acquisition")])
    assert [(head.x, head.row, head.words) for head in heads] == [(4, 0, "Baseline"), (104, 0, "Acquisition")]


def test_a_name_that_would_cross_a_later_line_goes_up_a_row() -> None:
    heads = names([(0, "Baseline"), (20, "Acquisition"), (60, "Maintenance")])
    assert [(head.row, head.words) for head in heads] == [(2, "Baseline"), (1, "Acquisition"), (0, "Maintenance")]


@pytest.mark.parametrize(
    "lines", [FIVE, [(0.0, "Baseline"), (50.0, "Acquisition: with a picture schedule of her own")]]
)
def test_where_a_name_has_no_room_numbers_stand_in_the_place_of_all(lines: list[tuple[float, str]]) -> None:
    heads = arranged(lines, [(30, "A")], RIGHT, LETTER)
    assert heads.numbered == tuple(Numbered(str(number), name) for number, (_, name) in enumerate(lines, 1))
    assert [(head.words, head.x, head.row) for head in heads.names] == [
        (one.mark, x, 1) for one, (x, _) in zip(heads.numbered, lines, strict=True)
    ], "each over its line, above the marks"


def test_names_that_have_room_are_not_numbered() -> None:
    assert arranged([(4 * x, name) for x, name in FIVE], [], 4 * RIGHT, LETTER).numbered == ()


def test_a_name_at_the_edge_ends_there() -> None:
    (head,) = names([(RIGHT - 20, "Maintenance")])
    assert (head.x, head.anchor, head.line) == (RIGHT, "end", RIGHT - 20)
    before, edge = names([(RIGHT - 120, "Generalization"), (RIGHT - 20, "Maintenance")], first=1)
    assert (before.anchor, before.reach, edge.reach) == ("start", 3, 1), "up to beneath the name at the edge"


def test_no_name_at_the_edge_stands_over_the_line_of_another() -> None:
    lines = [(RIGHT - 60, "Generalization"), (RIGHT - 20, "Maintenance")]
    assert names_above(lines, RIGHT, LETTER) is None
    assert [head.words for head in arranged(lines, [], RIGHT, LETTER).names] == ["1", "2"]


def test_marks_that_would_touch_stand_together_between_their_lines() -> None:
    near, far = marks_above([(50, "A"), (54, "B"), (200, "C")], [], RIGHT, LETTER)
    assert (near.words, near.x, near.anchor) == ("A B", 52, "middle")
    assert (far.words, far.x) == ("C", 200)


def test_a_mark_keeps_off_a_phase_line_and_within_the_edge() -> None:
    beside, edge = marks_above([(50, "A"), (RIGHT, "B")], [51], RIGHT, LETTER)
    assert (beside.x, beside.anchor) == (48, "end")
    assert [(one.x, one.anchor) for one in marks_above([(50, "A"), (52, "B")], [51], RIGHT, LETTER)] == [
        (48, "end"),
        (55, "start"),
    ]
    assert span(edge, LETTER)[1] == RIGHT


def test_marks_stand_beneath_names_and_nothing_needs_no_rows() -> None:
    both = arranged([(0, "Baseline")], [(30, "A"), (40, "")], RIGHT, LETTER)
    assert ([head.row for head in both.names], [mark.words for mark in both.marks], both.rows) == ([1], ["A"], 2)
    assert arranged([], [(40, "")], RIGHT, LETTER).rows == 0


@given(st.lists(st.tuples(PLACES, st.text("ab", min_size=1, max_size=50)), max_size=8, unique_by=lambda line: line[0]))
def test_every_name_is_whole_or_numbered_and_none_touches_another_or_a_line_of_a_phase_after(
    lines: list[tuple[float, str]],
) -> None:
    heads = arranged(sorted(lines), [], RIGHT, LETTER)
    said = [one.name for one in heads.numbered] or [head.words for head in heads.names]
    assert said == [words for _, words in sorted(lines)]
    if heads.numbered:
        return
    assert all(0 <= head.row < MOST_ROWS and span(head, LETTER)[0] >= 0 for head in heads.names)
    assert not any(touch(*pair) for pair in combinations(heads.names, 2))
    for one, other in combinations(heads.names, 2):
        assert other.row < one.row or span(one, LETTER)[1] <= other.line


@given(st.lists(st.tuples(PLACES, st.sampled_from(["A", "AB", "v2"])), max_size=20), st.lists(PLACES, max_size=4))
def test_no_mark_touches_another(events: list[tuple[float, str]], phases: list[float]) -> None:
    marks = marks_above(events, sorted(phases), 10_000, LETTER)
    assert not any(touch(*pair) for pair in combinations(marks, 2))
    assert sorted(" ".join(mark.words for mark in marks).split()) == sorted(words for _, words in events)
