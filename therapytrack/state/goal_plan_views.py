"""A goal's plan as its page shows it: the head, the stages and objectives, and the events on the charts."""

from dataclasses import dataclass, replace

from therapytrack.domain.dates import long_date
from therapytrack.domain.goal_form import value_labels
from therapytrack.domain.life_cycle import STAGES, Stage
from therapytrack.domain.objectives import MARKS
from therapytrack.services.goal_plan import Entered, EventLine, GoalPlan, ObjectiveLine, StageLine

TONES = {"met": "good", "late": "info", "missed": "bad", "open": ""}


@dataclass(frozen=True, slots=True)
class PlanHead:
    """What stands above the plan; `offer`: the question whether the goal is mastered, "" for none."""

    student: str = ""
    label: str = ""
    number: int = 0
    text: str = ""
    criterion: str = ""
    offer: str = ""
    measured: bool = True
    trials: bool = True
    target_label: str = "Target %"
    may_edit: bool = False
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class EntryView:
    """A stage or an objective as it was entered; `gone`: who withdrew it, when and why, "" while it counts."""

    id: str = ""
    name: str = ""
    detail: str = ""
    entered: str = ""
    gone: str = ""
    mark: str = ""
    tone: str = ""
    words: str = ""


NOTHING = EntryView()


def plan_head(plan: GoalPlan) -> PlanHead:
    """What stands above the plan."""
    measured = bool(plan.mastered)
    return PlanHead(
        student=plan.student,
        label=plan.label,
        number=plan.number,
        text=plan.text,
        criterion=plan.mastered.sentence if plan.mastered else "",
        offer=plan.offer if plan.may_edit else "",
        measured=measured,
        trials=plan.measure in ("trials", "tally"),
        target_label=value_labels(plan.measure, plan.metric)[1],
        may_edit=plan.may_edit,
        why_not=plan.why_not,
    )


def _entered(entered: Entered) -> tuple[str, str]:
    by = f"Entered by {entered.by}, {long_date(entered.on)}" if entered.by and entered.on else ""
    if entered.gone_on is None:
        return by, ""
    return by, f"Withdrawn by {entered.gone_by}, {long_date(entered.gone_on)}: {entered.why}"


def stage_view(one: StageLine) -> EntryView:
    """A stage as it was entered."""
    entered, gone = _entered(one.entered)
    words = STAGES[Stage(one.stage)]
    detail = f"From {long_date(one.starts_on)}" + ("" if one.name.startswith(words) else f" · {words}")
    return EntryView(str(one.id), one.name, detail, entered, gone)


def objective_view(one: ObjectiveLine) -> EntryView:
    """An objective as it was entered, with where it stands."""
    entered, gone = _entered(one.entered)
    view = EntryView(str(one.id), one.text, f"By {long_date(one.target_on)} · {one.criterion}", entered, gone)
    if one.verdict is None:
        return view
    mark = one.verdict.mark
    return replace(view, mark=MARKS[mark], tone=TONES[mark], words=one.verdict.words)


def event_view(one: EventLine) -> EntryView:
    """An event with the charts on which it is drawn."""
    where = "This goal's chart" if one.here else "All charts of the student"
    return EntryView(str(one.id), one.text, f"{long_date(one.on)} · {where}", _entered(one.entered)[0])
