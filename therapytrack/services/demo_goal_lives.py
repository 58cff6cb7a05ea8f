"""The demo's goals have a life: stages, one corrected in the open; objectives and an event for the first student."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from therapytrack.domain.life_cycle import STAGES, Stage
from therapytrack.models import GoalPhase, Objective, StudentEvent, utc_now
from therapytrack.services.demo_rows import Rows

# Of the first student: (weeks into the year, percent) of each benchmark.
BENCHMARKS = ((10, 50), (24, 65))


def add_stages(
    rows: Rows, workspace_id: UUID, goal_id: UUID, by_id: UUID, baseline: date, start: date, first: UUID | None
) -> None:
    """Baseline, then acquisition. `first`: the student of the first goal, for which somebody had typed another stage
    and withdrew it, and in whose year something happened."""
    _stage(rows, workspace_id, goal_id, by_id, Stage.BASELINE, baseline)
    _stage(rows, workspace_id, goal_id, by_id, Stage.ACQUISITION, start)
    if first:
        _event(rows, workspace_id, first, by_id, start + timedelta(weeks=4, days=3))
        _stage(rows, workspace_id, goal_id, by_id, Stage.GENERALIZATION, start, why="Typed for the wrong goal.")


def add_benchmarks(rows: Rows, workspace_id: UUID, goal_id: UUID, by_id: UUID, start: date, behavior: str) -> None:
    """Two steps on the way, in percent, each due at its time of the year."""
    for position, (weeks, percent) in enumerate(BENCHMARKS):
        mastery = {"target": percent, "metric": "independent", "min_opportunities": 5}
        rows.add(
            Objective,
            workspace_id,
            goal_id=goal_id,
            position=position,
            text=f"{behavior[0].upper()}{behavior[1:]} with {percent}% accuracy in 2 probes in a row",
            mastery={**mastery, "window": {"kind": "consecutive", "k": 2}},
            target_on=start + timedelta(weeks=weeks),
            entered_by_id=by_id,
            corrects_id=None,
            withdrawn_at=None,
            withdrawn_by_id=None,
            why="",
        )


def _event(rows: Rows, workspace_id: UUID, student_id: UUID, by_id: UUID, day: date) -> None:
    """What happened outside of teaching, on all charts of the student."""
    rows.add(
        StudentEvent,
        workspace_id,
        student_id=student_id,
        goal_id=None,
        happened_on=day,
        text="New hearing aids",
        entered_by_id=by_id,
        changed_at=utc_now(),
        withdrawn_at=None,
        withdrawn_by_id=None,
    )


def _stage(
    rows: Rows, workspace_id: UUID, goal_id: UUID, by_id: UUID, stage: Stage, starts_on: date, *, why: str = ""
) -> None:
    values: dict[str, Any] = {"withdrawn_at": utc_now() if why else None, "withdrawn_by_id": by_id if why else None}
    rows.add(
        GoalPhase,
        workspace_id,
        goal_id=goal_id,
        stage=stage.value,
        name=STAGES[stage],
        starts_on=starts_on,
        entered_by_id=by_id,
        corrects_id=None,
        why=why,
        **values,
    )
