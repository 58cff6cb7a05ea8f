"""A student's goals beside one another: which of them, and over which time, stands in the page's address."""

from dataclasses import dataclass
from uuid import UUID

import reflex as rx

from therapytrack.access.actions import Action
from therapytrack.domain.chart_choice import Layer
from therapytrack.domain.chart_svg import Look, render_svg
from therapytrack.domain.compare_choice import FEWEST, MOST, CompareChoice, parse_comparison
from therapytrack.domain.dates import long_date
from therapytrack.domain.goal_chart import GoalChart
from therapytrack.domain.ids import parse_id
from therapytrack.domain.palette import SCREEN
from therapytrack.domain.points import Metric
from therapytrack.errors import NotFound
from therapytrack.services.goal_compare import ComparedGoal, Comparison, compare_goals
from therapytrack.state.base import SignedInState
from therapytrack.state.goal_choices import PERIODS, TRENDS, ChoiceView
from therapytrack.state.guard import requires

WIDE, NARROW = (740, 290), (340, 300)


@dataclass(frozen=True, slots=True)
class CompareHead:
    """What stands above the panels. `asked`: what is to be chosen still; `span`: the days that all panels show."""

    student: str = ""
    asked: str = ""
    span: str = ""
    may_export: bool = False
    no_export: str = ""


@dataclass(frozen=True, slots=True)
class PanelView:
    """One goal's panel: its standing in a mark and words, its chart drawn for wide and for narrow screens, and the
    sentence that says what it shows. `wide` is empty for a goal that is told in words."""

    key: str
    label: str
    href: str
    status: str
    standing: str
    why: str
    title: str
    wide: str
    narrow: str
    words: str


@dataclass(frozen=True, slots=True)
class DayView:
    """A row of the table under the panels."""

    day: str
    cells: list[str]


class GoalCompareState(SignedInState):
    """`picks`: every goal of the student as a switch; `goals`: the columns of the table."""

    head: CompareHead = CompareHead()
    picks: list[ChoiceView] = []
    periods: list[ChoiceView] = []
    steps: list[ChoiceView] = []
    trends: list[ChoiceView] = []
    panels: list[PanelView] = []
    days: list[DayView] = []
    found_days: int = 0
    student_href: str = ""
    page_href: str = ""
    picture_href: str = ""
    csv_href: str = ""

    @rx.event
    @requires(Action.VIEW_PROGRESS)
    async def enter(self) -> None:
        """Load the goals of the address."""
        await self._enter()
        self._forget()
        self.missing = False
        try:
            student_id, choice = self._asked()
        except NotFound as error:
            self._show(error)
            return
        found = await self._try(compare_goals, student_id, choice)
        if found is not None:
            self._fill(found)
        self.ready = True

    def _asked(self) -> tuple[UUID, CompareChoice]:
        parts = self.router.url.path.strip("/").split("/")
        if len(parts) != 3:
            raise NotFound()
        student_id = parse_id(parts[1])
        choice = parse_comparison(dict(self.router.url.query_parameters))
        self.student_href = f"/students/{student_id}"
        self.page_href = f"/students/{student_id}/compare"
        return student_id, choice

    def _fill(self, found: Comparison) -> None:
        choice = found.choice
        self.head = CompareHead(
            found.student_name, _still_asked(found), _span(found), found.may_export, found.why_no_export
        )
        self.picks = [_pick(goal, label, choice, self.page_href) for goal, label in found.offered]
        self.periods = self._choices(PERIODS, choice.with_chart(until=None))
        self.trends = self._choices(TRENDS, choice) if any(one.chart.trend for one in found.goals) else []
        self.steps = [
            ChoiceView(f"{words}, up to {long_date(day)}", self.page_href + choice.with_chart(until=day).query)
            for words, day in zip(("Earlier", "Later"), found.steps, strict=True)
            if day
        ]
        self.panels = [_panel(one, self.student_href) for one in found.goals]
        self.days = [DayView(one.day, list(one.cells)) for one in found.days]
        self.found_days = found.found
        self.picture_href = f"{self.page_href}.svg{choice.query}"
        self.csv_href = f"{self.page_href}.csv{choice.query}"

    def _choices(self, offers: tuple[tuple[str, dict[str, object]], ...], choice: CompareChoice) -> list[ChoiceView]:
        changed = [(words, choice.with_chart(**change)) for words, change in offers]
        return [
            ChoiceView(words, self.page_href + one.query, "true" if one == choice else "false")
            for words, one in changed
        ]


def _still_asked(found: Comparison) -> str:
    if not found.offered:
        return "This student has no goals yet."
    if len(found.offered) < FEWEST:
        return "There is one goal so far: nothing to compare it with."
    if len(found.goals) < FEWEST:
        return "Choose one more goal to compare."
    return "Four goals are shown; take one out to see another." if len(found.choice.goals) == MOST else ""


def _span(found: Comparison) -> str:
    return f"{long_date(found.window[0])} to {long_date(found.window[1])}" if found.window else ""


def _pick(goal: UUID, label: str, choice: CompareChoice, page: str) -> ChoiceView:
    return ChoiceView(label, page + choice.toggled(goal).query, "true" if goal in choice.goals else "false")


def _panel(one: ComparedGoal, student: str) -> PanelView:
    told = one.chart.metric is Metric.NOTHING
    return PanelView(
        key=str(one.id),
        label=one.label,
        href=f"{student}/goals/{one.id}",
        status=one.standing.status.value,
        standing=one.standing.label,
        why=one.standing.sentence,
        title=one.chart.title,
        wide="" if told else _drawn(one.chart, one.layer, WIDE),
        narrow="" if told else _drawn(one.chart, one.layer, NARROW),
        words="It is told in words: open the goal to read them." if told else one.chart.alt,
    )


def _drawn(chart: GoalChart, layer: Layer, size: tuple[int, int]) -> str:
    return render_svg(chart, *size, SCREEN, described=False, layer=layer, look=Look.DENSE, keyed=False)
