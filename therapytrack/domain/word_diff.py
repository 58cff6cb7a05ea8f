"""The difference between two texts word by word: what was taken out, what was put in, what stayed.

Texts come from people who may mean harm: matching words can take minutes for a text of one word repeated, so sentences
are matched first, then the words within those that differ, as long as that stays a matter of tenths of a second.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Final, Literal

Kind = Literal["same", "deleted", "inserted"]
Change = tuple[Sequence[str], Sequence[str]]
SENTENCES: Final = re.compile(r".+?(?:[.!?\n]+\s*|\Z)", re.DOTALL)
WORDS: Final = re.compile(r"\s+|\w+|[^\w\s]+")
MOST_STEPS: Final = 6_000_000
"""How many comparisons one difference may take, in the worst case; beyond it a change is shown as a whole."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that stayed, was deleted from the old text or was inserted in the new one."""

    kind: Kind
    text: str


def word_diff(before: str, after: str) -> list[Piece]:
    """Pieces in reading order: without the inserted ones they spell `before`, without the deleted ones `after`."""
    runs: list[tuple[Kind, str]] = []
    left = MOST_STEPS
    for old, new in _aligned(SENTENCES.findall(before), SENTENCES.findall(after), left):
        if old == new:
            runs.append(("same", "".join(old)))
            continue
        words = WORDS.findall("".join(old)), WORDS.findall("".join(new))
        for gone, come in _aligned(*words, left):
            runs += _runs(gone, come)
        left -= min(left, _steps(*words))
    return list(_joined(runs))


def _runs(old: Sequence[str], new: Sequence[str]) -> list[tuple[Kind, str]]:
    if old == new:
        return [("same", "".join(old))]
    return [("deleted", "".join(old)), ("inserted", "".join(new))]


def _aligned(old: Sequence[str], new: Sequence[str], steps: int) -> Iterator[Change]:
    """Both lists cut into parts that are equal or differ; the middle is one part when matching takes over `steps`."""
    head = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
    rest = zip(reversed(old[head:]), reversed(new[head:]), strict=False)
    tail = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], rest))
    middle = old[head : len(old) - tail], new[head : len(new) - tail]
    yield old[:head], new[:head]
    if _steps(*middle) > steps:
        yield middle
    else:
        for _, old_start, old_end, new_start, new_end in SequenceMatcher(str.isspace, *middle, False).get_opcodes():
            yield middle[0][old_start:old_end], middle[1][new_start:new_end]
    yield old[len(old) - tail :], new[len(new) - tail :]


def _steps(old: Sequence[str], new: Sequence[str]) -> int:
    """An upper bound of what matching costs: pairs of equal items (blanks only follow words), for each match found."""
    times = Counter(new)
    pairs = sum(count * times[item] for item, count in Counter(old).items() if not item.isspace())
    return (pairs + len(old) + len(new)) * min(len(old), len(new))


def _joined(runs: Sequence[tuple[Kind, str]]) -> Iterator[Piece]:
    """Neighbouring runs of one kind as one piece; empty ones are left out."""
    kind: Kind = "same"
    text = ""
    for next_kind, part in runs:
        if next_kind != kind and part:
            if text:
                yield Piece(kind, text)
            kind, text = next_kind, ""
        text += part
    if text:
        yield Piece(kind, text)
