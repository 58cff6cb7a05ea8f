"""Which goals of a student are seen beside one another, and over which time, as the page's address holds it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from therapytrack.domain.chart_choice import ChartChoice, parse_choice
from therapytrack.domain.ids import parse_id

FEWEST, MOST = 2, 4
USUAL = ChartChoice()


@dataclass(frozen=True, slots=True)
class CompareChoice:
    """The ids of the goals in the order of their panels, none for the student's first ones; and the time shown."""

    goals: tuple[UUID, ...] = ()
    chart: ChartChoice = USUAL

    @property
    def query(self) -> str:
        """The choice as the query of an address."""
        picked = "?goals=" + ",".join(str(one) for one in self.goals)
        return picked + self.chart.query.replace("?", "&")

    def with_chart(self, **changed: object) -> "CompareChoice":
        """The same goals over another time."""
        return replace(self, chart=replace(self.chart, **changed))  # type: ignore[arg-type]

    def toggled(self, goal: UUID) -> "CompareChoice":
        """Without `goal` where it is chosen and is not the last one, else with it where there is room."""
        left = tuple(one for one in self.goals if one != goal)
        if len(left) < len(self.goals):
            return replace(self, goals=left) if left else self
        return replace(self, goals=(*self.goals, goal)) if len(self.goals) < MOST else self


def parse_comparison(parameters: Mapping[str, object]) -> CompareChoice:
    """The choice in the `parameters` of an address. At most four goals. Raises NotFound for an id that is none."""
    named = [part for part in str(parameters.get("goals") or "").split(",") if part][: MOST + 1]
    goals = tuple(dict.fromkeys(parse_id(part) for part in named))[:MOST]
    usual = parse_choice(parameters)
    return CompareChoice(goals, ChartChoice(period=usual.period, until=usual.until, trend=usual.trend))
