"""What a reader chose to see of a goal, as the page's address holds it: unknown words mean the usual choice."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from therapytrack.domain.chart_window import Period

Choice = TypeVar("Choice", bound=StrEnum)


class Tab(StrEnum):
    """The parts of a goal's page."""

    CHART = "chart"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True)
class ChartChoice:
    """The tab, the time shown, and whether statistics look at `practice` too."""

    tab: Tab = Tab.CHART
    period: Period = Period.YEAR
    practice: bool = False

    @property
    def query(self) -> str:
        """The choice as the query of an address, without what is usual: "?period=quarter", "" for the usual one."""
        parts = [
            f"{name}={value}"
            for name, value, usual in (
                ("tab", self.tab.value, Tab.CHART.value),
                ("period", self.period.value, Period.YEAR.value),
                ("points", "all" if self.practice else "probes", "probes"),
            )
            if value != usual
        ]
        return "?" + "&".join(parts) if parts else ""

    def but(self, **changed: object) -> str:
        """The query of the same choice with something changed."""
        return replace(self, **changed).query  # type: ignore[arg-type]


def parse_choice(parameters: object) -> ChartChoice:
    """The choice in the `parameters` of an address (a mapping of text)."""
    asked = parameters if isinstance(parameters, dict) else {}
    return ChartChoice(
        tab=_one_of(Tab, asked.get("tab"), Tab.CHART),
        period=_one_of(Period, asked.get("period"), Period.YEAR),
        practice=asked.get("points") == "all",
    )


def _one_of(kind: type[Choice], text: object, usual: Choice) -> Choice:
    return next((one for one in kind if one.value == text), usual)
