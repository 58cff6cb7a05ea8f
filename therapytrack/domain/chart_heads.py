"""What stands above a plot, where no data are: the names of phases in rows, and the mark of each dotted line.

No name is cut: where one has no room, numbers stand in the place of all, and the chart's legend says what they mean.
Everything is in pixels across; a row is counted from the plot upward. Nothing here knows a drawing tool.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

MOST_ROWS = 3
APART, BESIDE = 3.0, 4.0  # between two of them, and from a line to its name
Line = tuple[float, str]


@dataclass(frozen=True, slots=True)
class Head:
    """Words in a row, at `x` by their `anchor`; `line` is where the line that they name stands."""

    line: float
    x: float
    row: int
    words: str
    anchor: Literal["start", "middle", "end"] = "start"

    @property
    def reach(self) -> int:
        """How many rows its line goes up: to its own, but not through a name that ends at the edge."""
        return self.row + 1 if self.row and self.anchor == "start" else self.row


class Numbered(NamedTuple):
    """A phase by its number above the plot, for the legend."""

    mark: str
    name: str


@dataclass(frozen=True, slots=True)
class Heads:
    """The names of phases and the marks of events, and how many rows they need; `numbered`: the phases, where numbers
    stand in the place of their names."""

    names: tuple[Head, ...]
    marks: tuple[Head, ...]
    rows: int
    numbered: tuple[Numbered, ...] = ()


def arranged(phases: Sequence[Line], events: Sequence[Line], right: float, letter: float) -> Heads:
    """Place the names of `phases` and the marks of `events` (where each line is, and its words, by place) so that none
    touches another or goes past `right`; `letter` is how wide a letter is.

    Marks take the lowest row where there are any. An event without a mark has none.
    """
    marks = marks_above([one for one in events if one[1]], [x for x, _ in phases], right, letter)
    first, numbered = 1 if marks else 0, list[Numbered]()
    names = names_above(phases, right, letter, first)
    if names is None:
        numbered = [Numbered(str(place), name) for place, (_, name) in enumerate(phases, 1)]
        lines = [(x, one.mark) for (x, _), one in zip(phases, numbered, strict=True)]
        names = tuple(replace(head, row=first) for head in marks_above(lines, [], right, letter))
    return Heads(names, marks, max((head.row + 1 for head in (*names, *marks)), default=0), tuple(numbered))


def names_above(lines: Sequence[Line], right: float, letter: float, first: int = 0) -> tuple[Head, ...] | None:
    """Each name after its line (or before the edge), in the lowest row (from `first`) in which it meets neither a later
    name nor a line that goes up to one; None where one has no room in any row, or would stand before the edge over the
    line of a later one, whose name it would seem to be."""
    found: list[Head] = []
    for x, words in reversed(lines):
        past = x + BESIDE + len(words) * letter > right
        head = Head(x, right if past else x + BESIDE, first, words, "end" if past else "start")
        start, end = span(head, letter)
        met = [one.row + 1 for one in found if min(one.line, span(one, letter)[0]) < end + APART]
        head = replace(head, row=max(met, default=first))
        over_another = past and any(one.line > start for one in found)
        if start < 0 or over_another or head.row - first >= MOST_ROWS:
            return None
        found.append(head)
    return tuple(reversed(found))


def marks_above(events: Sequence[Line], phases: Sequence[float], right: float, letter: float) -> tuple[Head, ...]:
    """Each mark in the middle over its line, or beside a phase line that it would stand on; those that would touch
    stand together."""
    groups: list[list[Line]] = []
    for event in sorted(events):
        groups.append([event])
        while len(groups) > 1 and _touch([_mark(group, phases, right, letter) for group in groups[-2:]], letter):
            groups[-2:] = [groups[-2] + groups[-1]]
    return tuple(_mark(group, phases, right, letter) for group in groups)


def _touch(pair: Sequence[Head], letter: float) -> bool:
    one, after = pair
    return span(after, letter)[0] < span(one, letter)[1] + APART


def span(head: Head, letter: float) -> tuple[float, float]:
    """From where to where its words go."""
    wide = len(head.words) * letter
    start = head.x - {"start": 0.0, "middle": wide / 2, "end": wide}[head.anchor]
    return start, start + wide


def _mark(group: Sequence[Line], phases: Sequence[float], right: float, letter: float) -> Head:
    """On the side of a phase line on which its events are, if they are all on one."""
    (first, last), words = (group[0][0], group[-1][0]), " ".join(words for _, words in group)
    head = Head(first, (first + last) / 2, 0, words, "middle")
    start, end = span(head, letter)
    if end > right:
        return replace(head, x=right, anchor="end")
    crossed = [x for x in phases if start - APART < x < end + APART]
    if crossed and last < crossed[0]:
        return replace(head, x=crossed[0] - APART, anchor="end")
    return replace(head, x=crossed[-1] + BESIDE, anchor="start") if crossed else head
