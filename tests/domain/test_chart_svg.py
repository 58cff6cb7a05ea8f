"""The printed chart: well-formed for any data, and readable without color."""

import re
from dataclasses import fields, replace
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.examples import FIRST_DAY, GOAL, PHASES, goals, points, probe, school_year
from therapytrack.domain.accuracy import Purpose, Score
from therapytrack.domain.chart_choice import Layer
from therapytrack.domain.chart_svg import DARK, LIGHT, PRINT, Look, Palette, render_svg
from therapytrack.domain.dates import MONTHS
from therapytrack.domain.goal_chart import Event, GoalFacts, Phase, Point, build_goal_chart
from therapytrack.domain.mastery import MasteryCriterion
from therapytrack.domain.svg_parts import size_of, width_of

SVG = "{http://www.w3.org/2000/svg}"
DESCENDER = 3
palettes = pytest.mark.parametrize("palette", [LIGHT, DARK, PRINT])


def drawn(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own output


def luminance(color: str) -> float:
    shares = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_a_school_year_has_a_marker_per_point_and_a_path_per_segment() -> None:
    root = drawn(render_svg(build_goal_chart(GOAL, PHASES, school_year())))
    titled = [circle for circle in root.iter(f"{SVG}circle") if circle.find(f"{SVG}title") is not None]
    assert len(titled) == 28
    assert [path.get("d", "").count("L") for path in root.iter(f"{SVG}path") if path.get("stroke-width") == "1.8"][
        :3
    ] == [3, 12, 10]


@pytest.mark.parametrize("look", [Look.DENSE, Look.SMALL])
def test_a_drawing_of_few_paths_has_the_same_points(look: Look) -> None:
    chart = build_goal_chart(GOAL, PHASES, school_year())
    root = drawn(render_svg(chart, 300, 140, described=False, look=look))
    capped = [path for path in root.iter(f"{SVG}path") if path.get("stroke-linecap") == "round"]
    filled = [path for path in capped if path.get("stroke") != PRINT.surface]
    assert sum(path.get("d", "").count("h0") for path in filled) == 28
    assert ("Trend (Theil–Sen)" in [text.text for text in root.iter(f"{SVG}text")]) is (look is Look.DENSE)


def test_the_squares_of_few_paths_are_as_long_as_wide_as_paper_shows_none_without_a_length() -> None:
    some = [*school_year(), *(probe(one.on, 50, Purpose.PRACTICE) for one in school_year()[-3:])]
    root = drawn(render_svg(build_goal_chart(GOAL, PHASES, some), described=False, look=Look.DENSE))
    drawn_squares = [path for path in root.iter(f"{SVG}path") if path.get("stroke") == PRINT.practice]
    squares = [path for path in drawn_squares if f"h{path.get('stroke-width')}" in path.get("d", "")]
    assert sum(path.get("d", "").count("M") for path in squares) == 3
    assert not any(path.get("stroke-linecap") == "square" for path in root.iter(f"{SVG}path"))


def test_intervals_come_with_the_n_of_each_point() -> None:
    chart = build_goal_chart(GOAL, PHASES, [probe(FIRST_DAY + timedelta(days=30 * n), 50) for n in range(4)])
    texts = [text.text for text in drawn(render_svg(chart, layer=Layer.INTERVALS)).iter(f"{SVG}text")]
    assert texts.count(str(probe(FIRST_DAY, 50).score.n)) == 4


def test_the_picture_says_what_it_shows() -> None:
    chart = build_goal_chart(GOAL, PHASES, school_year())
    root = drawn(render_svg(chart))
    assert (root.findtext(f"{SVG}title"), root.findtext(f"{SVG}desc")) == (chart.title, chart.alt)


def test_the_legend_shows_no_line_where_the_chart_draws_none() -> None:
    for practice, lines in ((1, 0), (2, 2)):
        some = [*school_year(), *(probe(one.on, 50, Purpose.PRACTICE) for one in school_year()[-practice:])]
        picture = render_svg(build_goal_chart(GOAL, PHASES, some))
        assert picture.count('stroke-dasharray="4 2"') == lines, "that of the chart and that of the legend"


def test_where_stages_have_no_room_for_their_names_the_legend_tells_their_numbers() -> None:
    words = ["Baseline", "Acquisition", "Generalization: with classmates and at home", "Acquisition", "Maintenance"]
    stages = [Phase(name, FIRST_DAY + timedelta(weeks=2 * n)) for n, name in enumerate(words)]
    chart = build_goal_chart(GOAL, stages, [probe(FIRST_DAY + timedelta(weeks=n), 50) for n in range(12)])
    texts = [text.text for text in drawn(render_svg(chart, width=280, keyed=False)).iter(f"{SVG}text")]
    assert texts[-11:-1] == ["1", "Baseline", "2", "Acquisition", "3", *texts[-6:-4], "4", "Acquisition", "5"]
    assert " ".join(one or "" for one in texts[-6:-4]) == words[2], "a long name on two lines"
    assert texts.count("4") == 2, "above the plot and in the legend"
    assert "5" not in [text.text for text in drawn(render_svg(chart, width=4000)).iter(f"{SVG}text")]


def test_a_narrow_picture_keeps_its_legend_inside() -> None:
    some = [*school_year(), *(probe(point.on, 50, Purpose.PRACTICE) for point in school_year())]
    texts = list(drawn(render_svg(build_goal_chart(GOAL, PHASES, some), width=340)).iter(f"{SVG}text"))
    legend = texts[-5:]
    assert [text.text for text in legend][-1] == "Trend (Theil–Sen)"
    assert len({text.get("y") for text in legend}) > 1
    assert all(float(text.get("x", "")) < 300 for text in legend)


def test_a_legend_of_three_rows_makes_room_for_the_last() -> None:
    chart = build_goal_chart(GOAL, PHASES, school_year())
    heights = {}
    for width in (760, 300):
        root = drawn(render_svg(chart, width=width, height=300, layer=Layer.INTERVALS))
        last = [text for text in root.iter(f"{SVG}text") if text.text and text.text.startswith("95% interval")]
        heights[width] = float(root.get("viewBox", "").split()[3])
        assert [float(text.get("y", "")) <= heights[width] - 3 for text in last] == [True]
    assert heights[760] == 300 < heights[300]


def test_a_pdf_gets_the_shapes_in_its_own_font_without_the_descriptions() -> None:
    svg = render_svg(build_goal_chart(GOAL, PHASES, school_year()), font="Body", described=False)
    assert 'font-family="Body"' in svg
    assert "<title>" not in svg
    assert "<desc>" not in svg


def test_probe_and_practice_differ_by_marker_and_dash() -> None:
    day = FIRST_DAY
    some = [probe(day.replace(day=10 + n), 40, purpose) for n in range(3) for purpose in Purpose]
    svg = render_svg(build_goal_chart(GOAL, [], some))
    assert svg.count("<circle") == 3 + 1
    assert svg.count('width="8" height="8"') == 3 + 1
    assert 'stroke-dasharray="4 2"' in svg


def test_criterion_aim_and_trend_differ_by_dash() -> None:
    svg = render_svg(build_goal_chart(GOAL, PHASES, school_year()), palette=PRINT)
    assert f'stroke="{PRINT.criterion}" stroke-width="1.6"/>' in svg
    assert f'stroke="{PRINT.aim}" stroke-width="1.6" stroke-dasharray="6 5"/>' in svg
    assert f'stroke="{PRINT.trend}" stroke-width="2.2" stroke-dasharray="2 3"/>' in svg


def test_markup_in_names_is_text() -> None:
    goal = replace(GOAL, label='<script>alert("x")</script> & more')
    phases = [Phase("Baseline <b>", FIRST_DAY)]
    svg = render_svg(build_goal_chart(goal, phases, school_year()))
    assert "<script" not in svg
    assert "<b>" not in svg
    assert drawn(svg).findtext(f"{SVG}desc", "").startswith('Chart of <script>alert("x")</script> & more')


def test_a_picture_grows_with_what_its_legend_says_of_events_and_nothing_goes_past_its_edge() -> None:
    happened = [Event(FIRST_DAY + timedelta(days=9 * n), f"{n} " + "m" * 58, outside=True) for n in range(8)]
    made = build_goal_chart(GOAL, PHASES, school_year(), events=happened)
    for width in (340, 760):
        svg = render_svg(made, width=width)
        high = size_of(svg)[1]
        texts = [text for text in drawn(svg).iter(f"{SVG}text") if text.get("text-anchor") == "start"]
        assert high > 380
        assert all(float(text.get("y", "")) <= high for text in texts)
        assert all(float(text.get("x", "")) + width_of(text.text or "") <= width for text in texts)


def test_a_legend_says_all_of_a_long_event() -> None:
    happened = Event(FIRST_DAY, "New medication: methylphenidate 10 mg in the morning", outside=True)
    made = build_goal_chart(GOAL, PHASES, school_year(), events=[happened])
    texts = [text.text or "" for text in drawn(render_svg(made, width=390, height=250)).iter(f"{SVG}text")]
    assert " ".join(texts).endswith("New medication: methylphenidate 10 mg in the morning, Sep 9, 2025")


def test_a_name_above_the_plot_is_clear_of_a_point_on_its_edge() -> None:
    perfect = [probe(FIRST_DAY + timedelta(days=7 * n), 100) for n in range(4)]
    root = drawn(render_svg(build_goal_chart(GOAL, PHASES, perfect), described=False))
    highest = min(float(circle.get("cy", "")) - float(circle.get("r", "")) for circle in root.iter(f"{SVG}circle"))
    names = [float(text.get("y", "")) for text in root.iter(f"{SVG}text") if text.text in ("Baseline", "Intervention")]
    assert max(names) + DESCENDER <= highest


def test_marks_are_smaller_where_points_are_many() -> None:
    for number, radius in ((100, "4"), (130, "2.6")):
        some = [probe(FIRST_DAY + timedelta(days=n), 40) for n in range(number)]
        root = drawn(render_svg(build_goal_chart(GOAL, PHASES, some)))
        assert {circle.get("r") for circle in root.iter(f"{SVG}circle")} == {radius}


def test_the_name_of_a_criterion_near_the_top_stands_above_it_and_that_of_the_aim_line_ends_within_the_plot() -> None:
    goal = replace(GOAL, target_value=90, criterion=MasteryCriterion(90))
    svg = render_svg(build_goal_chart(goal, PHASES, school_year()), 390, 250)
    texts = {text.text: text for text in drawn(svg).iter(f"{SVG}text")}
    line = next(path for path in drawn(svg).iter(f"{SVG}path") if path.get("stroke") == PRINT.criterion)
    assert float(texts["Mastery 90%"].get("y", "")) < float(line.get("d", "").split()[1].split("L")[0])
    assert float(texts["Aim line"].get("x", "")) + width_of("Aim line") <= 378


def test_a_sign_of_east_asia_takes_the_room_of_two_letters() -> None:
    assert width_of("学校") == width_of("four")


def test_names_that_would_touch_stand_on_two_lines() -> None:
    svg = render_svg(build_goal_chart(GOAL, PHASES, []), width=400)
    labels = {text.text: text.get("y") for text in drawn(svg).iter(f"{SVG}text")}
    assert labels["Baseline"] != labels["Intervention"]


@given(goals(), st.lists(points(), max_size=15), st.integers(100, 1200), st.integers(100, 800))
def test_any_chart_is_well_formed_and_deterministic(
    goal: GoalFacts, some: list[Point], width: int, height: int
) -> None:
    chart = build_goal_chart(goal, PHASES, some)
    svg = render_svg(chart, width, height)
    assert svg == render_svg(chart, width, height)
    assert "nan" not in svg.replace(chart.alt, "")
    drawn(svg)


def test_characters_that_xml_forbids_are_left_out() -> None:
    chart = build_goal_chart(replace(GOAL, label="a\x00b\x0b\ud800c"), PHASES, [])
    assert "Chart of abc," in render_svg(chart)


@palettes
def test_text_has_a_contrast_of_4_5_and_lines_of_3(palette: Palette) -> None:
    text = [palette.text, palette.muted, palette.aim, palette.criterion]
    lines = [palette.probe, palette.practice, palette.trend]
    assert min(contrast(color, palette.surface) for color in text) >= 4.5
    assert min(contrast(color, palette.baseline) for color in lines) >= 3


@palettes
def test_colors_are_written_as_hexadecimal(palette: Palette) -> None:
    assert all(len(getattr(palette, field.name)) == 7 for field in fields(palette))


def test_whiskers_and_triangles_are_drawn_and_named_when_asked_for() -> None:
    mixed = [*school_year(), Point(FIRST_DAY, Score(10, 5, 3), Purpose.PRACTICE)]
    made = build_goal_chart(GOAL, PHASES, mixed)
    plain, whiskers, support = (render_svg(made, layer=layer) for layer in Layer)
    assert "95% interval" not in re.sub("<(title|desc)>.*?</", "", plain)
    assert ">95% interval</text>" in whiskers
    assert ">With cues</text>" in support
    assert len(whiskers) > len(support) > len(plain)


def test_the_number_of_trials_is_named_only_where_it_stands_beneath_the_points() -> None:
    made = build_goal_chart(GOAL, PHASES, school_year())
    trials = f">{made.segments[0].marks[0].n}</text>"
    for width, named in ((760, False), (4000, True)):
        drawn = render_svg(made, width, 380, layer=Layer.INTERVALS)
        assert (">95% interval, number of trials</text>" in drawn, trials in drawn) == (named, named)


def test_an_event_is_a_dotted_line_with_its_name_and_breaks_no_path() -> None:
    without = build_goal_chart(GOAL, PHASES, school_year())
    made = replace(without, events=(Event(FIRST_DAY, "Version 2 & more", mark="v2"),))
    assert "Version 2 &amp; more</text>" in render_svg(made)
    assert "Version 2" not in render_svg(made, keyed=False).split("</desc>")[1]
    assert ">v2</text>" in render_svg(made, keyed=False)
    assert made.segments == without.segments


@pytest.mark.parametrize(("years", "fewest"), [(1, 5), (2, 4), (4, 3)])
def test_months_are_named_however_long_the_time_is(years: int, fewest: int) -> None:
    points = [probe(FIRST_DAY + timedelta(weeks=week), 40) for week in range(52 * years)]
    goal = replace(GOAL, target_on=points[-1].on + timedelta(weeks=2))
    for width in (300, 560, 760):
        found = render_svg(build_goal_chart(goal, PHASES, points), width, 380)
        named = [one for one in re.findall(r">([A-Z][a-z]{2})</text>", found) if one in MONTHS]
        assert len(named) >= fewest, width
        assert all(str(FIRST_DAY.year + year) in found for year in range(1, years))


@pytest.mark.parametrize(("points", "many"), [(30, False), (120, True)])
def test_the_names_of_lines_can_be_read_over_many_points(points: int, *, many: bool) -> None:
    days = [FIRST_DAY + timedelta(days=2 * number) for number in range(points)]
    made = build_goal_chart(replace(GOAL, baseline_value=20), PHASES, [probe(day, 40) for day in days])
    found = render_svg(made, 760, 380)
    for words in ("Aim line", "Mastery 80%"):
        name = f">{words}</text>"
        assert (found.index("<circle") < found.index(name)) is many
        assert ('fill-opacity="0.8"/><text' in found[: found.index(name)].rpartition("<rect")[2]) is many
