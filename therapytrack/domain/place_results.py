"""What was right at each target of a goal, or at each step of its task, and which step is stuck."""

from collections.abc import Sequence
from dataclasses import dataclass

from therapytrack.domain.accuracy import Purpose, Score
from therapytrack.domain.points import Metric
from therapytrack.domain.score_words import counts_text, score_text

ENOUGH = 3


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """One target or step: "80% 16/20" as probe and in practice, "" without data; `stuck`: least often done alone."""

    name: str
    probe: str
    practice: str
    stuck: bool


def place_lines(names: Sequence[str], scores: dict[tuple[int, str], Score], *, steps: bool) -> tuple[PlaceLine, ...]:
    """The lines of `names`, whose places count from 1, in their order; `scores` by place and purpose.

    A step is stuck when it is done alone the least often, among those with at least three opportunities each, if it is
    not always done alone; of several the first.
    """
    shares: dict[int, float] = {}
    for place in range(1, len(names) + 1):
        own = [scores[place, purpose] for purpose in Purpose if (place, purpose) in scores]
        if sum(one.n for one in own) >= ENOUGH:
            shares[place] = sum(one.correct for one in own) / sum(one.n for one in own)
    worst = min(shares, key=lambda place: (shares[place], place), default=0) if steps else 0
    stuck = worst if worst and shares[worst] < 1 else 0
    return tuple(
        PlaceLine(
            name,
            _words(scores.get((place, Purpose.PROBE))),
            _words(scores.get((place, Purpose.PRACTICE))),
            place == stuck,
        )
        for place, name in enumerate(names, start=1)
    )


def _words(score: Score | None) -> str:
    if score is None or not score.n:
        return ""
    return f"{score_text(Metric.INDEPENDENT, score)} {counts_text(Metric.INDEPENDENT, score)}"
