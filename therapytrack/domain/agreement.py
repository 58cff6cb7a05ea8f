"""Whether two people who scored the same trials saw the same: point-by-point agreement.

Trial-by-trial agreement is the number of trials on which both said the same, divided by all trials, times 100 (Cooper,
Heron & Heward, Applied Behavior Analysis, chapter on assessing measurement; Kazdin, Single-Case Research Designs). 80%
is the least that is commonly taken as good enough: it is shown as a convention, never as a verdict.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

GOOD_ENOUGH_PERCENT = 80


@dataclass(frozen=True, slots=True)
class Agreement:
    """`agreed` of `trials` were scored alike; a trial that only one of the two has counts as a disagreement."""

    agreed: int
    trials: int

    @property
    def percent(self) -> float | None:
        """0 to 100; None when nobody scored anything."""
        return 100 * self.agreed / self.trials if self.trials else None


def point_by_point(first: Sequence[str], second: Sequence[str]) -> Agreement:
    """The agreement of two scorers' outcomes of one goal, in the order of the trials: the n-th against the n-th."""
    agreed = sum(one == other for one, other in zip(first, second, strict=False))
    return Agreement(agreed, max(len(first), len(second)))


def together(found: Iterable[Agreement]) -> Agreement:
    """Several agreements as one: all trials alike count alike."""
    each = list(found)
    return Agreement(sum(one.agreed for one in each), sum(one.trials for one in each))
