"""The statistics of a goal: published numbers from phase lines, and words in the place of numbers that say nothing."""

from datetime import date, timedelta

import pytest

from tests.domain.examples import probe
from therapytrack.domain.accuracy import Purpose, Score
from therapytrack.domain.phase_statistics import INDICES, PhaseStatistics, phase_statistics
from therapytrack.domain.points import Direction, Metric, Point

START = date(2026, 1, 5)
BASELINE, TREATMENT = (20, 20, 26, 25, 22, 23), (28, 25, 24, 27, 30, 30, 29)


def series(**phases: tuple[float, ...]) -> list[Point]:
    """A probe a week, of 100 trials each."""
    values = [(name.replace("_", " "), value) for name, numbers in phases.items() for value in numbers]
    return [
        Point(START + timedelta(weeks=week), Score(100, int(value)), Purpose.PROBE, phase)
        for week, (phase, value) in enumerate(values)
    ]


def statistics(
    points: list[Point], direction: Direction = Direction.UP, *, probes_only: bool = True
) -> PhaseStatistics:
    return phase_statistics(points, Metric.INDEPENDENT, direction, probes_only=probes_only)


def texts(found: PhaseStatistics, column: int = 0) -> dict[str, str]:
    return {index.key: row[column].text for index, row in zip(INDICES, found.results, strict=True)}


def test_the_published_example_has_its_published_numbers() -> None:
    said = texts(statistics(series(Baseline=BASELINE, Intervention=TREATMENT)))
    assert said | {"tau_bc": "", "lrr": ""} == {
        "nap": "0.9167",
        "tau": "0.8333",
        "tau_u": "0.7381",
        "pnd": "0.7143",
        "pand": "0.8462",
        "ird": "0.6905",
        "tau_bc": "",
        "lrr": "",
    }


def test_a_descending_goal_is_better_when_it_falls() -> None:
    points = series(Baseline=(60, 58, 62), Intervention=(20, 18, 16))
    assert texts(statistics(points, Direction.DOWN))["nap"] == "1.0000"
    assert texts(statistics(points))["nap"] == "0.0000"
    assert texts(statistics(points))["tau"] == "−1.0000"


def test_each_phase_is_compared_and_all_of_them_together() -> None:
    found = statistics(series(Baseline=(10, 12, 11), Intervention=(20, 22, 24), Fading=(30, 32, 31)))
    assert [(one.name, one.counts) for one in found.comparisons] == [
        ("Intervention", "3 baseline, 3 treatment"),
        ("Fading", "3 baseline, 3 treatment"),
        ("All treatment", "3 baseline, 6 treatment"),
    ]


def test_a_reversal_is_compared_pair_by_pair() -> None:
    found = statistics(series(Baseline=(10, 12, 11), A=(20, 22, 24), Baseline_2=(15, 16, 14), B=(30, 32, 31)))
    assert [(one.name, one.baseline) for one in found.comparisons] == [("A", (10, 12, 11)), ("B", (15, 16, 14))]


@pytest.mark.parametrize(
    ("points", "why"),
    [
        ([], "There are no data yet."),
        ([probe(START, 20)], "This goal has no phase lines with data, so nothing tells baseline from treatment."),
        (series(Intervention=(20, 22, 24)), "There are no baseline points of this kind to compare with."),
        (series(Baseline=(20, 22, 24)), "There are no treatment points of this kind after a baseline."),
    ],
)
def test_without_two_phases_there_is_a_reason_and_no_number(points: list[Point], why: str) -> None:
    found = statistics(points)
    assert (found.comparisons, found.problem) == ((), why)


def test_one_point_is_too_few_for_every_index() -> None:
    said = texts(statistics(series(Baseline=(20, 22, 24), Intervention=(30,))))
    assert set(said.values()) == {"1 treatment point, and 3 are needed."}


@pytest.mark.parametrize("value", [0, 45])
def test_points_that_are_all_the_same_say_nothing(value: int) -> None:
    said = texts(statistics(series(Baseline=(value,) * 4, Intervention=(value,) * 5)))
    assert set(said.values()) == {f"Every point is {value}%: nothing differs."}


def test_a_ratio_with_zero_says_nothing_while_order_still_does() -> None:
    said = texts(statistics(series(Baseline=(0, 0, 0), Intervention=(10, 20, 30))))
    assert said["lrr"] == "The baseline mean is zero, and a ratio with zero says nothing."
    assert said["nap"] == "1.0000"


def test_only_counts_are_held_to_the_grain_of_a_count() -> None:
    """A rate of one in twenty minutes is no count of a twentieth: its ratio is that of the means."""
    ones_and_twos = series(Baseline=(1, 1, 1), Intervention=(2, 2, 2))

    def ratio(metric: Metric, share: float) -> str:
        points = [point._replace(score=Score(1, 0, value=share * point.score.correct)) for point in ones_and_twos]
        return texts(phase_statistics(points, metric, Direction.UP, probes_only=True))["lrr"]

    assert (ratio(Metric.RATE, 0.05), ratio(Metric.MEAN_TIME, 0.05)) == ("0.6931", "0.6931")
    assert ratio(Metric.COUNT, 1) == "0.6885"  # ln 2 + 1/27 x (1/24 - 1/6): a variance of 0 is taken for 1/27


def test_nothing_can_be_better_than_the_best() -> None:
    said = texts(statistics(series(Baseline=(60, 100, 70), Intervention=(90, 100, 95))))
    assert said["pnd"] == "A baseline point is already 100%: none can be better."
    falling = texts(statistics(series(Baseline=(10, 0, 20), Intervention=(0, 5, 0)), Direction.DOWN))
    assert falling["pnd"] == "A baseline point is already 0%: none can be better."


def test_levels_have_no_ratio() -> None:
    points = [
        point._replace(score=Score(1, 0, value=point.score.correct))
        for point in series(Baseline=(1, 1, 2), Intervention=(2, 3, 3))
    ]
    found = phase_statistics(points, Metric.LEVEL, Direction.UP, probes_only=True, top=4)
    assert texts(found)["lrr"] == "Levels of a rubric are an order and have no ratio."
    assert texts(found)["pnd"] == "0.6667"


def test_practice_and_points_before_the_first_phase_are_counted_out_loud() -> None:
    points = [
        probe(START - timedelta(days=3), 90),
        *series(Baseline=(20, 22, 24), Intervention=(30, 32, 34)),
        probe(START + timedelta(weeks=9), 95, Purpose.PRACTICE, phase="Intervention"),
    ]
    assert statistics(points).ground == (
        "Probes only: 7 points; more is better. Left out: 1 point from before the first phase."
    )
    both = statistics(points, probes_only=False)
    assert both.ground.startswith("Probes and practice together, though practice is supported performance: 8 points")
    assert both.comparisons[0].counts == "3 baseline, 4 treatment"


def test_points_without_trials_are_no_points() -> None:
    empty = Point(START, Score(0, 0), Purpose.PROBE, "Baseline")
    found = statistics([empty, *series(Baseline=(20, 22, 24), Intervention=(30, 32, 34))])
    assert found.comparisons[0].counts == "3 baseline, 3 treatment"


def test_every_index_names_its_source_and_its_conditions() -> None:
    assert all(one.definition and one.source and one.says_nothing for one in INDICES)
