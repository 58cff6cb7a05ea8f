"""The choices above a goal's chart as links, each keeping what else was chosen."""

from dataclasses import dataclass
from typing import Any

from therapytrack.domain.chart_choice import ChartChoice, Tab
from therapytrack.domain.chart_window import Period

TABS = (("Progress", {"tab": Tab.CHART}), ("Supervisor", {"tab": Tab.SUPERVISOR}))
PERIODS = (("Year", {"period": Period.YEAR}), ("Quarter", {"period": Period.QUARTER}))
COMPARED = (("Probes only", {"practice": False}), ("All points", {"practice": True}))


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """A choice with its address; `current` is "true" for the one that is on, as aria-current has it."""

    words: str
    href: str
    current: str


def choice_views(offered: tuple[tuple[str, dict[str, Any]], ...], choice: ChartChoice, href: str) -> list[ChoiceView]:
    """The `offered` choices beside the present one, for the page at `href`."""
    return [
        ChoiceView(words, href + changed, "true" if changed == choice.query else "false")
        for words, change in offered
        for changed in [choice.but(**change)]
    ]
