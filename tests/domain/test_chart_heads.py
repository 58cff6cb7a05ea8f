"""What stands above a plot: nothing touches anything or goes past the edge, and each name is at its own line."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from therapytrack.domain.chart_heads import MOST_ROWS, Head, arranged, marks_above, names_above, span

LETTER = 7.0
RIGHT = 290.0
PLACES = st.floats(0, RIGHT, allow_nan=False)


def touch(one: Head, other: Head) -> bool:
    (start, end), (first, last) = span(one, LETTER), span(other, LETTER)
    return one.row == other.row and start < last and first < end


def test_names_with_room_stand_in_one_row_after_their_lines() -> None:
    heads = names_above([(0, "Baseline"), (100, "Acquisition")], RIGHT, LETTER)
    assert [(head.x, head.row, head.words) for head in heads] == [(4, 0, "Baseline"), (104, 0, "Acquisition")]


def test_a_name_that_would_cross_a_later_line_goes_up_a_row() -> None:
    heads = names_above([(0, "Baseline"), (20, "Acquisition"), (60, "Maintenance")], RIGHT, LETTER)
    assert [(head.row, head.words) for head in heads] == [(2, "Baseline"), (1, "Acquisition"), (0, "Maintenance")]


def test_what_finds_no_row_is_cut_before_the_next_line_or_left_out() -> None:
    lines = [(0.0, "Baseline"), (40.0, "Acquisition"), (42.0, "Generalization"), (44.0, "Maintenance"), (46.0, "More")]
    assert [head.words for head in names_above(lines, RIGHT, LETTER)] == [
        "Base…",
        "Generalization",
        "Maintenance",
        "More",
    ]


def test_a_name_at_the_edge_ends_there() -> None:
    (head,) = names_above([(RIGHT - 20, "Maintenance")], RIGHT, LETTER)
    assert (head.x, head.anchor, head.line) == (RIGHT, "end", RIGHT - 20)
    before, edge = names_above([(RIGHT - 60, "Generalization"), (RIGHT - 20, "Maintenance")], RIGHT, LETTER, first=1)
    assert (before.reach, edge.reach) == (2, 1), "up to beneath the name"


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


@given(st.lists(st.tuples(PLACES, st.text("ab", min_size=1, max_size=30)), max_size=8, unique_by=lambda line: line[0]))
def test_no_name_touches_another_and_no_line_goes_through_a_name_of_a_phase_before(
    lines: list[tuple[float, str]],
) -> None:
    heads = names_above(sorted(lines), RIGHT, LETTER)
    assert all(0 <= head.row < MOST_ROWS for head in heads)
    after = [head for head in heads if head.anchor == "start"]
    assert not any(touch(*pair) for pair in combinations(after, 2))
    for one, other in combinations(after, 2):
        assert other.row < one.row or span(one, LETTER)[1] <= other.line


@given(st.lists(st.tuples(PLACES, st.sampled_from(["A", "AB", "v2"])), max_size=20), st.lists(PLACES, max_size=4))
def test_no_mark_touches_another(events: list[tuple[float, str]], phases: list[float]) -> None:
    marks = marks_above(events, sorted(phases), 10_000, LETTER)
    assert not any(touch(*pair) for pair in combinations(marks, 2))
    assert sorted(" ".join(mark.words for mark in marks).split()) == sorted(words for _, words in events)
