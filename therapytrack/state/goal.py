"""One goal's page: its chart, the facts in words, the table of points in pages of 60."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import reflex as rx

from therapytrack.access.actions import Action
from therapytrack.domain.chart_choice import ChartChoice, Tab, parse_choice
from therapytrack.domain.chart_facts import FIRST_POINT, Fact, without_points
from therapytrack.domain.chart_picture import Picture, celeration_picture, picture_of
from therapytrack.domain.chart_rows import has_interval
from therapytrack.domain.goal_chart import ChartRow, GoalChart
from therapytrack.domain.ids import parse_id
from therapytrack.domain.measures import WITH_TARGETS, Measure
from therapytrack.domain.objectives import MARKS
from therapytrack.domain.outside_events import events_words
from therapytrack.errors import NotFound
from therapytrack.services.agreement import get_goal_agreement
from therapytrack.services.progress import PAGE_ROWS, GoalProgress, get_goal_progress
from therapytrack.state.agreement_views import AgreementView, agreement_views, in_all
from therapytrack.state.base import SignedInState
from therapytrack.state.goal_choices import Offered, offered
from therapytrack.state.goal_plan_views import TONES
from therapytrack.state.goal_statistics_views import PromptView, StatisticsView, prompt_views, statistics_view
from therapytrack.state.guard import requires

__all__ = ["PAGE_ROWS", "FactView", "GoalState", "PointView"]

ADDRESS = ("tab", "student_href", "goal_href", "compare_href", "draft_href")
NOTE_TONES = {"Draft": "warn", "Returned": "bad", "To co-sign": "info", "Signed": "good", "Co-signed": "good"}


@dataclass(frozen=True, slots=True)
class GoalHead:
    """What stands above the chart, and what the buttons may do (`no_export`: why not, in words).

    `told`: in words, without a chart; `intervals`: points have 95% intervals; `places`: what the table by place has in
    its rows, "" without one.
    """

    student: str = ""
    label: str = ""
    number: int = 0
    text: str = ""
    chart_title: str = ""
    alt: str = ""
    criterion: str = ""
    versions: str = ""
    events: str = ""
    may_export: bool = False
    no_export: str = ""
    may_draft: bool = False
    may_edit: bool = False
    told: bool = False
    counted: str = "Trials"
    intervals: bool = True
    places: str = ""
    offer: str = ""
    nothing: str = FIRST_POINT


@dataclass(frozen=True, slots=True)
class FactView:
    """One fact beside the chart; `mark` is the shape of a status, "" for none."""

    title: str
    headline: str
    detail: str
    mark: str


@dataclass(frozen=True, slots=True)
class PointView:
    """One row of the table under the chart."""

    key: str
    day: str
    condition: str
    trials: str
    score: str
    interval: str
    recorded_by: str
    note: str
    tone: str


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A target or a step with its results."""

    name: str
    probe: str
    practice: str
    stuck: bool


@dataclass(frozen=True, slots=True)
class ObjectiveView:
    """An objective with where it stands, in words and as a tag."""

    text: str
    mark: str
    tone: str
    words: str


class GoalState(SignedInState):
    """The goal of the address. `figure` is JSON text, with names in the place of colors: a figure as a default would be
    copied for each client, and one for each color mode would be sent twice. `paper_href`: the same as SVG, for a
    browser that prints. `joined`, `stages` and `stages_upto` as in `Picture`."""

    head: GoalHead = GoalHead()
    facts: list[FactView] = []
    legend: list[str] = []
    joined: list[str] = []
    stages: list[str] = []
    stages_upto: str = ""
    points: list[PointView] = []
    places: list[PlaceView] = []
    objectives: list[ObjectiveView] = []
    figure: str = ""
    total: int = 0
    shown_from: int = 0
    in_window: int = 0
    student_href: str = ""
    goal_href: str = ""
    draft_href: str = ""
    compare_href: str = ""
    agreement: list[AgreementView] = []
    agreement_said: str = ""
    tab: str = Tab.CHART.value
    picture_href: str = ""
    paper_href: str = ""
    csv_href: str = ""
    prompts: list[PromptView] = []
    offered: Offered = Offered()
    statistics: StatisticsView = StatisticsView()

    @rx.event
    @requires(Action.VIEW_PROGRESS)
    async def enter(self) -> None:
        """Load the goal of the address for the period of the address."""
        await self._enter()
        self._set_vars(agreement=[], agreement_said="")
        if not await self._load(0):
            self._forget_goal()
        self.ready = True

    @rx.event
    @requires(Action.VIEW_PROGRESS)
    async def newer(self) -> None:
        """Turn the table to the 60 points before."""
        await self._load(max(0, self.shown_from - PAGE_ROWS))

    @rx.event
    @requires(Action.VIEW_PROGRESS)
    async def older(self) -> None:
        """Turn the table to the next 60 points."""
        await self._load(self.shown_from + PAGE_ROWS)

    @rx.event
    @requires(Action.VIEW_PROGRESS)
    async def show_agreement(self) -> None:
        """How far second scorers agreed on this goal, session by session."""
        try:
            found = await self._try(get_goal_agreement, *self._address())
        except NotFound as error:
            self._show(error)
            return
        if found is not None:
            self.agreement = agreement_views(found)
            self.agreement_said = in_all(found) or "Nobody has scored this goal along yet."

    async def _load(self, first: int) -> bool:
        """Whether there was a goal to show."""
        try:
            student_id, goal_id = self._address()
        except NotFound as error:
            self._show(error)
            return False
        choice = parse_choice(dict(self.router.url.query_parameters))
        self._set_vars(tab=choice.tab.value)
        found = await self._try(get_goal_progress, student_id, goal_id, choice, first)
        if found:
            self._set_vars(**_shown(found, choice, self.goal_href))
        return found is not None

    def _address(self) -> tuple[UUID, UUID]:
        parts = self.router.url.path.strip("/").split("/")
        if len(parts) != 4:
            raise NotFound()
        student_id, goal_id = parse_id(parts[1]), parse_id(parts[3])
        self._set_vars(
            student_href=f"/students/{student_id}",
            goal_href=f"/students/{student_id}/goals/{goal_id}",
            compare_href=f"/students/{student_id}/compare?goals={goal_id}",
            draft_href=f"/students/{student_id}/drafts/new?goal={goal_id}",
        )
        return student_id, goal_id

    def _forget_goal(self) -> None:
        """Keep of the page what its address says: the goal of the page before is not this one."""
        kept = {name: self.get_value(name) for name in ADDRESS}
        self._forget()
        self._set_vars(**kept)


def _shown(found: GoalProgress, choice: ChartChoice, href: str) -> dict[str, Any]:
    """The vars of the goal's page at `href`."""
    since, until = found.window or (None, None)
    return {
        **_drawn(found),
        "total": found.total,
        "in_window": found.in_window,
        "shown_from": found.shown_from,
        "points": [_point(row, found.shown_from + index) for index, row in enumerate(found.rows)],
        "statistics": statistics_view(found.statistics, found.why_no_statistics),
        "places": [PlaceView(one.name, one.probe, one.practice, one.stuck) for one in found.places],
        "objectives": [
            ObjectiveView(text, MARKS[one.mark], TONES[one.mark], one.words) for text, one in found.objectives
        ],
        "offered": offered(found, choice, href),
        "picture_href": f"{href}/chart.svg{choice.query or '?'}",
        "paper_href": f"{href}/paper.svg{choice.query}",
        "csv_href": f"{href}/progress.csv?since={since}&until={until}" if since else "",
    }


def _drawn(found: GoalProgress) -> dict[str, Any]:
    """The chart with what is said of it; the standard celeration chart of a rate where it was asked for."""
    head, picture, chart = _head(found), Picture(), found.chart
    if found.celeration:
        picture = celeration_picture(found.celeration)
        title = "Standard celeration chart, times per minute"
        head = replace(head, alt=found.celeration.sentence, chart_title=title)
    elif chart and found.window:
        picture = picture_of(chart, found.window, found.layer)
    return {
        "head": head,
        "figure": picture.figure,
        "legend": list(picture.legend),
        "joined": list(picture.joined),
        "stages": list(picture.stages),
        "stages_upto": picture.stages_upto,
        "facts": [_fact(fact, chart) for fact in chart.facts] if chart else [],
        "prompts": prompt_views(chart.prompts) if chart else [],
    }


def _head(found: GoalProgress) -> GoalHead:
    return GoalHead(
        student=found.student_name,
        label=found.goal_label,
        number=found.goal_number,
        text=found.goal_text,
        chart_title=found.chart.title if found.chart else "",
        alt=found.chart.alt if found.chart else "",
        criterion=found.criterion_words,
        versions="; ".join(one.label for one in found.chart.events if not one.outside) if found.chart else "",
        events=events_words(found.chart.events) if found.chart else "",
        may_export=found.may_export,
        no_export=found.why_no_export,
        may_draft=found.may_draft,
        may_edit=found.may_edit,
        told=found.measure == Measure.NARRATIVE,
        intervals=found.chart is None or has_interval(found.chart.metric),
        counted="Trials" if Measure(found.measure) in WITH_TARGETS else "Data",
        offer=found.offer,
        nothing=without_points(found.without_trials),
        places=("Step" if found.measure == Measure.TASK else "Target") if found.places else "",
    )


def _fact(fact: Fact, chart: GoalChart) -> FactView:
    mark = chart.status.value if fact.key == "aim" else ""
    return FactView(fact.title, fact.headline, fact.detail, mark)


def _point(row: ChartRow, index: int) -> PointView:
    return PointView(
        key=str(index),
        day=row.date_text,
        condition=row.condition,
        trials=row.trials,
        score=row.score,
        interval=row.interval,
        recorded_by=row.recorded_by,
        note=row.note_status,
        tone=NOTE_TONES.get(row.note_status, ""),
    )
