"""The Plotly figure: valid by Plotly's own schema, told apart without color, without zoom, without a name."""

import json
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from plotly.graph_objs import Figure

from therapytrack.domain.accuracy import Purpose, Score
from therapytrack.domain.chart_choice import Layer
from therapytrack.domain.chart_figure import numbered_stages, plotly_figure
from therapytrack.domain.chart_svg import render_svg
from therapytrack.domain.goal_chart import Event, GoalChart, GoalFacts, Phase, Point, build_goal_chart
from therapytrack.domain.palette import DARK, LIGHT, Palette
from therapytrack.domain.points import Direction

START = date(2026, 1, 5)


def chart(points: int = 12, name: str = "Intervention") -> GoalChart:
    """Three points of baseline, then one a week with a break of four weeks, and practice every third week."""
    days = [START + timedelta(weeks=week + (4 if week > 7 else 0)) for week in range(points)]
    data = [Point(day, Score(20, min(20, 5 + n)), Purpose.PROBE) for n, day in enumerate(days)]
    data += [Point(day, Score(20, 12, 4), Purpose.PRACTICE) for day in days[3::3]]
    phases = [Phase("Baseline", START), Phase(name, START + timedelta(weeks=3))]
    return build_goal_chart(GoalFacts("Initial sounds", 80, date(2026, 12, 18)), phases, data)


def figure(
    made: GoalChart, palette: Palette = LIGHT, events: tuple[Event, ...] = (), layer: Layer = Layer.POINTS
) -> dict[str, object]:
    return plotly_figure(replace(made, events=events), (made.x_start, made.x_end), palette, layer)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("points", [0, 1, 12])
def test_plotly_accepts_the_figure(palette: Palette, points: int) -> None:
    made = figure(chart(points), palette, (Event(START + timedelta(weeks=5), "Version 2"),))
    Figure(made)
    assert json.loads(json.dumps(made)) == made


def test_each_series_has_a_dash_and_a_marker_of_its_own() -> None:
    traces = Figure(figure(chart())).data
    looks = {
        trace.name: (trace.line.dash, trace.marker.symbol, trace.marker.color == LIGHT.surface) for trace in traces
    }
    assert Counter(looks.values()).most_common(1)[0][1] == 1


def test_the_path_breaks_at_the_phase_line_and_at_the_gap() -> None:
    probe = next(trace for trace in Figure(figure(chart())).data if trace.name == "Probe")
    gaps = [index for index, value in enumerate(probe.y) if value is None]
    assert gaps == [5]
    assert probe.connectgaps is False


def test_pointing_at_a_point_tells_n_and_the_interval() -> None:
    probe = next(trace for trace in Figure(figure(chart())).data if trace.name == "Probe")
    assert probe.customdata[0] == "8 of 20, 95% interval 22 to 61%"
    assert "%{customdata}" in probe.hovertemplate


def test_nothing_can_be_zoomed_or_dragged() -> None:
    layout = Figure(figure(chart())).layout
    assert (layout.xaxis.fixedrange, layout.yaxis.fixedrange, layout.dragmode) == (True, True, False)
    assert layout.yaxis.range == (0, 100)


def test_phases_are_shaded_divided_and_named() -> None:
    layout = Figure(figure(chart())).layout
    assert [shape.type for shape in layout.shapes] == ["rect", "line"]
    assert {"Baseline", "Intervention", "Target 80%"} <= {note.text for note in layout.annotations}


def test_an_event_is_a_dotted_line_unlike_a_phase_line() -> None:
    layout = Figure(figure(chart(), events=(Event(START + timedelta(weeks=5), "Version 2"),))).layout
    assert layout.shapes[1].line.dash != layout.shapes[2].line.dash


def test_stages_without_room_for_their_names_have_numbers_and_a_legend_up_to_where_there_is_room() -> None:
    names = ["Baseline", "Acquisition", "Generalization", "Acquisition", "Maintenance"]
    phases = [Phase(name, START + timedelta(weeks=3 * n)) for n, name in enumerate(names)]
    made = build_goal_chart(GoalFacts("Initial sounds", 80, date(2026, 12, 18)), phases, chart().points)
    rooms = {"narrow": 13, "wide": 18, "widest": 60}
    for upto, weeks in rooms.items():
        window = START, START + timedelta(weeks=weeks)
        drawn = plotly_figure(made, window, LIGHT)
        wide = drawn["layout"] | drawn.get("wide", {})
        layouts = [drawn["layout"], wide, wide | drawn.get("widest", {})]
        shown = [[note["text"] for note in one["annotations"][:5]] for one in layouts]
        assert shown == [list("12345") if place <= list(rooms).index(upto) else names for place in range(3)]
        assert numbered_stages(made, window, LIGHT) == ([f"{n} {name}" for n, name in enumerate(names, 1)], upto)
    assert numbered_stages(chart(), (START, START + timedelta(weeks=13)), LIGHT) == ([], "narrow")


def test_markup_in_the_name_of_a_phase_stays_text() -> None:
    layout = Figure(figure(chart(name='<a href="javascript:alert(1)">x</a>'))).layout
    assert all("<a" not in note.text for note in layout.annotations)


def test_a_window_leaves_out_what_lies_outside() -> None:
    made = chart()
    window = (START + timedelta(weeks=4), START + timedelta(weeks=8))
    layout = Figure(plotly_figure(made, window, LIGHT)).layout
    assert [shape.type for shape in layout.shapes] == []
    assert [note.text for note in layout.annotations] == ["Intervention", "Target 80%", "Aim line"]


@pytest.mark.parametrize(
    ("direction", "target", "anchor"), [("up", 80, "bottom"), ("down", 20, "top"), ("down", 5, "bottom")]
)
def test_the_criterions_name_keeps_out_of_the_way_of_the_aim_line(direction: str, target: int, anchor: str) -> None:
    goal = GoalFacts("Calling out", target, date(2026, 12, 18), Direction(direction))
    phases = [Phase("Baseline", START), Phase("Intervention", START + timedelta(weeks=3))]
    made = build_goal_chart(goal, phases, chart().points)
    name = next(note for note in Figure(figure(made)).layout.annotations if note.text.startswith("Target"))
    assert name.yanchor == anchor


def test_a_whisker_goes_from_the_low_to_the_high_of_the_interval_and_n_stands_beside_where_there_is_room() -> None:
    made = chart(12)
    traces = {trace.name: trace for trace in Figure(figure(made, layer=Layer.INTERVALS)).data}
    probe, mark = traces["Probe"], next(one for one in made.segments if one.name == "Probe").marks[0]
    assert probe.error_y.array[0] == pytest.approx(mark.high - mark.value, abs=0.1)
    assert probe.error_y.arrayminus[0] == pytest.approx(mark.value - mark.low, abs=0.1)
    assert probe.text is None
    near = plotly_figure(made, (START, START + timedelta(weeks=5)), LIGHT, Layer.INTERVALS)
    assert next(one for one in Figure(near).data if one.name == "Probe").text[0] == "20"


@pytest.mark.parametrize(
    ("places", "counted"),
    [
        ([(0, 40), (60, 50), (200, 60)], True),
        ([(0, 40), (5, 50), (200, 60)], False),
        ([(0, 40), (0, 60), (200, 60)], True),
        ([(0, 40), (0, 40), (200, 60)], False),
        ([(0, 40)], True),
    ],
)
def test_n_is_left_out_where_two_of_them_would_touch(places: list[tuple[int, int]], counted: bool) -> None:
    some = [Point(START + timedelta(days=day), Score(20, value // 5), Purpose.PROBE) for day, value in places]
    made = build_goal_chart(GoalFacts("Initial sounds", 80, date(2026, 10, 1)), (), some)
    whole = plotly_figure(made, (START, START + timedelta(days=280)), LIGHT, Layer.INTERVALS)
    assert any("text" in trace for trace in whole["data"]) is counted
    assert ("95% interval, number of trials" in render_svg(made, layer=Layer.INTERVALS)) is counted


def test_support_is_a_triangle_with_the_cues_counted_and_a_stem_to_the_independent_value() -> None:
    triangles = next(one for one in Figure(figure(chart(), layer=Layer.SUPPORT)).data if one.name == "With cues")
    assert triangles.marker.symbol == "triangle-up"
    assert set(triangles.y) == {80}
    assert set(triangles.error_y.arrayminus) == {20}
    assert not any(one.name == "With cues" for one in Figure(figure(chart())).data)


@pytest.mark.parametrize(("points", "above"), [(75, False), (76, True)])
def test_lines_are_drawn_over_so_many_points_that_they_would_not_be_seen_below(points: int, *, above: bool) -> None:
    """99 and 101 with those of practice."""
    made = chart(points)
    whole = made.x_start, made.x_end
    names = [trace["name"] for trace in plotly_figure(made, whole, LIGHT)["data"]]
    assert names.index("Trend (Theil–Sen)") == (len(names) - 1 if above else 2)
    drawn = render_svg(made, 720, 400, LIGHT)
    assert (drawn.index(LIGHT.trend) > drawn.index("<circle")) is above
    few = plotly_figure(made, (made.x_end - timedelta(days=60), made.x_end), LIGHT)["data"]
    assert few[-1]["name"] == "Probe"
