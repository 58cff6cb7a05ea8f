"""Objectives: steps in the unit of the goal, each met, met late, missed or open by the data alone."""

from datetime import date
from typing import Any

import pytest

from therapytrack.domain.accuracy import Purpose, Score
from therapytrack.domain.mastery import MasteryCriterion, Window, WindowKind
from therapytrack.domain.objectives import fits, judge, objective_fields, parse_objective
from therapytrack.domain.points import Metric, Point
from therapytrack.errors import Invalid

BY = date(2026, 3, 1)
TWO = MasteryCriterion(60, window=Window(WindowKind.CONSECUTIVE, 2, 2))
TYPED = {
    "objective_text": "say it in words",
    "target_on": "2026-03-01",
    "target_value": "60",
    "points_needed": "2",
    "min_opportunities": "10",
    "people": "2",
    "settings": "2",
    "probe_only": "on",
}


def probes(*days: date, correct: int = 6) -> list[Point]:
    return [Point(day, Score(10, correct), Purpose.PROBE) for day in days]


FEBRUARY, MARCH = probes(date(2026, 2, 2), date(2026, 2, 9)), probes(date(2026, 3, 2), date(2026, 3, 9))


@pytest.mark.parametrize(
    ("points", "today", "mark", "words"),
    [
        (FEBRUARY, date(2026, 2, 10), "met", "Met on Feb 9, 2026."),
        (probes(date(2026, 2, 2), BY), date(2026, 5, 1), "met", "Met on Mar 1, 2026."),
        (MARCH, date(2026, 5, 1), "late", "Met on Mar 9, 2026, after its date of Mar 1."),
        (FEBRUARY[:1], BY, "open", "Not yet: 1 of 1 probe at 60% or more, 2 needed."),
        (FEBRUARY[:1], date(2026, 3, 2), "missed", "Not yet: 1 of 1 probe at 60% or more, 2 needed."),
        ([], date(2026, 3, 2), "missed", "Cannot say yet: no probes."),
        (probes(date(2026, 2, 2), correct=0)[:0], BY, "open", "Cannot say yet: no probes."),
    ],
)
def test_where_an_objective_stands(points: list[Point], today: date, mark: str, words: str) -> None:
    found = judge(TWO, BY, points, today)
    assert (found.mark, found.words) == (mark, words)


def test_data_of_another_wording_meet_no_objective() -> None:
    assert judge(TWO, BY, FEBRUARY, BY, since=date(2026, 2, 5)).mark == "open"


def test_an_objective_has_every_part_of_a_criterion() -> None:
    form = parse_objective(TYPED, "trials", "up", Metric.INDEPENDENT)
    criterion = MasteryCriterion.from_dict(form.mastery)
    assert (criterion.target, criterion.people, criterion.settings, criterion.min_opportunities) == (60, 2, 2, 10)
    assert (form.text, form.target_on) == ("say it in words", BY)
    assert objective_fields(form.text, form.mastery, form.target_on).items() >= TYPED.items()


def test_an_objective_of_a_falling_goal_falls() -> None:
    form = parse_objective(TYPED | {"target_value": "5"}, "frequency", "down", Metric.COUNT)
    assert (form.mastery["comparator"], form.mastery["min_opportunities"]) == ("at_most", 1)


def test_a_new_objective_begins_with_the_goals_criterion_and_not_with_its_target() -> None:
    begun = objective_fields("", TWO.to_dict(), None)
    assert (begun["target_value"], begun["objective_text"], begun["points_needed"]) == ("", "", "2")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"objective_text": " "}, "objective_text"),
        ({"target_on": ""}, "target_on"),
        ({"target_value": ""}, "target_value"),
        ({"target_value": "101"}, "target_value"),
        ({"points_needed": ""}, "points_needed"),
        ({"people": "3"}, "people"),
        ({"settings": "3"}, "settings"),
        ({"points_out_of": "1"}, "points_needed"),
    ],
)
def test_a_wrong_field_gets_its_sentence(changes: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_objective(TYPED | changes, "trials", "up", Metric.INDEPENDENT)
    assert field in caught.value.fields


def test_what_is_told_in_words_has_no_measured_steps() -> None:
    with pytest.raises(Invalid):
        parse_objective(TYPED, "narrative", "up", Metric.NOTHING)


@pytest.mark.parametrize(
    ("mastery", "measure", "fitting"),
    [({"metric": "independent"}, "tally", True), ({"metric": "rate"}, "trials", False), ({}, "trials", False)],
)
def test_an_objective_fits_the_measure_that_takes_its_unit(
    mastery: dict[str, Any], measure: str, fitting: bool
) -> None:
    assert fits(mastery, measure) is fitting
