"""Single-case effect sizes: how the data of an intervention phase stand to those of its baseline.

Each takes the two phases in the order of time, in any one unit, as sequences of any kind of real numbers, and answers
one float, or None where the index says nothing: with fewer than three points in a phase, with a value that is no finite
number (missing, infinite, text; SingleCaseES leaves a missing one out), or where a formula has no value. Values are
taken as the decimals that they are written as, in exact arithmetic: 0.1, 0.2 and 0.3 are evenly apart.
`increase=False` is for goals that ask for less; a positive number (for NAP one above 0.5) is always an improvement.
Definitions are those of SingleCaseES 0.7 (Pustejovsky, Chen and Swan); a difference is named where there is one.
They describe overlap or change, not cause, and their meaning assumes that points are independent, which is rarely true.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from math import isfinite, log
from numbers import Rational, Real
from statistics import mean, median, variance

FEWEST = 3
Values = Sequence[float]


def nap(baseline: Values, treatment: Values, *, increase: bool = True) -> float | None:
    """Nonoverlap of all pairs, 0 to 1: the share of pairs in which the treatment's value is better, ties half.

    0.5 is chance. Source: Parker and Vannest 2009, Behavior Therapy 40:357. It does not see a trend in the baseline.
    """
    if (phases := _phases(baseline, treatment, increase)) is None:
        return None
    return (1 + _kendall_score(*phases) / (len(baseline) * len(treatment))) / 2


def tau(baseline: Values, treatment: Values, *, increase: bool = True) -> float | None:
    """Kendall's Tau between the phases, -1 to 1: better pairs less worse pairs, over all pairs; 2 NAP - 1.

    Source: Parker, Vannest, Davis and Sauber 2011, Behavior Therapy 42:284. Ties count in the denominator.
    """
    if (phases := _phases(baseline, treatment, increase)) is None:
        return None
    return _kendall_score(*phases) / (len(baseline) * len(treatment))


def tau_u(baseline: Values, treatment: Values, *, increase: bool = True) -> float | None:
    """Tau less the baseline's own trend: (S between the phases - S within the baseline) / (m n).

    Source: Parker, Vannest, Davis and Sauber 2011, "Tau-U(A vs. B - trend A)". It can leave -1 to 1, depends on how
    long the phases are, and has no standard error: compare no two students by it.
    """
    if (phases := _phases(baseline, treatment, increase)) is None:
        return None
    before, after = phases
    within = sum(_sign(later - earlier) for earlier, later in combinations(before, 2))
    return (_kendall_score(before, after) - within) / (len(before) * len(after))


def tau_bc(baseline: Values, treatment: Values, *, increase: bool = True) -> float | None:
    """Tau of what is left of both phases without the Theil-Sen line of the baseline, points one apart.

    Source: Tarlow 2017, Behavior Modification 41:427; as in SingleCaseES, the line is taken away whether or not the
    baseline's trend is significant, and ties are not adjusted for (`Kendall = FALSE`). The line is laid in exact
    arithmetic on the decimal values: SingleCaseES rounds on the way, which can turn a tie with the line into an order,
    so where values tie on it the two may differ (data on one straight line are 0 here).
    """
    if (phases := _phases(baseline, treatment, increase)) is None:
        return None
    before, after = phases
    slope = median((b - a) / (j - i) for (i, a), (j, b) in combinations(enumerate(before), 2))
    level = median(value - slope * index for index, value in enumerate(before))
    left = [value - level - slope * index for index, value in enumerate([*before, *after])]
    return _kendall_score(left[: len(before)], left[len(before) :]) / (len(before) * len(after))


def pnd(baseline: Values, treatment: Values, *, increase: bool = True) -> float | None:
    """Percentage of nonoverlapping data, as a share 0 to 1: the treatment's values better than the best of baseline.

    Source: Scruggs, Mastropieri and Casto 1987, Remedial and Special Education 8(2):24. One odd baseline point decides
    it, and it shrinks as the baseline grows longer.
    """
    if (phases := _phases(baseline, treatment, increase)) is None:
        return None
    before, after = phases
    best = max(before)
    return sum(value > best for value in after) / len(after)


def pand(baseline: Values, treatment: Values, *, increase: bool = True) -> float | None:
    """Percentage of all nonoverlapping data, as a share: the most points that can stay so that every one left of the
    baseline is worse than every one left of the treatment, over all points.

    Source: Parker, Hagan-Burke and Vannest 2007, Journal of Special Education 40:194. It cannot fall below the larger
    phase's share of the points.
    """
    if (phases := _phases(baseline, treatment, increase)) is None:
        return None
    return _most_apart(*phases) / (len(baseline) + len(treatment))


def ird(baseline: Values, treatment: Values, *, increase: bool = True) -> float | None:
    """Robust improvement rate difference, -1 to 1: 1 - (m + n)^2 / (2 m n) x (1 - PAND).

    Source: Parker, Vannest and Brown 2009, Exceptional Children 75:135; Pustejovsky 2019, Psychological Methods 24:217
    for the identity with PAND. With one odd point of few it moves a lot.
    """
    if (phases := _phases(baseline, treatment, increase)) is None:
        return None
    m, n = len(baseline), len(treatment)
    return 1 - (m + n) * (m + n - _most_apart(*phases)) / (2 * m * n)


def lrr(baseline: Values, treatment: Values, *, increase: bool = True, counts: bool = True) -> float | None:
    """Log response ratio of the phases' means, corrected for small samples; exp(lrr) - 1 is the share of change.

    ln M + s^2 / (2 n M^2) of the treatment less that of the baseline. As SingleCaseES gives LRRi for counts, a mean
    below 1 / (2 n) is taken for that, a variance below 1 / n^3 for that; with `counts=False`, for what is not, both
    are taken as they are, as there for a scale whose grain is not known, and a mean of zero has no ratio: None.
    For values from zero up; None when one is negative. With `increase=False` the sign is turned: SingleCaseES
    does that too, but for percentages it compares what is left to 100. Source: Pustejovsky 2018, Journal of School
    Psychology 68:99.
    """
    if (phases := _phases(baseline, treatment, True)) is None or min(map(min, phases)) < 0:
        return None
    before, after = (_log_mean(phase, counts) for phase in phases)
    if before is None or after is None:
        return None
    return after - before if increase else before - after


def _phases(baseline: Values, treatment: Values, increase: bool) -> tuple[list[Fraction], list[Fraction]] | None:
    """Both phases as exact decimals, turned so that more is better; None when the indices say nothing about them."""
    if min(len(baseline), len(treatment)) < FEWEST or not all(map(_is_finite, [*baseline, *treatment])):
        return None
    sign = 1 if increase else -1
    before, after = ([sign * Fraction(str(value + 0)) for value in phase] for phase in (baseline, treatment))
    return before, after


def _is_finite(value: object) -> bool:
    return isinstance(value, Rational) or (isinstance(value, Real | Decimal) and isfinite(value))


def _sign(difference: Fraction) -> int:
    return (difference > 0) - (difference < 0)


def _kendall_score(before: Sequence[Fraction], after: Sequence[Fraction]) -> int:
    """S: pairs of one value each in which the later one is greater, less those in which it is smaller."""
    return sum((later > earlier) - (later < earlier) for earlier in before for later in after)


def _most_apart(before: Sequence[Fraction], after: Sequence[Fraction]) -> int:
    """The most points that can stay so that every one left of `before` is below every one left of `after`.

    Where all that stay of `before` are at or below some value of it (or none stays), only the rest of `after` counts.
    """
    below = sorted(before)
    staying = (kept + sum(value > below[kept - 1] for value in after) for kept in range(1, len(below) + 1))
    return max(len(after), *staying)


def _log_mean(phase: Sequence[Fraction], counts: bool) -> float | None:
    n, level, spread = len(phase), mean(phase), variance(phase)
    if counts:
        level, spread = max(level, Fraction(1, 2 * n)), max(spread, Fraction(1, n**3))
    if not level:
        return None
    return log(level.numerator) - log(level.denominator) + float(spread / (2 * n * level**2))
