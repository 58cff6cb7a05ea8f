"""The shapes of which the drawn charts are made, as SVG text: lines, words, and many dots in one path."""

import re
from collections.abc import Iterable, Iterator
from html import escape
from textwrap import wrap
from typing import Literal, TypeVar
from unicodedata import east_asian_width

from therapytrack.domain.chart_heads import Heads
from therapytrack.domain.sparkline import number

__all__ = [
    "ABOVE_HEADS",
    "FONT",
    "HEAD_ROW",
    "SIZE",
    "Anchor",
    "Place",
    "clean",
    "dots",
    "heads_above",
    "in_rows",
    "label",
    "line",
    "number",
    "path",
    "size_of",
    "square",
    "svg_element",
    "width_of",
]

FONT = "'Source Sans 3', Helvetica, Arial, sans-serif"
SIZE = 12
LEGEND_ROW = 15
HEAD_ROW = 14  # of names above the plot
ABOVE_HEADS, NAME_ABOVE, MARK_ABOVE = 11, 9, 8  # rows of names; a name and a mark are clear of a point on the edge
Anchor = Literal["start", "middle", "end"]
Place = tuple[float, float]
T = TypeVar("T")
_VIEW = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(words: str) -> str:
    """Words as SVG may hold them."""
    return escape(_NOT_XML.sub("", words))


def width_of(words: str, size: float = SIZE) -> float:
    """About how wide `words` are drawn; a sign of East Asia is twice as wide as a letter."""
    wide = 0 if words.isascii() else sum(east_asian_width(sign) in "WF" for sign in words)
    return 0.55 * size * (len(words) + wide)


def label(x: float, y: float, words: str, color: str, anchor: Anchor = "start", size: float = SIZE) -> str:
    """Words at a place."""
    small = "" if size == SIZE else f' font-size="{number(size)}"'
    place = f'x="{number(x)}" y="{number(y)}" text-anchor="{anchor}"{small}'
    return f'<text {place} fill="{color}">{clean(words)}</text>'


def heads_above(
    heads: Heads, phases: Iterable[float], plot: tuple[float, float], colors: tuple[str, str]
) -> Iterator[str]:
    """The phase lines (where each is), up to their names, with the names, and the marks of the dotted lines.

    `plot`: its top and its bottom; `colors`: of names and of marks.
    """
    (top, bottom), reach = plot, {head.line: head.reach for head in heads.names}
    for x in phases:
        yield line((x, top - HEAD_ROW * reach.get(x, 0)), (x, bottom), colors[0], 1.2, "8 4")
    for head in heads.names:
        yield label(head.x, top - NAME_ABOVE - HEAD_ROW * head.row, head.words, colors[0], head.anchor)
    for mark in heads.marks:
        yield label(mark.x, top - MARK_ABOVE, mark.words, colors[1], mark.anchor)


def size_of(drawing: str) -> tuple[float, float]:
    """How wide and how high a picture of `svg_element` is."""
    found = _VIEW.search(drawing)
    assert found
    return float(found[1]), float(found[2])


def in_rows(
    named: Iterable[tuple[str, T]], edges: tuple[float, float], y: float, gaps: tuple[float, float]
) -> Iterator[tuple[str, T | None, float, float]]:
    """The words of a legend whose first row is at `y`, with what each names and where its sample is: on a further row
    where one is full; words wider than a row go on in rows of their own, without a sample.

    `edges`: left and right; `gaps`: from a sample to its words, and from words to the next sample.
    """
    (left, right), (room, apart) = edges, gaps
    x = left
    for name, one in named:
        if x + room + width_of(name) > right and x > left:
            x, y = left, y + LEGEND_ROW
        first, *more = _wrapped(name, right - left - room)
        yield first, one, x, y
        for words in more:
            y += LEGEND_ROW
            yield words, None, x, y
        x = right if more else x + room + width_of(name) + apart


def _wrapped(words: str, room: float) -> list[str]:
    """`words` in as many lines as they need, none of them wider than `room`."""
    widest = max((width_of(sign) for sign in words), default=1)
    return wrap(words, max(1, int(room / widest))) if width_of(words) > room else [words]


def path(drawn: str, color: str, width: float, dash: str = "") -> str:
    """Path data as a line without a fill."""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{drawn}" fill="none" stroke="{color}" stroke-width="{width}"{dashes}/>'


def line(start: Place, end: Place, color: str, width: float, dash: str = "") -> str:
    """A straight line."""
    drawn = f"M{number(start[0])} {number(start[1])}L{number(end[0])} {number(end[1])}"
    return path(drawn, color, width, dash)


def square(middle: Place, half: float, look: str, words: str = "") -> str:
    """A square around `middle`; `look` are its attributes, `words` what stands in it."""
    corner = f'x="{number(middle[0] - half)}" y="{number(middle[1] - half)}"'
    return f'<rect {corner} width="{number(2 * half)}" height="{number(2 * half)}" {look}>{words}</rect>'


def dots(places: Iterable[Place], color: str, size: float, *, round_ones: bool) -> str:
    """Many dots (or squares) of one look in one path: the round caps of lines without a length, or lines as long as
    wide. A PDF draws no square cap of a line without a length, as it has no direction (ISO 32000-1, 8.5.3.2)."""
    half, length, cap = (0.0, "0", ' stroke-linecap="round"') if round_ones else (size / 2, number(size), "")
    drawn = "".join(f"M{number(x - half)} {number(y)}h{length}" for x, y in places)
    return f'<path d="{drawn}" fill="none" stroke="{color}" stroke-width="{number(size)}"{cap}/>'


def svg_element(
    size: tuple[float, float], body: str, surface: str, font: str = FONT, words: tuple[str, str] | None = None
) -> str:
    """`body` as one SVG element on its ground; `words` are its title and its description; without, what it
    stands in says it."""
    box = f'width="{number(size[0])}" height="{number(size[1])}"'
    view = f'viewBox="0 0 {number(size[0])} {number(size[1])}"'
    spoken = 'role="img"' if words else 'aria-hidden="true"'
    said = f"<title>{clean(words[0])}</title><desc>{clean(words[1])}</desc>" if words else ""
    ground = f'<rect {box} fill="{surface}"/>'
    type_face = f'font-family="{escape(font)}" font-size="{SIZE}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {spoken} {box} {view} {type_face}>{said}{ground}{body}</svg>'
