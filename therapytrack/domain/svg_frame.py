"""The place of everything on a drawn chart: dates across, values up, within the margins of its look."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from therapytrack.domain.chart_choice import Layer
from therapytrack.domain.goal_chart import GoalChart
from therapytrack.domain.palette import Palette

MARGINS = {False: (44, 12, 38, 66), True: (34, 8, 6, 20)}  # left, right, top, bottom; small ones have no words above
LEAST = {False: (240, 200), True: (120, 60)}


class Look(Enum):
    """How a chart is drawn: with a shape for each point, with few long paths, or small, without names and legend."""

    WHOLE = "whole"
    DENSE = "dense"
    SMALL = "small"


@dataclass(frozen=True, slots=True)
class Frame:
    """Turns dates and values into places on the picture."""

    chart: GoalChart
    width: float
    height: float
    colors: Palette
    described: bool
    layer: Layer
    look: Look

    @property
    def small(self) -> bool:
        return self.look is Look.SMALL

    @property
    def left(self) -> float:
        return MARGINS[self.small][0]

    @property
    def right(self) -> float:
        return self.width - MARGINS[self.small][1]

    @property
    def top(self) -> float:
        return MARGINS[self.small][2]

    @property
    def bottom(self) -> float:
        return self.height - MARGINS[self.small][3]

    def x(self, day: date) -> float:
        share = (day - self.chart.x_start) / (self.chart.x_end - self.chart.x_start)
        return self.left + min(1.0, max(0.0, share)) * (self.right - self.left)

    def y(self, value: float) -> float:
        return self.bottom - value / self.chart.top * (self.bottom - self.top)
