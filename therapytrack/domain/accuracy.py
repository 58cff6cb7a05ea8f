"""What one trial can be, and what a set of trials says: percent correct and how sure that figure is."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import floor, sqrt
from statistics import NormalDist

from therapytrack.errors import Invalid


class Outcome(StrEnum):
    """The result of one trial."""

    CORRECT = "correct"
    CUED = "cued"
    APPROXIMATION = "approximation"
    INCORRECT = "incorrect"
    NO_RESPONSE = "no_response"


class Purpose(StrEnum):
    """Why data were taken: a probe shows learning, practice shows supported performance, and the two are labelled.

    Source: The Hello Foundation, "What kind of data are you taking?".
    """

    PROBE = "probe"
    PRACTICE = "practice"


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one set of `n` trials: `correct` without a cue, `cued` correct after one.

    For data that are no percentage `n` counts observations, `correct` occurrences, `amount` observed milliseconds, and
    `value` is the point in its unit. Raises Invalid when a count is negative or correct and cued exceed the trials.
    """

    n: int
    correct: int
    cued: int = 0
    amount: int | None = None
    value: float | None = None

    def __post_init__(self) -> None:
        if min(self.n, self.correct, self.cued) < 0:
            raise Invalid({"n": "Enter counts of zero or more."})
        if self.correct + self.cued > self.n:
            raise Invalid({"correct": "Correct and cued together cannot be more than the trials. Check the counts."})

    @property
    def independent(self) -> float | None:
        """Per cent correct without a cue, 0 to 100; None when there are no trials."""
        return 100 * self.correct / self.n if self.n else None

    @property
    def supported(self) -> float | None:
        """Per cent correct with or without a cue, 0 to 100; None when there are no trials."""
        return 100 * (self.correct + self.cued) / self.n if self.n else None


@lru_cache(maxsize=4096)
def wilson_interval(successes: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """The score interval of a proportion, as fractions (low, high) in 0..1; (0, 1) when n is 0: nothing is known.

    Source: Wilson 1927, J. Am. Stat. Assoc. 22:209; method 3 in Newcombe 1998, Stat. Med. 17:857.
    Raises Invalid when successes are not between 0 and n.
    """
    if not 0 <= successes <= n:
        raise Invalid({"correct": "The number correct must be between zero and the number of trials."})
    if n == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = successes / n
    center = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    low = 0.0 if successes == 0 else max(0.0, center - half)
    high = 1.0 if successes == n else min(1.0, center + half)
    return low, high


def percent_text(value: float) -> str:
    """`value` (0 to 100) as people write it, halves rounded up: 27.5 is "28%"."""
    return f"{floor(value + 0.5)}%"
