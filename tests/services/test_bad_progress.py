"""Data that say little: what a goal's page, its statistics, a report and the ledger say then, in their exact words.

Each case is stored as it would be, and read by the services of the page, the supervisor's tab and the report.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import update
from sqlmodel import Session, col

from tests.conftest import OpenDb
from tests.factories import Cast, add_goal, add_session, add_student, grant, make_cast
from therapytrack.access.actions import Action
from therapytrack.domain.chart_choice import ChartChoice, Tab
from therapytrack.domain.mastery import Comparator, MasteryCriterion
from therapytrack.domain.minutes_choice import parse_choice
from therapytrack.models import Enrollment, GoalPhase, GoalPoint, GoalVersion, Mandate, ReportPeriod, Student
from therapytrack.services.ledger_rows import open_minutes
from therapytrack.services.ledger_schools import MOVED
from therapytrack.services.progress import USUAL, get_goal_progress
from therapytrack.services.report_contents import draft_of, see_report
from therapytrack.services.report_settings import add_default_code_sets
from therapytrack.services.student_ledger import student_ledger

NOW = "2026-04-20T15:00:00Z"
START = date(2026, 1, 5)
TREATED = 3
"""The week in which the treatment begins; before it is the baseline."""
SUPERVISOR = ChartChoice(tab=Tab.SUPERVISOR)

Scores = Sequence[tuple[int, int, int]]


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def weeks(*hits: int | None, trials: int = 20) -> list[tuple[int, int, int]]:
    """(week, trials, hits) of a probe a week; None is a week without one."""
    return [(week, trials, hit) for week, hit in enumerate(hits) if hit is not None]


def asks(target: float, comparator: Comparator = Comparator.AT_LEAST) -> dict[str, Any]:
    return {"target_value": target, "mastery": MasteryCriterion(target, comparator=comparator).to_dict()}


@dataclass(frozen=True)
class Case:
    """`scores` of a goal with `asks`; `later` are its further versions: (week, what is asked from then on)."""

    scores: Scores
    asks: dict[str, Any] = field(default_factory=lambda: asks(80))
    later: Sequence[tuple[int, dict[str, Any]]] = ()
    choice: ChartChoice = USUAL


@dataclass(frozen=True)
class World:
    cast: Cast
    student: Student
    version: GoalVersion
    period: ReportPeriod


def build(db: Session, case: Case) -> World:
    """A student with the goal of the case in two phases, in a reporting period of these weeks."""
    cast = make_cast(db)
    child = add_student(db, cast, "Mateo", "Rivera")
    grant(db, cast, child, "supervisor", edit=True)
    usual = {"starts_on": START, "baseline_value": None, "baseline_on": None, "target_on": date(2026, 12, 18)}
    _, version = add_goal(db, child, "Initial sounds", **(usual | {"text": "First wording."} | case.asks))
    stored = version.model_dump(exclude={"id", "created_at"})
    versions = [version]
    for number, (week, more) in enumerate(case.later, start=2):
        versions.append(GoalVersion(**{**stored, **more, "number": number, "starts_on": day(week)}))
    db.add_all(versions)
    for name, week in (("Baseline", 0), ("Intervention", TREATED)):
        db.add(GoalPhase(workspace_id=cast.workspace_id, goal_id=version.goal_id, name=name, starts_on=day(week)))
    db.flush()
    for week, trials, hits in case.scores:
        running = max((one for one in versions if one.starts_on <= day(week)), key=lambda one: one.starts_on)
        add_session(db, cast, child, day(week), scores=[(running, trials, hits)])
    if version.measure == "rate":
        db.execute(update(GoalPoint).values(amount=600_000, value=col(GoalPoint.correct) / 10.0, trials=1))
    return World(cast, child, version, add_period(db, cast, START))


def add_period(db: Session, cast: Cast, first: date) -> ReportPeriod:
    """A reporting period until last Friday, with the shipped code sets."""
    until, due = date(2026, 4, 17), date(2026, 4, 24)
    period = ReportPeriod(workspace_id=cast.workspace_id, name="Quarter 3", first_on=first, last_on=until, due_on=due)
    db.add(period)
    add_default_code_sets(db, cast.workspace_id, "NY")
    db.flush()
    return period


def day(week: int) -> date:
    return START + timedelta(weeks=week)


def said(db: Session, case: Case) -> dict[str, Any]:
    """What the page, the supervisor's tab and the report say of the case."""
    world = build(db, case)
    at = world.student.id, world.version.goal_id
    page = get_goal_progress(db, world.cast.actor(db, "slp"), *at, case.choice)
    tab = get_goal_progress(db, world.cast.actor(db, "supervisor"), *at, SUPERVISOR).statistics
    actor = world.cast.actor(db, "slp")
    (goal,) = draft_of(db, actor, see_report(db, actor, world.student.id, world.period.id, Action.VIEW)).goals
    assert page.chart is not None and tab is not None
    return {
        "chart": page.chart.alt,
        "projection": page.chart.facts[-1].sentence,
        "criterion": page.criterion_words,
        "rules": list(dict.fromkeys(f"{one.headline}. {one.detail}" for one in page.chart.prompts)),
        "paths": [len(one.marks) for one in page.chart.segments],
        "newest": [(one.date_text, one.trials, one.score, one.interval) for one in page.rows[:1]],
        "celeration": page.celeration.sentence if page.celeration else "",
        "statistics": tab.problem or list(dict.fromkeys(one.text for row in tab.results for one in row)),
        "report": goal.content.paragraph,
        "cautions": list(goal.content.cautions),
        "suggested": goal.suggestion.reason,
        "family": goal.content.family_en.rpartition(". ")[2],
    }


CASES = {
    "no data": Case([]),
    "one point": Case(weeks(None, None, None, 9)),
    "ties": Case([*weeks(8, 8, 6, 10, 12, 12, 10), (6, 20, 12)]),
    "all zeros": Case(weeks(*[0] * 10)),
    "zero variance": Case(weeks(*[12] * 10)),
    "zero trials": Case(weeks(*[0] * 10, trials=0)),
    "missing weeks": Case(weeks(4, 5, 6, 8, 9, 10, None, None, None, None, None, 13, 14, 15)),
    "two versions": Case(weeks(4, 5, 6, 8, 9, 10, 11, 12, 13), later=[(6, {"text": "Second wording."})]),
    "descending": Case(
        weeks(16, 15, 17, 14, 15, 16, 17, 18, 18, 18),
        asks={**asks(20, Comparator.AT_MOST), "direction": "down"},
    ),
    "criterion changed": Case(weeks(4, 5, 6, 15, 16, 16, 17, 16, 17), later=[(6, asks(90))]),
    "a rate of zero": Case(
        weeks(*[0] * 8),
        asks={"target_value": 2, "measure": "rate", "baseline_value": 0, "baseline_on": START},
        choice=ChartChoice(celeration=True),
    ),
}

SAID: dict[str, dict[str, Any]] = {
    "no data": {
        "chart": (
            "Chart of Initial sounds, percent correct without cues: no data points yet, no baseline recorded, target "
            "80% by Dec 18, 2026."
        ),
        "projection": "At this rate: Cannot say yet, goal date Dec 18, 2026.",
        "criterion": "Cannot say yet: no probes.",
        "rules": ["Cannot say yet. There is no aim line: it needs a baseline and a later goal date."],
        "paths": [],
        "newest": [],
        "celeration": "",
        "statistics": "There are no data yet.",
        "report": (
            "No data were taken on this goal from Jan 5, 2026 to Apr 17, 2026. Criterion 80% or more without cues in "
            "3 probes in a row."
        ),
        "cautions": ["No data in this period: say why, or take a probe before you sign."],
        "suggested": "Suggested D, no data have been taken on this goal so far.",
        "family": "We have not started to measure this goal yet.",
    },
    "one point": {
        "chart": (
            "Chart of Initial sounds, percent correct without cues: 1 probe on Jan 26, 2026, no baseline recorded, "
            "last probe 45%, too few points for a trend, no aim line yet, target 80% by Dec 18, 2026."
        ),
        "projection": "At this rate: Cannot say yet, goal date Dec 18, 2026.",
        "criterion": "Not yet: 0 of 1 probe at 80% or more, 3 needed.",
        "rules": ["Cannot say yet. There is no aim line: it needs a baseline and a later goal date."],
        "paths": [1],
        "newest": [("Jan 26, 2026", "9/20", "45%", "26 to 66%")],
        "celeration": "",
        "statistics": "There are no baseline points of this kind to compare with.",
        "report": (
            "1 probe on 1 day on Jan 26, 2026 (20 trials). Only probe: 45% without cues (9 of 20 trials, 95% "
            "interval 26 to 66%). No baseline is recorded. Target 80% by Dec 18, 2026. Criterion 80% or more without "
            "cues in 3 probes in a row: not met by Apr 17, 2026."
        ),
        "cautions": [
            "Thin data: 1 probe, and 3 are needed to describe a level.",
            "Stale data: the newest is of Jan 26, 2026, 81 days before Apr 17, 2026; more than 30.",
        ],
        "suggested": "No code is suggested: 45% on the only probe; 3 points are needed to suggest one.",
        "family": "It is too early to say how it is going.",
    },
    "ties": {
        "chart": (
            "Chart of Initial sounds, percent correct without cues: 5 probes from Jan 26, 2026 to Feb 16, 2026, "
            "baseline median 40%, last 3 probes 57%, trend 0.0 points a week, cannot say yet (5 of the 6 points that "
            "the rule needs), target 80% by Dec 18, 2026."
        ),
        "projection": "At this rate: Not heading to 80%, goal date Dec 18, 2026; unsure, as the trend may be level.",
        "criterion": "Not yet: 0 of the last 3 probes at 80% or more, 3 needed.",
        "rules": [
            "Cannot say yet. 5 points, and the rule needs 6.",
            "Go on as now. Of the last 3 days with data, 3 above the aim line.",
        ],
        "paths": [3, 5],
        "newest": [("Feb 16, 2026", "12/20", "60%", "39 to 78%")],
        "celeration": "",
        "statistics": ["1.0000", "1.1333", "0.4203"],
        "report": (
            "5 probes and 3 baseline points on 7 days from Jan 5, 2026 to Feb 16, 2026 (160 trials). Last three "
            "probes: 60, 50 and 60% without cues (34 of 60 trials together, 95% interval 44 to 68%). Baseline median "
            "40%. Trend 0.0 points a week (Theil–Sen; 95% interval −10.0 to 10.0, 5 probes). Against the aim line: "
            "cannot say yet (5 of the 6 points that the rule needs). Target 80% by Dec 18, 2026. Criterion 80% or "
            "more without cues in 3 probes in a row: not met by Apr 17, 2026."
        ),
        "cautions": ["Stale data: the newest is of Feb 16, 2026, 60 days before Apr 17, 2026; more than 30."],
        "suggested": (
            "Your code set has no code for this: 50% of the way from 40% to 80% (median of the last 3: 60%); cannot "
            "say yet (5 of the 6 points that the rule needs); 60, 50 and 60% on the last three probes; criterion 80% "
            "or more without cues in 3 probes in a row."
        ),
        "family": "It is too early to say how it is going.",
    },
    "all zeros": {
        "chart": (
            "Chart of Initial sounds, percent correct without cues: 7 probes from Jan 26, 2026 to Mar 9, 2026, "
            "baseline median 0%, last 3 probes 0%, trend 0.0 points a week, off track (last 4 points below the aim "
            "line), target 80% by Dec 18, 2026."
        ),
        "projection": "At this rate: Not heading to 80%, goal date Dec 18, 2026.",
        "criterion": "Not yet: 0 of the last 3 probes at 80% or more, 3 needed.",
        "rules": [
            "Consider a change in instruction. Off track: the last 4 points lie below the aim line.",
            "Consider a change in instruction. On the last 3 days with data it was below the aim line.",
            "Cannot say yet. The points are too similar for an interval of the trend.",
        ],
        "paths": [3, 7],
        "newest": [("Mar 9, 2026", "0/20", "0%", "0 to 16%")],
        "celeration": "",
        "statistics": ["Every point is 0%: nothing differs."],
        "report": (
            "7 probes and 3 baseline points on 10 days from Jan 5, 2026 to Mar 9, 2026 (200 trials). Last three "
            "probes: 0, 0 and 0% without cues (0 of 60 trials together, 95% interval 0 to 6%). Baseline median 0%. "
            "Trend 0.0 points a week (Theil–Sen; no 95% interval: too few or too similar, 7 probes). Against the aim "
            "line: off track (last 4 points below the aim line). Target 80% by Dec 18, 2026. Criterion 80% or more "
            "without cues in 3 probes in a row: not met by Apr 17, 2026."
        ),
        "cautions": ["Stale data: the newest is of Mar 9, 2026, 39 days before Apr 17, 2026; more than 30."],
        "suggested": (
            "Suggested B, off track: last 4 points below the aim line; 0% of the way from 0% to 80% (median of the "
            "last 3: 0%); 0, 0 and 0% on the last three probes; criterion 80% or more without cues in 3 probes in a "
            "row."
        ),
        "family": "The results are behind what we planned.",
    },
    "zero variance": {
        "chart": (
            "Chart of Initial sounds, percent correct without cues: 7 probes from Jan 26, 2026 to Mar 9, 2026, "
            "baseline median 60%, last 3 probes 60%, trend 0.0 points a week, off track (last 4 points below the aim "
            "line), target 80% by Dec 18, 2026."
        ),
        "projection": "At this rate: Not heading to 80%, goal date Dec 18, 2026.",
        "criterion": "Not yet: 0 of the last 3 probes at 80% or more, 3 needed.",
        "rules": [
            "Consider a change in instruction. Off track: the last 4 points lie below the aim line.",
            "Consider a change in instruction. On the last 3 days with data it was below the aim line.",
            "Cannot say yet. The points are too similar for an interval of the trend.",
        ],
        "paths": [3, 7],
        "newest": [("Mar 9, 2026", "12/20", "60%", "39 to 78%")],
        "celeration": "",
        "statistics": ["Every point is 60%: nothing differs."],
        "report": (
            "7 probes and 3 baseline points on 10 days from Jan 5, 2026 to Mar 9, 2026 (200 trials). Last three "
            "probes: 60, 60 and 60% without cues (36 of 60 trials together, 95% interval 47 to 71%). Baseline median "
            "60%. Trend 0.0 points a week (Theil–Sen; no 95% interval: too few or too similar, 7 probes). Against "
            "the aim line: off track (last 4 points below the aim line). Target 80% by Dec 18, 2026. Criterion 80% "
            "or more without cues in 3 probes in a row: not met by Apr 17, 2026."
        ),
        "cautions": ["Stale data: the newest is of Mar 9, 2026, 39 days before Apr 17, 2026; more than 30."],
        "suggested": (
            "Suggested B, off track: last 4 points below the aim line; 0% of the way from 60% to 80% (median of the "
            "last 3: 60%); 60, 60 and 60% on the last three probes; criterion 80% or more without cues in 3 probes "
            "in a row."
        ),
        "family": "The results are behind what we planned.",
    },
    "missing weeks": {
        "chart": (
            "Chart of Initial sounds, percent correct without cues: 6 probes from Jan 26, 2026 to Apr 6, 2026, "
            "baseline median 25%, last 3 probes 70%, trend +3.3 points a week, on track (last 4 points at or above "
            "the aim line), target 80% by Dec 18, 2026."
        ),
        "projection": "At this rate: 80% near Apr 18, 2026, goal date Dec 18, 2026.",
        "criterion": "Not yet: 0 of the last 3 probes at 80% or more, 3 needed.",
        "rules": [
            (
                "Consider a new goal. On track: the last 4 points lie above the aim line. Between them lie 42 days "
                "without data, Feb 9, 2026 to Mar 23, 2026."
            ),
            "Go on as now. Of the last 3 days with data, 3 above the aim line.",
            (
                "Consider a new goal. The trend is steeper than the aim line: 95% interval 2.9 to 5.0 points a week, "
                "aim line 1.2."
            ),
        ],
        "paths": [3, 3, 3],
        "newest": [("Apr 6, 2026", "15/20", "75%", "53 to 89%")],
        "celeration": "",
        "statistics": ["1.0000", "0.8333", "0.8315"],
        "report": (
            "6 probes and 3 baseline points on 9 days from Jan 5, 2026 to Apr 6, 2026 (180 trials). Last three "
            "probes: 65, 70 and 75% without cues (42 of 60 trials together, 95% interval 57 to 80%). Baseline median "
            "25%. Trend +3.3 points a week (Theil–Sen; 95% interval 2.9 to 5.0, 6 probes). Against the aim line: on "
            "track (last 4 points at or above the aim line). Target 80% by Dec 18, 2026. Criterion 80% or more "
            "without cues in 3 probes in a row: not met by Apr 17, 2026."
        ),
        "cautions": [],
        "suggested": (
            "Suggested A, on track: last 4 points at or above the aim line; 82% of the way from 25% to 80% (median "
            "of the last 3: 70%); 65, 70 and 75% on the last three probes; criterion 80% or more without cues in 3 "
            "probes in a row."
        ),
        "family": "So far, Mateo's results are as good as we planned, or better.",
    },
    "two versions": {
        "chart": (
            "Chart of Initial sounds, percent correct without cues: 6 probes from Jan 26, 2026 to Mar 2, 2026, "
            "baseline median 25%, last 3 probes 60%, trend +5.0 points a week, on track (last 4 points at or above "
            "the aim line), target 80% by Dec 18, 2026."
        ),
        "projection": "At this rate: 80% near Mar 23, 2026, goal date Dec 18, 2026.",
        "criterion": (
            "Not yet: 0 of the last 3 probes at 80% or more, 3 needed. Data from before Feb 16, 2026 were taken "
            "under another wording."
        ),
        "rules": [
            "Consider a new goal. On track: the last 4 points lie above the aim line.",
            "Go on as now. Of the last 3 days with data, 3 above the aim line.",
            (
                "Consider a new goal. The trend is steeper than the aim line: 95% interval 5.0 to 5.0 points a week, "
                "aim line 1.2; on 6 weeks of data, and ten to twelve make the rule more reliable."
            ),
        ],
        "paths": [3, 6],
        "newest": [("Mar 2, 2026", "13/20", "65%", "43 to 82%")],
        "celeration": "",
        "statistics": ["1.0000", "0.8333", "0.7379"],
        "report": (
            "6 probes and 3 baseline points on 9 days from Jan 5, 2026 to Mar 2, 2026 (180 trials). Last three "
            "probes: 55, 60 and 65% without cues (36 of 60 trials together, 95% interval 47 to 71%). Baseline median "
            "25%. Trend +5.0 points a week (Theil–Sen; 95% interval 5.0 to 5.0, 6 probes). Against the aim line: on "
            "track (last 4 points at or above the aim line). Target 80% by Dec 18, 2026. Criterion 80% or more "
            "without cues in 3 probes in a row: not met by Apr 17, 2026. The goal was reworded on Feb 16, 2026."
        ),
        "cautions": ["Stale data: the newest is of Mar 2, 2026, 46 days before Apr 17, 2026; more than 30."],
        "suggested": (
            "Suggested A, on track: last 4 points at or above the aim line; 64% of the way from 25% to 80% (median "
            "of the last 3: 60%); 55, 60 and 65% on the last three probes; criterion 80% or more without cues in 3 "
            "probes in a row."
        ),
        "family": "So far, Mateo's results are as good as we planned, or better.",
    },
    "descending": {
        "chart": (
            "Chart of Initial sounds, percent correct without cues: 7 probes from Jan 26, 2026 to Mar 9, 2026, "
            "baseline median 80%, last 3 probes 90%, trend +4.0 points a week, off track (last 4 points above the "
            "aim line), target 20% by Dec 18, 2026."
        ),
        "projection": "At this rate: Not heading to 20%, goal date Dec 18, 2026.",
        "criterion": "Not yet: 0 of the last 3 probes at 20% or less, 3 needed.",
        "rules": [
            "Consider a change in instruction. Off track: the last 4 points lie above the aim line.",
            ("Consider a change in instruction. On the last 3 days with data it was above the aim line."),
            (
                "Consider a change in instruction. The trend runs against the aim line: 95% interval 1.7 to 5.0 "
                "points a week, aim line −1.3; on 7 weeks of data, and ten to twelve make the rule more reliable."
            ),
        ],
        "paths": [3, 7],
        "newest": [("Mar 9, 2026", "18/20", "90%", "70 to 97%")],
        "celeration": "",
        "statistics": ["0.3571", "−0.2857", "−0.2381", "0.9524", "0.1429", "0.7000", "0.2857", "−0.0351"],
        "report": (
            "7 probes and 3 baseline points on 10 days from Jan 5, 2026 to Mar 9, 2026 (200 trials). Last three "
            "probes: 90, 90 and 90% without cues (54 of 60 trials together, 95% interval 80 to 95%). Baseline median "
            "80%. Trend +4.0 points a week (Theil–Sen; 95% interval 1.7 to 5.0, 7 probes). Against the aim line: off "
            "track (last 4 points above the aim line). Target 20% by Dec 18, 2026. Criterion 20% or less without "
            "cues in 3 probes in a row: not met by Apr 17, 2026."
        ),
        "cautions": ["Stale data: the newest is of Mar 9, 2026, 39 days before Apr 17, 2026; more than 30."],
        "suggested": (
            "Suggested B, off track: last 4 points above the aim line; 0% of the way from 80% to 20% (median of the "
            "last 3: 90%); 90, 90 and 90% on the last three probes; criterion 20% or less without cues in 3 probes "
            "in a row."
        ),
        "family": "The results are behind what we planned.",
    },
    "criterion changed": {
        "chart": (
            "Chart of Initial sounds, percent correct without cues: 6 probes from Jan 26, 2026 to Mar 2, 2026, "
            "baseline median 25%, last 3 probes 83%, trend +1.7 points a week, cannot say yet (3 of the 6 points "
            "that the rule needs, since the goal changed on Feb 16, 2026), target 90% by Dec 18, 2026."
        ),
        "projection": (
            "At this rate: 90% near Mar 27, 2026, goal date Dec 18, 2026; unsure, as the trend may be level."
        ),
        "criterion": (
            "Not yet: 0 of the last 3 probes at 90% or more, 3 needed. Data from before Feb 16, 2026 were taken "
            "under another wording."
        ),
        "rules": [
            "Cannot say yet. 3 points since the goal changed on Feb 16, 2026, and the rule needs 6.",
            "Go on as now. Of the last 3 days with data, 3 above the aim line.",
        ],
        "paths": [3, 6],
        "newest": [("Mar 2, 2026", "17/20", "85%", "64 to 95%")],
        "celeration": "",
        "statistics": ["1.0000", "0.8333", "1.1670"],
        "report": (
            "6 probes and 3 baseline points on 9 days from Jan 5, 2026 to Mar 2, 2026 (180 trials). Last three "
            "probes: 85, 80 and 85% without cues (50 of 60 trials together, 95% interval 72 to 91%). Baseline median "
            "25%. Trend +1.7 points a week (Theil–Sen; 95% interval 0.0 to 5.0, 6 probes). Against the aim line: "
            "cannot say yet (3 of the 6 points that the rule needs, since the goal changed on Feb 16, 2026). Target "
            "90% by Dec 18, 2026. Criterion 90% or more without cues in 3 probes in a row: not met by Apr 17, 2026. "
            "The criterion changed on Feb 16, 2026 (before: 80% or more without cues in 3 probes in a row); all is "
            "judged by the one in force on Apr 17, 2026."
        ),
        "cautions": [
            "Stale data: the newest is of Mar 2, 2026, 46 days before Apr 17, 2026; more than 30.",
            "The criterion changed on Feb 16, 2026, within the period.",
        ],
        "suggested": (
            "Your code set has no code for this: 92% of the way from 25% to 90% (median of the last 3: 85%); cannot "
            "say yet (3 of the 6 points that the rule needs, since the goal changed on Feb 16, 2026); 85, 80 and 85% "
            "on the last three probes; criterion 90% or more without cues in 3 probes in a row."
        ),
        "family": "It is too early to say how it is going.",
    },
    "a rate of zero": {
        "chart": (
            "Chart of Initial sounds, times per minute: 5 probes from Jan 26, 2026 to Feb 23, 2026, baseline median "
            "0 per min, last 3 probes 0 per min, trend 0.00 per minute a week, cannot say yet (5 of the 6 points "
            "that the rule needs), target 2 per min by Dec 18, 2026."
        ),
        "projection": "At this rate: Not heading to 2 per min, goal date Dec 18, 2026.",
        "criterion": "",
        "rules": [
            "Cannot say yet. 5 points, and the rule needs 6.",
            "Consider a change in instruction. On the last 3 days with data it was below the aim line.",
        ],
        "paths": [3, 5],
        "newest": [("Feb 23, 2026", "0 times in 10:00", "0 per min", "")],
        "celeration": (
            "Standard celeration chart, times per minute from Jan 5 to Feb 23, 2026: 8 points; 8 with a count "
            "of zero stand just below the record floor and in no line. Too few points above zero on different days "
            "for a celeration."
        ),
        "statistics": ["Every point is 0 per min: nothing differs."],
        "report": (
            "5 probes and 3 baseline points on 8 days from Jan 5, 2026 to Feb 23, 2026. Last three probes: 0 per "
            "min, 0 per min and 0 per min (0 times in 10:00; 0 times in 10:00; 0 times in 10:00). Baseline median 0 "
            "per min. Trend 0.00 per minute a week (Theil–Sen; no 95% interval: too few or too similar, 5 probes). "
            "Against the aim line: cannot say yet (5 of the 6 points that the rule needs). Target 2 per min by Dec "
            "18, 2026."
        ),
        "cautions": ["Stale data: the newest is of Feb 23, 2026, 53 days before Apr 17, 2026; more than 30."],
        "suggested": (
            "Your code set has no code for this: 0% of the way from 0 per min to 2 per min (median of the last 3: 0 "
            "per min); cannot say yet (5 of the 6 points that the rule needs); 0 per min, 0 per min and 0 per min on "
            "the last three probes."
        ),
        "family": "It is too early to say how it is going.",
    },
}
SAID["zero trials"] = SAID["no data"]


@pytest.mark.parametrize("name", CASES)
def test_a_goal_says_what_its_data_say_and_what_they_cannot(db: OpenDb, name: str) -> None:
    with db() as session:
        assert said(session, CASES[name]) == SAID[name]


Stay = tuple[str, str, str | None]


@dataclass(frozen=True)
class Plan:
    """Dated `mandates` (first day, last day, sessions of 30 minutes a month) and `stays` (school, first and last day).

    The rest is said of April, of which 20 days are over, with 30 minutes given on the 8th, the 13th and the 17th.
    """

    mandates: Sequence[tuple[str, str | None, int]]
    stays: Sequence[Stay]
    sums: Sequence[tuple[str, int, int, str]]
    allowable: Sequence[str]
    notices: Sequence[str] = ()
    nothing: str = ""
    unsaid: str = ""
    school: str = "Stated"


WITHOUT = "1 student without a mandate in these days: nothing is said of them."
NOTHING_RUNS = "No mandate runs on a day of this period on which the student is enrolled, so nothing is owed."
BESIDE = (
    "Beside the mandates: {} minutes on days without a mandate or an enrollment, or in a setting that none asks for."
)
ALWAYS = [("2026-01-05", None, 4)]
PLANS = {
    "no mandate": Plan(
        [],
        [],
        [],
        [],
        nothing="No mandate is entered, so nothing can be said of what is owed. Add one under Mandates.",
        unsaid=WITHOUT,
    ),
    "two mandates at once": Plan(
        [*ALWAYS, ("2026-04-11", None, 2)],
        [],
        [("Stated", 160, 90, "70 short by Apr\xa030")],
        ["4 x 30 min each month: 120; 2 x 30 min each month, for 20 of 30 days: 40"],
        ["From Apr 11 two mandates ask for the same kind of minutes. Both are owed."],
    ),
    "a gap between mandates": Plan(
        [("2026-01-05", "2026-04-10", 4), ("2026-04-16", None, 4)],
        [],
        [("Stated", 100, 60, "40 short by Apr\xa030")],
        ["4 x 30 min each month, for 10 of 30 days: 40; 4 x 30 min each month, for 15 of 30 days: 60"],
        ["No mandate runs from Apr 11 to Apr 15. Nothing is owed for these days.", BESIDE.format(30)],
    ),
    "one day of a period": Plan(
        [("2026-04-30", None, 4)],
        [],
        [("Stated", 4, 0, "4 short by Apr\xa030")],
        ["4 x 30 min each month, for 1 of 30 days: 4"],
        [BESIDE.format(90)],
    ),
    "begins later": Plan([("2026-05-04", None, 4)], [], [], [], nothing=NOTHING_RUNS, unsaid=WITHOUT),
    "has ended": Plan([("2026-01-05", "2026-03-10", 4)], [], [], [], nothing=NOTHING_RUNS, unsaid=WITHOUT),
    "moved": Plan(
        ALWAYS,
        [("Maple", "2025-09-01", "2026-04-10"), ("Oak", "2026-04-11", None)],
        # 8 and 14 school days.
        [("Maple", 44, 30, "14 short by Apr\xa030"), ("Oak", 76, 60, "16 short by Apr\xa030")],
        ["4 x 30 min each month: 120"],
        unsaid=f"1 student {MOVED}",
        school="Oak since Apr 11, 2026; Maple until Apr 10, 2026",
    ),
    "moved with days between": Plan(
        ALWAYS,
        [("Maple", "2025-09-01", "2026-04-10"), ("Oak", "2026-04-16", None)],
        # 8 and 11 school days.
        [("Maple", 42, 30, "12 short by Apr\xa030"), ("Oak", 58, 30, "28 short by Apr\xa030")],
        ["4 x 30 min each month, for 25 of 30 days: 100"],
        ["Enrolled nowhere from Apr 11 to Apr 15. Nothing is owed for these days.", BESIDE.format(30)],
        unsaid=f"1 student {MOVED}",
        school="Oak since Apr 16, 2026; Maple until Apr 10, 2026",
    ),
    "left before": Plan(ALWAYS, [("Maple", "2025-09-01", "2026-01-02")], [], [], nothing=NOTHING_RUNS, unsaid=WITHOUT),
}


def plan(db: Session, cast: Cast, case: Plan) -> Student:
    """A student with the plan of the case, and her sessions."""
    child = add_student(db, cast, "Mateo", "Rivera", school="Stated")
    of: dict[str, Any] = {"workspace_id": child.workspace_id, "student_id": child.id}
    for first, last, sessions in case.mandates:
        asked: dict[str, Any] = {"minutes": 30, "sessions": sessions, "period": "month"}
        db.add(Mandate(**of, **asked, **days(first, last)))
    for school, first, last in case.stays:
        db.add(Enrollment(**of, school=school, **days(first, last)))
    for number in (8, 13, 17):
        add_session(db, cast, child, date(2026, 4, number))
    return child


def days(first: str, last: str | None) -> dict[str, Any]:
    return {"starts_on": date.fromisoformat(first), "ends_on": last and date.fromisoformat(last)}


@pytest.mark.parametrize("name", PLANS)
def test_the_ledger_says_what_is_owed_and_of_which_days_nothing_is(db: OpenDb, name: str) -> None:
    case = PLANS[name]
    with db() as session:
        cast = make_cast(session)
        child = plan(session, cast, case)
        period = add_period(session, cast, date(2026, 4, 1))
        actor = cast.actor(session, "slp")
        page = open_minutes(session, actor, parse_choice({"student": str(child.id), "by": "school"}, actor.today))
        ledger = student_ledger(session, actor, child.id)
        report = draft_of(session, actor, see_report(session, actor, child.id, period.id, Action.VIEW)).content
    assert [(one.name, one.allowable, one.provided, one.forecast) for one in page.rows] == list(case.sums)
    assert [one.allowable for one in page.explained.lines] == list(case.allowable)
    assert ledger.running == page.explained.lines
    beside = [f"Beside the mandates: {page.explained.beside}."] if page.explained.beside else []
    assert [*page.explained.dates, *beside] == list(ledger.dates) == list(case.notices)
    assert (page.explained.nothing, ledger.nothing, page.unsaid) == (case.nothing, case.nothing, case.unsaid)
    assert (report.school, report.service) == (case.school, "3 sessions (present 3), 90 minutes delivered.")
