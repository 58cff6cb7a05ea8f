"""Single-case statistics of a goal: each phase of treatment against the baseline before it, and when they say nothing.

The phase lines of the goal tell the phases apart. Every index has its definition, its source and its conditions, so
that a number is never read without them; where a condition fails there are words in the place of the number.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean

from therapytrack.domain.accuracy import Purpose
from therapytrack.domain.effect_sizes import FEWEST, ird, lrr, nap, pand, pnd, tau, tau_bc, tau_u
from therapytrack.domain.points import PERCENTAGES, Direction, Metric, Point, is_baseline
from therapytrack.domain.units import value_text

ALL_TREATMENT = "All treatment"
Values = Sequence[float]


@dataclass(frozen=True, slots=True)
class Index:
    """An index with what a reader of its number has to know; `says_nothing` names its own conditions."""

    key: str
    name: str
    of: Callable[..., float | None]
    definition: str
    source: str
    says_nothing: str


INDICES = (
    Index(
        "nap",
        "NAP",
        nap,
        "Nonoverlap of all pairs: of all pairs of a baseline and a treatment point, the share in which the treatment "
        "point is better; ties count half. 0.5 is chance, 1 is no overlap.",
        "Parker & Vannest 2009, Behavior Therapy 40:357",
        "It does not see a trend that was there in baseline.",
    ),
    Index(
        "tau",
        "Tau",
        tau,
        "Pairs in which the treatment point is better, less those in which it is worse, over all pairs: 2 NAP − 1. "
        "0 is chance, 1 is no overlap.",
        "Parker, Vannest, Davis & Sauber 2011, Behavior Therapy 42:284",
        "It does not see a trend that was there in baseline.",
    ),
    Index(
        "tau_u",
        "Tau-U",
        tau_u,
        "Tau less the trend within baseline: (S between the phases − S within baseline) ÷ (m × n).",
        "Parker, Vannest, Davis & Sauber 2011, Behavior Therapy 42:284",
        "It can pass 1, depends on the length of the phases and has no standard error: compare no two students by it.",
    ),
    Index(
        "tau_bc",
        "Baseline-corrected Tau",
        tau_bc,
        "Tau after the Theil–Sen line of baseline was taken away from both phases.",
        "Tarlow 2017, Behavior Modification 41:427",
        "The line of a short baseline is carried far: three points bear little.",
    ),
    Index(
        "pnd",
        "PND",
        pnd,
        "Share of the treatment points that are better than the best of baseline.",
        "Scruggs, Mastropieri & Casto 1987, Remedial and Special Education 8(2):24",
        "One odd baseline point decides it. It says nothing when a baseline point is already the best possible.",
    ),
    Index(
        "pand",
        "PAND",
        pand,
        "The most points that can stay so that every baseline point left is worse than every treatment point left, "
        "over all points.",
        "Parker, Hagan-Burke & Vannest 2007, Journal of Special Education 40:194",
        "It cannot fall below the larger phase's share of the points.",
    ),
    Index(
        "ird",
        "IRD",
        ird,
        "Robust improvement rate difference: 1 − (m + n)² ÷ (2mn) × (1 − PAND). 0 is chance.",
        "Parker, Vannest & Brown 2009, Exceptional Children 75:135",
        "With few points one odd point moves it a lot.",
    ),
    Index(
        "lrr",
        "Log response ratio",
        lrr,
        "Natural logarithm of the treatment mean over the baseline mean, corrected for small samples; turned so that "
        "above 0 is better.",
        "Pustejovsky 2018, Journal of School Psychology 68:99",
        "It says nothing when a mean is zero, and nothing about levels of a rubric, which have no ratio.",
    ),
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A phase of treatment against its baseline, values in the order of time."""

    name: str
    baseline: tuple[float, ...]
    treatment: tuple[float, ...]

    @property
    def counts(self) -> str:
        """How many points stand on each side."""
        return f"{len(self.baseline)} baseline, {len(self.treatment)} treatment"


@dataclass(frozen=True, slots=True)
class Result:
    """An index of one comparison: `value` with its four decimals, or None and the reason in words."""

    value: float | None
    why_not: str = ""

    @property
    def text(self) -> str:
        """The number as it is printed, with a true minus sign, or the reason."""
        if self.value is None:
            return self.why_not
        text = f"{abs(self.value):.4f}"
        return f"−{text}" if self.value < 0 and text.strip("0.") else text


@dataclass(frozen=True, slots=True)
class PhaseStatistics:
    """The table: `results[i][j]` is index i of comparison j. `problem` says why there is no comparison at all."""

    comparisons: tuple[Comparison, ...]
    results: tuple[tuple[Result, ...], ...]
    ground: str
    problem: str = ""


def phase_statistics(
    points: Sequence[Point], metric: Metric, direction: Direction, *, probes_only: bool, top: float = 0
) -> PhaseStatistics:
    """Compare the phases of `points` (by date, each with its phase); `top` is the highest level of a rubric."""
    used = [point for point in points if point.value(metric) is not None]
    used = [point for point in used if point.purpose is Purpose.PROBE or not probes_only]
    ground = _ground(used, direction, probes_only=probes_only)
    comparisons, problem = _comparisons(used, metric, points)
    results = tuple(tuple(_result(index, one, metric, direction, top) for one in comparisons) for index in INDICES)
    return PhaseStatistics(comparisons, results, ground, problem)


def _ground(used: Sequence[Point], direction: Direction, *, probes_only: bool) -> str:
    kind = "Probes only" if probes_only else "Probes and practice together, though practice is supported performance"
    outside = sum(not point.phase for point in used)
    left_out = f" Left out: {_count(outside, 'point')} from before the first phase." if outside else ""
    better = "more" if direction is Direction.UP else "less"
    return f"{kind}: {_count(len(used), 'point')}; {better} is better.{left_out}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _comparisons(used: Sequence[Point], metric: Metric, points: Sequence[Point]) -> tuple[tuple[Comparison, ...], str]:
    if not any(point.phase for point in points):
        why = "This goal has no phase lines with data, so nothing tells baseline from treatment."
        return (), why if points else "There are no data yet."
    runs = [(name, tuple(_values(group, metric))) for name, group in groupby(used, lambda point: point.phase) if name]
    if not any(is_baseline(name) for name, _ in runs):
        return (), "There are no baseline points of this kind to compare with."
    made, baseline = [], None
    for name, values in runs:
        if is_baseline(name):
            baseline = values
        elif baseline is not None:
            made.append(Comparison(name, baseline, values))
    if not made:
        return (), "There are no treatment points of this kind after a baseline."
    if len(made) > 1 and len({one.baseline for one in made}) == 1 and _one_baseline(runs):
        together = tuple(value for one in made for value in one.treatment)
        made.append(Comparison(ALL_TREATMENT, made[0].baseline, together))
    return tuple(made), ""


def _one_baseline(runs: Sequence[tuple[str, Values]]) -> bool:
    """Whether treatment follows one baseline only: phases of a reversal are compared pair by pair."""
    return sum(is_baseline(name) for name, _ in runs) == 1


def _values(group: object, metric: Metric) -> list[float]:
    values = (point.value(metric) for point in group)  # type: ignore[attr-defined]
    return [value for value in values if value is not None]


def _result(index: Index, one: Comparison, metric: Metric, direction: Direction, top: float) -> Result:
    if why := _nothing_said(index, one, metric, direction, top):
        return Result(None, why)
    grain = {"counts": metric is Metric.COUNT} if index.of is lrr else {}
    value = index.of(one.baseline, one.treatment, increase=direction is Direction.UP, **grain)
    return Result(value) if value is not None else Result(None, "The formula has no value here.")


def _nothing_said(index: Index, one: Comparison, metric: Metric, direction: Direction, top: float) -> str:
    """Why the index says nothing about `one`; "" when it does."""
    for noun, values in (("baseline", one.baseline), ("treatment", one.treatment)):
        if len(values) < FEWEST:
            return f"{_count(len(values), noun + ' point')}, and {FEWEST} are needed."
    if len({*one.baseline, *one.treatment}) == 1:
        return f"Every point is {value_text(metric, one.baseline[0])}: nothing differs."
    if index.key == "pnd" and (best := _best(metric, direction, top)) is not None and best in one.baseline:
        return f"A baseline point is already {value_text(metric, best)}: none can be better."
    if index.key == "lrr":
        return _no_ratio(one, metric)
    return ""


def _best(metric: Metric, direction: Direction, top: float) -> float | None:
    """The best value that there can be; None when there is no limit."""
    if direction is Direction.DOWN:
        return 1.0 if metric is Metric.LEVEL else 0.0
    return 100.0 if metric in PERCENTAGES else top or None


def _no_ratio(one: Comparison, metric: Metric) -> str:
    if metric is Metric.LEVEL:
        return "Levels of a rubric are an order and have no ratio."
    for noun, values in (("baseline", one.baseline), ("treatment", one.treatment)):
        if not fmean(values):
            return f"The {noun} mean is zero, and a ratio with zero says nothing."
    return ""
