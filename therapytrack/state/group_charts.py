"""The goals of several students together: of a group of the schedule, or of an assistant's caseload."""

from dataclasses import dataclass

import reflex as rx
from reflex.event import EventSpec

from therapytrack.access.actions import Action
from therapytrack.domain.chart_svg import Look, render_svg
from therapytrack.domain.dates import long_date
from therapytrack.domain.group_choice import GroupChoice, parse_group
from therapytrack.domain.palette import SCREEN
from therapytrack.domain.points import Metric
from therapytrack.errors import NotPermitted, TherapyTrackError
from therapytrack.services.group_charts import (
    MOST_STUDENTS,
    GroupView,
    SmallChart,
    StudentCharts,
    open_group,
)
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import requires

SMALL = (260, 110)


@dataclass(frozen=True, slots=True)
class SmallChartView:
    """One goal's small chart with its standing as a mark and in words; `alt` says in words what is drawn."""

    key: str
    label: str
    href: str
    status: str
    standing: str
    why: str
    drawing: str
    alt: str


@dataclass(frozen=True, slots=True)
class StudentChartsView:
    """A student with her goals."""

    key: str
    name: str
    place: str
    href: str
    compare: str
    goals: list[SmallChartView]


class GroupChartsState(SignedInState):
    """`supervised`: it is about assistants' caseloads; `refused`: they are not for this person. `found`: how many
    students there are; fifteen are sent."""

    students: list[StudentChartsView] = []
    offers: list[tuple[str, str]] = []
    chosen: str = ""
    supervised: bool = False
    refused: bool = False
    span: str = ""
    found: int = 0
    shown_from: int = 0
    shown_to: int = 0
    before: str = ""
    after: str = ""

    @rx.event
    @requires(Action.VIEW_PROGRESS)
    async def enter(self) -> None:
        """Open the page as its address asks."""
        await self._enter()
        self._forget()
        choice = parse_group(self.router.url.query_parameters)
        self.supervised = bool(choice.of)
        try:
            self._fill(await self._ask(open_group, choice), choice)
        except TherapyTrackError as error:
            self._show(error)
            self.refused = isinstance(error, NotPermitted)
        self.ready = True

    @rx.event
    @requires(Action.VIEW_PROGRESS)
    async def choose(self, wanted: str) -> EventSpec:
        """Show another group, or another assistant's caseload."""
        return rx.redirect((GroupChoice(of=wanted) if self.supervised else GroupChoice(group=wanted)).href)

    def _fill(self, view: GroupView, choice: GroupChoice) -> None:
        self.offers, self.chosen = list(view.offers), view.chosen
        self.students = [_student(one) for one in view.students]
        self.found, self.shown_from, self.shown_to = view.found, view.first, view.first + len(view.students)
        self.span = f"{long_date(view.window[0])} to {long_date(view.window[1])}" if view.window else ""
        earlier, later = view.first - MOST_STUDENTS, view.first + MOST_STUDENTS
        self.before = choice.but(first=earlier).href if earlier >= 0 else ""
        self.after = choice.but(first=later).href if later < view.found else ""


def _student(one: StudentCharts) -> StudentChartsView:
    href = f"/students/{one.id}"
    goals = [_small(goal, href) for goal in one.goals]
    return StudentChartsView(str(one.id), one.name, one.place, href, f"{href}/compare" if len(goals) > 1 else "", goals)


def _small(one: SmallChart, student: str) -> SmallChartView:
    told = one.chart.metric is Metric.NOTHING
    drawing = "" if told else render_svg(one.chart, *SMALL, SCREEN, described=False, look=Look.SMALL)
    return SmallChartView(
        key=str(one.id),
        label=one.label,
        href=f"{student}/goals/{one.id}",
        status=one.standing.status.value,
        standing=one.standing.label,
        why=one.standing.sentence,
        drawing=drawing,
        alt=one.chart.alt,
    )
