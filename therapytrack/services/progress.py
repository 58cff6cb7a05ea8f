"""One goal's progress for its page: the chart, the facts in words, the points in a table."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_goal
from therapytrack.access.seen import Seen
from therapytrack.domain.celeration import Celeration, celeration_of
from therapytrack.domain.chart_choice import ChartChoice, Layer, Tab, layer_of
from therapytrack.domain.chart_window import rows_within, steps, window_of, zoomed
from therapytrack.domain.goal_chart import ChartRow, GoalChart
from therapytrack.domain.goal_findings import with_phases
from therapytrack.domain.life_cycle import Entry, offer
from therapytrack.domain.objectives import Verdict
from therapytrack.domain.phase_statistics import PhaseStatistics, phase_statistics
from therapytrack.domain.place_results import PlaceLine
from therapytrack.services.activity import only_reads, record
from therapytrack.services.caseload_rows import display_name
from therapytrack.services.goal_data import GoalRecord, load_goals
from therapytrack.services.goal_plan import verdicts
from therapytrack.services.goal_points import count_without_trials
from therapytrack.services.goal_terms import facts_of_version
from therapytrack.services.place_results import results_by_place

PAGE_ROWS = 60
USUAL = ChartChoice()


@dataclass(frozen=True, slots=True)
class GoalProgress:
    """What the goal's page shows.

    `rows` is one page of the `in_window` points within `window`, newest first, from number `shown_from` on; `total`
    counts all points; `steps` are the last days of the stretches before and after. `celeration`: of a rate, where it
    was asked for; `window` is then its own. `statistics` only on their tab, and for whom they are. `without_trials`:
    in how many entries nothing was counted, where there is no point.
    """

    student_name: str
    goal_label: str
    goal_number: int
    goal_text: str
    criterion_words: str
    chart: GoalChart | None
    window: tuple[date, date] | None
    rows: tuple[ChartRow, ...]
    shown_from: int
    in_window: int
    total: int
    may_export: bool
    why_no_export: str
    may_draft: bool
    may_edit: bool
    places: tuple[PlaceLine, ...] = ()
    measure: str = "trials"
    layer: Layer = Layer.POINTS
    steps: tuple[date | None, date | None] = (None, None)
    statistics: PhaseStatistics | None = None
    why_no_statistics: str = ""
    may_see_statistics: bool = False
    offer: str = ""
    objectives: tuple[tuple[str, Verdict], ...] = ()
    celeration: Celeration | None = None
    without_trials: int = 0


@only_reads
def get_goal_progress(
    db: Session, actor: Actor, student_id: UUID, goal_id: UUID, choice: ChartChoice = USUAL, first: int = 0
) -> GoalProgress:
    """The progress of one goal of that student, as of the workspace's today. The view is logged.

    The table begins with the page of 60 points that holds point number `first` (the last page when there are fewer).
    `places`: results by target or step, in the time that is shown. `offer`: the question whether the goal is mastered,
    for those who may say so. Four statements, five with places or without points.

    Raises NotFound, NotPermitted.
    """
    goal, seen = access_goal(db, actor, student_id, goal_id, Action.VIEW_PROGRESS)
    records = load_goals(db, actor, [goal])
    with_statistics = choice.tab is Tab.SUPERVISOR and seen.allows(Action.VIEW_STATISTICS)
    act = Action.VIEW_STATISTICS if with_statistics else Action.VIEW_PROGRESS
    record(db, actor, act, student_id=student_id, record_kind="goal", record_id=goal_id)
    if not records:
        return _without_version(seen, goal.label, goal.position)
    found = _progress(records[0], seen, actor.today, choice, first)
    found = replace(found, objectives=tuple(verdicts(records[0], actor.today)))
    if choice.tab is Tab.SUPERVISOR:
        known = _statistics(records[0], actor.today, choice) if with_statistics else None
        return replace(found, statistics=known, why_no_statistics=seen.reason(Action.VIEW_STATISTICS))
    if not found.total:
        return replace(found, without_trials=count_without_trials(db, actor, goal_id, actor.today))
    if found.window is None:
        return found
    return replace(found, places=results_by_place(db, actor, records[0], actor.today, found.window))


def _statistics(found: GoalRecord, today: date, choice: ChartChoice) -> PhaseStatistics:
    facts = facts_of_version(found.goal.label, found.version_on(today))
    points = with_phases(found.points, found.phases)
    return phase_statistics(points, facts.metric, facts.direction, probes_only=not choice.practice, top=facts.top)


def _progress(found: GoalRecord, seen: Seen, today: date, choice: ChartChoice, first: int) -> GoalProgress:
    version = found.version_on(today)
    chart = found.chart_on(today, choice.trend)
    rate = celeration_of(chart) if choice.celeration else None
    window = (rate.start, rate.end) if rate else window_of(chart, choice.period, today, choice.until)
    inside = rows_within(chart.points, *window)
    start = min(max(0, first), max(0, len(inside) - 1)) // PAGE_ROWS * PAGE_ROWS
    export = Action.EXPORT_GOAL_PROGRESS
    return GoalProgress(
        student_name=display_name(seen.student),
        goal_label=found.goal.label,
        goal_number=found.goal.position + 1,
        goal_text=version.text,
        criterion_words=chart.mastery.sentence if chart.mastery else version.criterion,
        chart=chart,
        window=window,
        layer=layer_of(choice, zoomed(chart, window)),
        steps=steps(chart, choice.period, window),
        rows=chart.rows_of(inside[start : start + PAGE_ROWS]),
        shown_from=start,
        in_window=len(inside),
        total=len(chart.points),
        may_export=seen.allows(export),
        why_no_export=seen.reason(export),
        may_draft=seen.allows(Action.GENERATE_SUMMARY),
        may_edit=seen.allows(Action.MANAGE_GOALS),
        may_see_statistics=seen.allows(Action.VIEW_STATISTICS),
        measure=version.measure,
        celeration=rate,
        offer=_offer(found, chart, today) if seen.allows(Action.MANAGE_GOALS) else "",
    )


def _offer(found: GoalRecord, chart: GoalChart, today: date) -> str:
    return offer(chart.mastery, [Entry(one.stage, one.starts_on) for one in found.phases], today)


def _without_version(seen: Seen, label: str, position: int) -> GoalProgress:
    return GoalProgress(
        student_name=display_name(seen.student),
        goal_label=label,
        goal_number=position + 1,
        goal_text="",
        criterion_words="",
        chart=None,
        window=None,
        rows=(),
        shown_from=0,
        in_window=0,
        total=0,
        may_export=False,
        why_no_export="There is nothing to export yet.",
        may_draft=False,
        may_edit=seen.allows(Action.MANAGE_GOALS),
    )
