"""Sparklines: path data for any short list of values."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapytrack.domain.sparkline import Sparkline, sparkline_path

PATH = re.compile(r"M[\d.]+ [\d.]+(L[\d.]+ [\d.]+)*")


def test_nothing_is_drawn_without_values() -> None:
    assert sparkline_path([], 80, 24) == Sparkline("", "", "", None, None)


def test_a_single_value_is_a_dot_at_the_right_edge() -> None:
    assert sparkline_path([50], 80, 24, target=100) == Sparkline("", "M77 12h0", "M0 3H80", (77, 12), 3)


def test_values_run_from_left_to_right_on_a_fixed_scale() -> None:
    assert sparkline_path([0, 50, 100], 80, 24).line == "M3 21L40 12L77 3"


def test_only_the_last_twelve_values_are_drawn() -> None:
    assert sparkline_path(list(range(20)), 80, 24) == sparkline_path(list(range(8, 20)), 80, 24)


@given(st.lists(st.floats(-50, 150), max_size=12), st.none() | st.floats(0, 100))
def test_every_drawing_is_valid_and_inside_its_box(values: list[float], target: float | None) -> None:
    drawn = sparkline_path(values, 80, 24, target)
    assert drawn == sparkline_path(values, 80, 24, target)
    assert bool(drawn.line) == (len(values) > 1)
    assert not drawn.line or PATH.fullmatch(drawn.line)
    numbers = [float(text) for text in re.findall(r"-?[\d.]+", f"{drawn.line} {drawn.target_line}")]
    assert all(0 <= value <= 80 for value in numbers)
    assert drawn.end is None or drawn.end[0] == pytest.approx(77)
