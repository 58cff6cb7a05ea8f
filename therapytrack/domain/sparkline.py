"""A goal's last points as a line the size of a word, for a row of the caseload."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

MAX_VALUES = 12
INSET = 3.0


@dataclass(frozen=True, slots=True)
class Sparkline:
    """SVG path data: `line` ("" below two values), `dot` for a round-capped stroke on the last value, `target_line`.

    `end` is the last value's place and `target_y` the target's height, in the same units; None when there is none.
    """

    line: str
    dot: str
    target_line: str
    end: tuple[float, float] | None
    target_y: float | None


@lru_cache(maxsize=1024)
def number(value: float) -> str:
    """A coordinate to one decimal without a trailing zero, the same on every machine."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def sparkline_path(
    values: Sequence[float], width: float, height: float, target: float | None = None, top: float = 100
) -> Sparkline:
    """Draw the last twelve of `values` (oldest first) evenly from left to right on a scale from 0 to `top`.

    A single value stands at the right edge. Values and target outside the scale are drawn on the edge.
    """
    shown = values[-MAX_VALUES:]
    places = [(x, _y(100 * value / top, height)) for x, value in zip(_across(len(shown), width), shown, strict=True)]
    corners = [f"{number(x)} {number(y)}" for x, y in places]
    target_y = None if target is None else _y(100 * target / top, height)
    return Sparkline(
        line="M" + "L".join(corners) if len(corners) > 1 else "",
        dot=f"M{corners[-1]}h0" if corners else "",
        target_line="" if target_y is None else f"M0 {number(target_y)}H{number(width)}",
        end=places[-1] if places else None,
        target_y=target_y,
    )


# A caseload draws hundreds of values that are few different ones: tenths and fifths at a dozen places.
@lru_cache(maxsize=64)
def _across(count: int, width: float) -> tuple[float, ...]:
    step = (width - 2 * INSET) / max(1, count - 1)
    first = width - INSET - step * (count - 1)
    return tuple(round(first + step * index, 1) for index in range(count))


@lru_cache(maxsize=1024)
def _y(percent: float, height: float) -> float:
    share = min(100.0, max(0.0, percent)) / 100
    return round(height - INSET - share * (height - 2 * INSET), 1)
