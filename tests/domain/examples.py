"""Made-up goals and points that several tests of the domain share."""

from datetime import date, timedelta
from typing import Any

import numpy  # noqa: F401  (the first trend of a process loads it: not within one example of a property)
from hypothesis import strategies as st

from therapytrack.domain.accuracy import Purpose, Score
from therapytrack.domain.goal_findings import GoalFacts
from therapytrack.domain.mastery import MasteryCriterion
from therapytrack.domain.points import Direction, Phase, Point

PHASES = (Phase("Baseline", date(2025, 8, 19)), Phase("Intervention", date(2025, 9, 6)))
GOAL = GoalFacts("/ɹ/ initial, sentences", 80, date(2026, 5, 28), criterion=MasteryCriterion(80, min_opportunities=10))

# A school year of probes of 20 trials, with a winter break: days after 2025-09-09 and percent.
_DAYS = (0, 7, 14, 21, 28, 35, 42, 56, 63, 70, 84, 91, 98, 119, 126, 133, 140, 147, 154, 161, 168, 182, 189, 196)
_PERCENT = (25, 35, 40, 35, 30, 40, 45, 50, 40, 40, 55, 55, 65, 65, 60, 60, 80, 65, 65, 65, 75, 75, 75, 80)
_BASELINE = ((-21, 25), (-14, 30), (-12, 25), (-6, 30))
FIRST_DAY = date(2025, 9, 9)


def probe(day: date, percent: int, purpose: Purpose = Purpose.PROBE, **facts: Any) -> Point:
    """A point of 20 trials."""
    return Point(day, Score(20, percent // 5), purpose, **facts)


def school_year() -> list[Point]:
    """Four baseline probes and 24 in intervention, rising from 25 to 80 percent."""
    return [
        probe(FIRST_DAY + timedelta(days=day), percent)
        for day, percent in [*_BASELINE, *zip(_DAYS, _PERCENT, strict=True)]
    ]


@st.composite
def points(draw: st.DrawFn) -> Point:
    """Any point of the school year, also one without trials."""
    n = draw(st.integers(0, 12))
    correct = draw(st.integers(0, n))
    return Point(
        on=draw(st.dates(date(2025, 8, 1), date(2026, 6, 30))),
        score=Score(n, correct, draw(st.integers(0, n - correct))),
        purpose=draw(st.sampled_from(Purpose)),
        phase=draw(st.sampled_from(["", "Baseline", "Intervention"])),
    )


@st.composite
def goals(draw: st.DrawFn) -> GoalFacts:
    """Any goal, up or down, with or without a stored baseline and a criterion."""
    return GoalFacts(
        label=draw(st.text(max_size=20)),
        target_value=draw(st.integers(0, 100)),
        target_on=draw(st.dates(date(2025, 1, 1), date(2027, 1, 1))),
        direction=draw(st.sampled_from(Direction)),
        baseline_value=draw(st.none() | st.floats(0, 100)),
        baseline_on=draw(st.none() | st.dates(date(2025, 1, 1), date(2027, 1, 1))),
        criterion=draw(st.none() | st.builds(MasteryCriterion, st.floats(0, 100))),
    )
