"""How much a note repeats another: cloned text is what auditors look for (ICD10monitor, "Cloned documentation").

Words in runs of three are compared (Jaccard similarity of word trigrams, Broder 1997); names, numbers and the phrases
that everybody taps count like all other words, because an auditor reads them so.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from therapytrack.domain.names import folded

RUN = 3
TOO_MUCH_PERCENT = 80
FEWEST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Likeness:
    """The other note that a text repeats most, in words, and how much of both is the same, 0 to 100."""

    other: str
    percent: int


def likeness(text: str, other: str) -> int:
    """How much two texts have in common, 0 to 100; 0 when one has fewer than eight words."""
    one, two = _words(text), _words(other)
    if min(len(one), len(two)) < FEWEST_WORDS:
        return 0
    runs, others = _runs(one), _runs(two)
    return round(100 * len(runs & others) / len(runs | others))


def most_alike(text: str, others: Mapping[str, str]) -> Likeness | None:
    """The one of `others` (by its words for the reader) that `text` repeats by 80% or more; None when none is."""
    found = [Likeness(words, likeness(text, other)) for words, other in others.items()]
    worst = max(found, key=lambda one: one.percent, default=None)
    return worst if worst and worst.percent >= TOO_MUCH_PERCENT else None


def _words(text: str) -> list[str]:
    kept = "".join(sign if sign.isalnum() else " " for sign in folded(text))
    return kept.split()


def _runs(words: list[str]) -> set[tuple[str, ...]]:
    return set(zip(*(words[start:] for start in range(RUN)), strict=False))
