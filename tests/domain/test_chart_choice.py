"""What was chosen of a chart: kept in the address, and usual where the address says nothing that is known."""

from therapytrack.domain.chart_choice import ChartChoice, Tab, parse_choice
from therapytrack.domain.chart_window import Period


def test_a_choice_survives_its_address() -> None:
    choice = ChartChoice(Tab.SUPERVISOR, Period.QUARTER, practice=True)
    query = dict(part.split("=") for part in choice.query.removeprefix("?").split("&"))
    assert parse_choice(query) == choice


def test_the_usual_choice_needs_no_query() -> None:
    assert ChartChoice().query == ""
    assert ChartChoice().but(tab=Tab.SUPERVISOR) == "?tab=supervisor"


def test_what_is_unknown_is_usual() -> None:
    assert parse_choice({"tab": "<script>", "period": "1 OR 1=1", "points": ["all"]}) == ChartChoice()
