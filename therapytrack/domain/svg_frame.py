"""The place of everything on a drawn chart: dates across, values up, within the margins of its look."""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cached_property
from itertools import pairwise

from therapytrack.domain.chart_choice import Layer
from therapytrack.domain.chart_heads import Heads, arranged
from therapytrack.domain.goal_chart import MANY, GoalChart
from therapytrack.domain.palette import Palette
from therapytrack.domain.svg_parts import ABOVE_HEADS, HEAD_ROW, width_of

MARGINS = {False: (44, 12, 38, 66), True: (34, 8, 6, 20)}  # left, right, top, bottom; small ones have no words above
LEAST = {False: (240, 200), True: (120, 60)}


class Look(Enum):
    """How a chart is drawn: with a shape for each point, with few long paths, or small, without names and legend."""

    WHOLE = "whole"
    DENSE = "dense"
    SMALL = "small"


@dataclass(frozen=True)
class Frame:
    """Turns dates and values into places on the picture: hundreds of them, so its own sizes are computed once."""

    chart: GoalChart
    width: float
    height: float
    colors: Palette
    described: bool
    layer: Layer
    look: Look
    keyed: bool = True

    @cached_property
    def small(self) -> bool:
        return self.look is Look.SMALL

    @cached_property
    def left(self) -> float:
        return MARGINS[self.small][0]

    @cached_property
    def right(self) -> float:
        return self.width - MARGINS[self.small][1]

    @cached_property
    def heads(self) -> Heads:
        """What stands above the plot; nothing does above a small one."""
        if self.small:
            return Heads((), (), 0)
        phases = [(self.x(band.start), band.name) for band in self.chart.bands]
        events = [(self.x(event.on), event.mark) for event in self.chart.events]
        return arranged(phases, events, self.right, width_of(" "))

    @cached_property
    def top(self) -> float:
        return max(MARGINS[self.small][2], HEAD_ROW * self.heads.rows + ABOVE_HEADS if self.heads.rows else 0)

    @cached_property
    def bottom(self) -> float:
        return self.height - MARGINS[self.small][3]

    @cached_property
    def many(self) -> bool:
        """Whether the points are so many that smaller marks tell them apart better."""
        return sum(len(segment.marks) for segment in self.chart.segments) > MANY

    @cached_property
    def apart(self) -> tuple[float, float]:
        """How near two points of different days are at the nearest across, and two of one day up (at the lower ends of
        their intervals)."""
        places = sorted((mark.on, mark.low) for segment in self.chart.segments for mark in segment.marks)
        pairs = list(pairwise(places))
        across = (self.x(later) - self.x(day) for (day, _), (later, _) in pairs if day != later)
        up = (self.y(low) - self.y(high) for (day, low), (later, high) in pairs if day == later)
        return min(across, default=self.width), min(up, default=self.height)

    @cached_property
    def _per_day(self) -> float:
        return (self.right - self.left) / (self.chart.x_end - self.chart.x_start).days

    @cached_property
    def _per_unit(self) -> float:
        return (self.bottom - self.top) / self.chart.top

    @cached_property
    def _first(self) -> int:
        return self.chart.x_start.toordinal()

    def x(self, day: date) -> float:
        return min(self.right, max(self.left, self.left + (day.toordinal() - self._first) * self._per_day))

    def y(self, value: float) -> float:
        return self.bottom - value * self._per_unit
