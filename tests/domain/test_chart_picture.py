"""A chart's picture is kept for the very same chart, window and layer, and for nothing else."""

import json
from dataclasses import replace
from datetime import timedelta

from tests.domain.test_chart_figure import chart
from therapytrack.domain.chart_choice import WHISKERS_WITH_N, Layer
from therapytrack.domain.chart_picture import picture_of
from therapytrack.domain.goal_chart import GoalChart


def whole(made: GoalChart, layer: Layer = Layer.POINTS) -> dict[str, object]:
    found: dict[str, object] = json.loads(picture_of(made, (made.x_start, made.x_end), layer).figure)
    return found


def test_the_same_chart_is_drawn_once() -> None:
    made, again = chart(), chart()
    window = (made.x_start, made.x_end)
    assert made is not again
    assert picture_of(made, window, Layer.POINTS) is picture_of(again, window, Layer.POINTS)


def test_another_window_layer_or_point_is_another_picture() -> None:
    made = chart()
    near = picture_of(made, (made.x_start, made.x_start + timedelta(weeks=8)), Layer.POINTS)
    assert json.loads(near.figure) != whole(made)
    assert whole(made, Layer.INTERVALS) != whole(made)
    # The words are those of the first chart: only looking at the points tells the two apart.
    last = made.segments[-1]
    moved = replace(last, marks=(*last.marks[:-1], last.marks[-1]._replace(value=1.0)))
    other = replace(made, segments=(*made.segments[:-1], moved))
    assert hash(other) == hash(made)
    assert whole(other) != whole(made)


def test_the_legend_names_what_stands_beside_the_points_and_which_series_are_joined() -> None:
    made = chart()
    picture = picture_of(made, (made.x_start, made.x_start + timedelta(weeks=5)), Layer.INTERVALS)
    assert picture.legend[-1] == WHISKERS_WITH_N
    assert set(picture.joined) <= set(picture.legend)
    assert "Probe" in picture.joined
