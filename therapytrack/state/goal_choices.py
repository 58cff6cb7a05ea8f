"""The choices above a goal's chart as links, each keeping what else was chosen."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from therapytrack.domain.chart_choice import ChartChoice, Layer, Tab
from therapytrack.domain.chart_window import Period
from therapytrack.domain.dates import long_date
from therapytrack.domain.goal_chart import GoalChart
from therapytrack.domain.points import Metric
from therapytrack.domain.trend_methods import TrendMethod
from therapytrack.services.progress import GoalProgress

Offer = tuple[str, dict[str, Any]]
TABS: tuple[Offer, ...] = (("Progress", {"tab": Tab.CHART}), ("Supervisor", {"tab": Tab.SUPERVISOR}))
PERIODS: tuple[Offer, ...] = tuple((one.value.capitalize(), {"period": one, "until": None}) for one in Period)
TRENDS: tuple[Offer, ...] = (
    ("Theil–Sen", {"trend": TrendMethod.THEIL_SEN}),
    ("Least squares", {"trend": TrendMethod.OLS}),
    ("Thirds", {"trend": TrendMethod.THIRDS}),
)
SCALES: tuple[Offer, ...] = (("Even scale", {"celeration": False}), ("Celeration", {"celeration": True}))
COMPARED: tuple[Offer, ...] = (("Probes only", {"practice": False}), ("All points", {"practice": True}))


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """A choice with its address; `current` is "true" for the one that is on, as aria-current has it."""

    words: str
    href: str
    current: str = "false"


@dataclass(frozen=True, slots=True)
class Offered:
    """All choices of the page; an empty list is not shown."""

    tabs: list[ChoiceView] = field(default_factory=list)
    periods: list[ChoiceView] = field(default_factory=list)
    steps: list[ChoiceView] = field(default_factory=list)
    trends: list[ChoiceView] = field(default_factory=list)
    layers: list[ChoiceView] = field(default_factory=list)
    kinds: list[ChoiceView] = field(default_factory=list)
    scales: list[ChoiceView] = field(default_factory=list)


def offered(found: GoalProgress, choice: ChartChoice, href: str) -> Offered:
    """What `choice` can be changed to. A stretch of time that was moved is still a month or a quarter.

    The standard celeration chart has its own time, its own line and nothing beside its points. The supervisor's tab is
    offered to those who may see it; who came by its address finds the way back.
    """
    chart, still = found.chart, replace(choice, until=None)
    rate = chart is not None and chart.metric is Metric.RATE
    even = chart if chart and not found.celeration else None
    return Offered(
        scales=choice_views(SCALES, choice, href) if rate else [],
        tabs=choice_views(TABS, choice, href) if found.may_see_statistics or choice.tab is Tab.SUPERVISOR else [],
        periods=choice_views(PERIODS, still, href) if even or not chart else [],
        steps=step_views(found.steps, choice, href) if even else [],
        trends=choice_views(TRENDS, choice, href) if even and even.trend else [],
        layers=layer_views(even, found.layer, choice, href) if even else [],
        kinds=choice_views(COMPARED, choice, href),
    )


def choice_views(offers: Sequence[Offer], choice: ChartChoice, href: str) -> list[ChoiceView]:
    """The `offers` beside the present one, for the page at `href`."""
    return [_view(words, replace(choice, **change), choice, href) for words, change in offers]


def layer_views(chart: GoalChart, layer: Layer, choice: ChartChoice, href: str) -> list[ChoiceView]:
    """What can be drawn beside the points; nothing to choose where a measure has neither intervals nor cues."""
    offers: list[Offer] = [("Points", {"layer": Layer.POINTS})]
    if any(mark.low < mark.high for segment in chart.segments for mark in segment.marks):
        offers.append(("95% intervals", {"layer": Layer.INTERVALS}))
    if chart.beside:
        offers.append((chart.beside_name, {"layer": Layer.SUPPORT}))
    return choice_views(offers, replace(choice, layer=layer), href) if len(offers) > 1 else []


def step_views(steps: tuple[date | None, date | None], choice: ChartChoice, href: str) -> list[ChoiceView]:
    """The stretches of time before and after the one shown."""
    named = zip(("Earlier", "Later"), steps, strict=True)
    return [ChoiceView(f"{words}, up to {long_date(day)}", href + choice.but(until=day)) for words, day in named if day]


def _view(words: str, changed: ChartChoice, choice: ChartChoice, href: str) -> ChoiceView:
    return ChoiceView(words, href + changed.query, "true" if changed == choice else "false")
