"""What a reader chose to see of a goal, as the page's address holds it: unknown words mean the usual choice."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TypeVar

from therapytrack.domain.chart_window import Period
from therapytrack.domain.goal_chart import GoalChart
from therapytrack.domain.trend_methods import TrendMethod

MOST_INTERVALS = 40
WHISKERS = "95% interval"
# Where there is room, each point has its number of trials beside it.
WHISKERS_WITH_N = f"{WHISKERS}, number of trials"
Choice = TypeVar("Choice", bound=StrEnum)


class Tab(StrEnum):
    """The parts of a goal's page."""

    CHART = "chart"
    SUPERVISOR = "supervisor"


class Layer(StrEnum):
    """What is drawn beside each point: nothing, its 95% interval, or the same trials with their cues counted."""

    POINTS = "points"
    INTERVALS = "intervals"
    SUPPORT = "support"


@dataclass(frozen=True, slots=True)
class ChartChoice:
    """The tab, the time shown (up to `until`), the trend's method, the layer (None: by the number of points),
    whether a rate is shown on the standard `celeration` chart, and whether statistics look at `practice` too."""

    tab: Tab = Tab.CHART
    period: Period = Period.YEAR
    until: date | None = None
    trend: TrendMethod = TrendMethod.THEIL_SEN
    layer: Layer | None = None
    celeration: bool = False
    practice: bool = False

    @property
    def query(self) -> str:
        """The choice as the query of an address, without what is usual: "?period=quarter", "" for the usual one."""
        chosen = {
            "tab": self.tab if self.tab is not Tab.CHART else "",
            "period": self.period if self.period is not Period.YEAR else "",
            "until": self.until.isoformat() if self.until else "",
            "trend": self.trend if self.trend is not TrendMethod.THEIL_SEN else "",
            "show": self.layer or "",
            "scale": "celeration" if self.celeration else "",
            "points": "all" if self.practice else "",
        }
        parts = [f"{name}={value}" for name, value in chosen.items() if value]
        return "?" + "&".join(parts) if parts else ""

    def but(self, **changed: object) -> str:
        """The query of the same choice with something changed."""
        return replace(self, **changed).query  # type: ignore[arg-type]


def parse_choice(parameters: Mapping[str, object]) -> ChartChoice:
    """The choice in the `parameters` of an address."""
    layer = str(parameters.get("show", ""))
    return ChartChoice(
        tab=_one_of(Tab, parameters.get("tab"), Tab.CHART),
        period=_one_of(Period, parameters.get("period"), Period.YEAR),
        until=_day(parameters.get("until")),
        trend=_one_of(TrendMethod, parameters.get("trend"), TrendMethod.THEIL_SEN),
        layer=Layer(layer) if layer in list(Layer) else None,
        celeration=parameters.get("scale") == "celeration",
        practice=parameters.get("points") == "all",
    )


def layer_of(choice: ChartChoice, chart: GoalChart) -> Layer:
    """What is drawn beside the points of `chart`: intervals while they are few enough to be read."""
    if choice.layer:
        return choice.layer
    marks = [mark for segment in chart.segments for mark in segment.marks]
    return Layer.INTERVALS if len(marks) <= MOST_INTERVALS else Layer.POINTS


def beside_name(chart: GoalChart, layer: Layer, *, counted: bool) -> str:
    """What stands beside the points, `counted` when n is among it, as the legend names it; "" for nothing."""
    if layer is Layer.SUPPORT:
        return chart.beside_name if chart.beside else ""
    whiskers = any(mark.low < mark.high for segment in chart.segments for mark in segment.marks)
    if layer is not Layer.INTERVALS or not whiskers:
        return ""
    return WHISKERS_WITH_N if counted else WHISKERS


def legend_of(chart: GoalChart, layer: Layer, *, counted: bool) -> list[str]:
    """The names of all that is drawn with a sample in the legend; `counted`: n stands beside the points."""
    name = beside_name(chart, layer, counted=counted)
    return [*chart.legend, name] if name else list(chart.legend)


def _one_of(kind: type[Choice], text: object, usual: Choice) -> Choice:
    return next((one for one in kind if one.value == text), usual)


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text)) if text else None
    except ValueError:
        return None
