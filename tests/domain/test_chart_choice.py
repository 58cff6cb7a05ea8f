"""What was chosen of a chart: kept in the address, and usual where the address says nothing that is known."""

from datetime import date, timedelta

from tests.domain.examples import FIRST_DAY, GOAL, PHASES, probe, school_year
from therapytrack.domain.chart_choice import ChartChoice, Layer, Tab, layer_of, parse_choice
from therapytrack.domain.chart_window import Period
from therapytrack.domain.goal_chart import build_goal_chart
from therapytrack.domain.trend_methods import TrendMethod


def test_a_choice_survives_its_address() -> None:
    choice = ChartChoice(
        Tab.SUPERVISOR, Period.QUARTER, date(2026, 3, 1), TrendMethod.OLS, Layer.SUPPORT, practice=True
    )
    query = dict(part.split("=") for part in choice.query.removeprefix("?").split("&"))
    assert parse_choice(query) == choice


def test_the_usual_choice_needs_no_query() -> None:
    assert ChartChoice().query == ""
    assert ChartChoice().but(tab=Tab.SUPERVISOR) == "?tab=supervisor"


def test_what_is_unknown_is_usual() -> None:
    assert (
        parse_choice(
            {
                "tab": "<script>",
                "period": "1 OR 1=1",
                "points": ["all"],
                "until": "2026-13-01",
                "trend": "best",
                "show": "x",
            }
        )
        == ChartChoice()
    )


def test_intervals_are_drawn_while_they_can_be_read() -> None:
    few = build_goal_chart(GOAL, PHASES, school_year())
    many = build_goal_chart(GOAL, PHASES, [probe(FIRST_DAY + timedelta(days=day), 50) for day in range(60)])
    assert (layer_of(ChartChoice(), few), layer_of(ChartChoice(), many)) == (Layer.INTERVALS, Layer.POINTS)
    assert layer_of(ChartChoice(layer=Layer.INTERVALS), many) is Layer.INTERVALS
