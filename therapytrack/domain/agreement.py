"""Whether two people who scored the same trials saw the same: point-by-point agreement.

Trial-by-trial agreement is the number of trials on which both said the same, divided by all trials, times 100 (Cooper,
Heron & Heward, Applied Behavior Analysis, chapter on assessing measurement; Kazdin, Single-Case Research Designs). 80%
is the least that is commonly taken as good enough: it is shown as a convention, never as a verdict.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple

GOOD_ENOUGH_PERCENT = 80
CUED = "cued"


class Scored(NamedTuple):
    """One trial as one scorer saw it; `level` is (scale version, rank) of the cue, None where none was recorded.

    `step` is the step of a task, counted from 1; 0 for trials that have only an order.
    """

    outcome: str
    level: tuple[int, int] | None = None
    step: int = 0


Pair = tuple[Scored | None, Scored | None]


@dataclass(frozen=True, slots=True)
class Agreement:
    """`agreed` of `trials` were scored alike; a trial that only one of the two has counts as a disagreement."""

    agreed: int
    trials: int

    @property
    def percent(self) -> float | None:
        """0 to 100; None when nobody scored anything."""
        return 100 * self.agreed / self.trials if self.trials else None


def pairs(first: Sequence[Scored], second: Sequence[Scored]) -> list[Pair]:
    """The trials of two scorers side by side, None where one has none: the n-th at a step and the n-th at that step."""
    steps: defaultdict[int, tuple[list[Scored], list[Scored]]] = defaultdict(lambda: ([], []))
    for side, trials in enumerate((first, second)):
        for one in trials:
            steps[one.step][side].append(one)
    return [pair for _, both in sorted(steps.items()) for pair in zip_longest(*both)]


def on_outcome(both: Iterable[Pair]) -> Agreement:
    """How many pairs have the same outcome, of all."""
    alike = [one is not None and other is not None and one.outcome == other.outcome for one, other in both]
    return Agreement(sum(alike), len(alike))


def on_cue(both: Sequence[Pair]) -> Agreement | None:
    """How many pairs have the same outcome and, where it is "cued", the same level of the same scale.

    A pair that both scored as cued is left out unless both recorded a level. None where there is no pair with two
    levels: then there is nothing to compare beyond the outcome.
    """
    cued = [(one, other) for one, other in both if one and other and one.outcome == other.outcome == CUED]
    full = [(one, other) for one, other in cued if one.level and other.level]
    if not full:
        return None
    unlike = sum(one.level != other.level for one, other in full)
    outcome = on_outcome(both)
    left_out = len(cued) - len(full)
    return Agreement(outcome.agreed - left_out - unlike, outcome.trials - left_out)


def together(found: Iterable[Agreement]) -> Agreement:
    """Several agreements as one: all trials alike count alike."""
    each = list(found)
    return Agreement(sum(one.agreed for one in each), sum(one.trials for one in each))
