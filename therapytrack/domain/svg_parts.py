"""The shapes of which the drawn charts are made, as SVG text: lines, words, and many dots in one path."""

import re
from collections.abc import Iterable
from html import escape
from typing import Literal

from therapytrack.domain.sparkline import number

__all__ = [
    "FONT",
    "SIZE",
    "Place",
    "clean",
    "dots",
    "label",
    "line",
    "number",
    "path",
    "square",
    "svg_element",
    "width_of",
]

FONT = "'Source Sans 3', Helvetica, Arial, sans-serif"
SIZE = 12
NAME_ROOM = 15  # a name that stands upright
Anchor = Literal["start", "middle", "end"]
Place = tuple[float, float]
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(words: str) -> str:
    """Words as SVG may hold them."""
    return escape(_NOT_XML.sub("", words))


def width_of(words: str, size: float = SIZE) -> float:
    """About how wide `words` are drawn."""
    return 0.55 * size * len(words)


def label(x: float, y: float, words: str, color: str, anchor: Anchor = "start", size: float = SIZE) -> str:
    """Words at a place."""
    small = "" if size == SIZE else f' font-size="{number(size)}"'
    place = f'x="{number(x)}" y="{number(y)}" text-anchor="{anchor}"{small}'
    return f'<text {place} fill="{color}">{clean(words)}</text>'


def upright(x: float, y: float, words: str, color: str) -> str:
    """Words that go up from a place, left of it."""
    place = f'x="{number(x)}" y="{number(y)}" transform="rotate(-90 {number(x)} {number(y)})"'
    return f'<text {place} fill="{color}">{clean(words)}</text>'


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
    """Many dots (or squares) of one look in one path: the caps of lines without a length."""
    drawn = "".join(f"M{number(x)} {number(y)}h0" for x, y in places)
    cap = "round" if round_ones else "square"
    return f'<path d="{drawn}" fill="none" stroke="{color}" stroke-width="{number(size)}" stroke-linecap="{cap}"/>'


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
