"""The workspace's goal bank: read by every member, kept by the office and by those who write goals."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_student, access_workspace, visible_students, visible_workspace
from therapytrack.access.refusals import refused
from therapytrack.domain.bank_choice import BankChoice, patterns
from therapytrack.domain.goal_bank import BankForm, search_words
from therapytrack.domain.ids import require_made
from therapytrack.domain.starter_goals import starter_goals
from therapytrack.errors import Conflict, Invalid, NotFound
from therapytrack.models import BankGoal, new_id
from therapytrack.services.activity import record
from therapytrack.services.caseload_rows import display_name
from therapytrack.services.versions import saving_over

PAGE_ROWS, MOST_GOALS = 30, 5000
FULL = f"A goal bank holds at most {MOST_GOALS:,} goals, retired ones too."
CHANGED = "A colleague changed this goal in the meantime. What it says now is shown; change it again if need be."
FIELDS = tuple(BankForm.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class BankLine:
    """A goal of the bank; `retired`: it is no longer offered."""

    id: UUID
    form: BankForm
    retired: bool
    version: int


@dataclass(frozen=True, slots=True)
class BankPage:
    """One page of what was asked for, of `total`; `any_goals`: the bank holds some at all.

    `areas`: all that are in use; `why_not`: why the actor may not keep the bank, "" where she may; `student`: the name
    of the student for whom a goal is looked for.
    """

    lines: list[BankLine]
    total: int
    any_goals: bool
    areas: list[str]
    why_not: str
    student: str = ""


def get_bank(db: Session, actor: Actor, choice: BankChoice) -> BankPage:
    """The page of the bank, by area and name. Raises NotFound for nobody of the workspace, and as `access_student` does
    for the student of the choice."""
    seen = visible_workspace(db, actor)
    student = access_student(db, actor, UUID(choice.student), Action.MANAGE_GOALS) if choice.student else None
    asked = _asked(actor, choice)
    total = int(db.execute(select(func.count()).select_from(BankGoal).where(*asked)).scalar() or 0)
    order = (col(BankGoal.area), col(BankGoal.label), col(BankGoal.id))
    start = (choice.page - 1) * PAGE_ROWS
    rows = db.execute(select(BankGoal).where(*asked).order_by(*order).offset(start).limit(PAGE_ROWS)).scalars()
    areas = select(col(BankGoal.area)).where(_mine(actor)).distinct().order_by(col(BankGoal.area))
    known = list(db.execute(areas).scalars())
    why_not = "" if seen.allows(Action.KEEP_GOAL_BANK) else seen.reason(Action.KEEP_GOAL_BANK)
    name = display_name(student) if student else ""
    return BankPage([_line(row) for row in rows], total, bool(known), [one for one in known if one], why_not, name)


def students_for_goals(db: Session, actor: Actor) -> list[tuple[UUID, str]]:
    """The students for whom the actor may add a goal, by family name."""
    return [(one.student.id, display_name(one.student)) for one in visible_students(db, actor) if _may_add(one)]


def get_bank_goal(db: Session, actor: Actor, student_id: UUID, bank_id: UUID) -> tuple[BankForm, str]:
    """A goal of the bank for a new goal of that student, with the student's name. Raises NotFound, NotPermitted."""
    student = access_student(db, actor, student_id, Action.MANAGE_GOALS)
    return _form(_stored(db, actor, bank_id)), student.preferred_name or student.given_name


def add_bank_goal(db: Session, actor: Actor, bank_id: UUID, form: BankForm) -> None:
    """Add a goal to the bank; the same id twice adds one. Raises NotPermitted, Invalid when the bank is full."""
    access_workspace(db, actor, Action.KEEP_GOAL_BANK)
    require_made(bank_id)
    if db.execute(select(col(BankGoal.id)).where(_mine(actor), col(BankGoal.id) == bank_id)).first():
        return
    _require_room(db, actor, 1)
    db.add(_row(actor.workspace_id, form, bank_id))
    db.flush()
    record(db, actor, "add bank goal", record_kind="bank_goal", record_id=bank_id)


def change_bank_goal(db: Session, actor: Actor, bank_id: UUID, version: int, form: BankForm) -> None:
    """Change a goal of the bank over the `version` that was shown; goals of students that came from it stay.

    Raises NotPermitted, NotFound, Conflict.
    """
    access_workspace(db, actor, Action.KEEP_GOAL_BANK)
    stored = _stored(db, actor, bank_id)
    if _form(stored) == form:
        return
    if db.execute(saving_over(BankGoal, bank_id, version, **_values(form))).first() is None:
        raise Conflict(CHANGED)
    record(db, actor, "change bank goal", record_kind="bank_goal", record_id=bank_id)


def retire_bank_goal(db: Session, actor: Actor, bank_id: UUID) -> None:
    """Offer a goal no longer. Raises NotPermitted, NotFound."""
    access_workspace(db, actor, Action.KEEP_GOAL_BANK)
    stored = _stored(db, actor, bank_id)
    if stored.retired_at is None:
        stored.retired_at = actor.at
        record(db, actor, "retire bank goal", record_kind="bank_goal", record_id=bank_id)


def bring_bank_goal_back(db: Session, actor: Actor, bank_id: UUID) -> None:
    """Offer a goal again. Raises NotPermitted, NotFound."""
    access_workspace(db, actor, Action.KEEP_GOAL_BANK)
    stored = _stored(db, actor, bank_id)
    if stored.retired_at is not None:
        stored.retired_at = None
        record(db, actor, "bring bank goal back", record_kind="bank_goal", record_id=bank_id)


def add_starters(db: Session, actor: Actor) -> int:
    """Add the starter goals that the bank does not hold yet, and answer how many. Raises NotPermitted, Invalid."""
    return _add_new(db, actor, starter_goals(), "add starter goals")[0]


def import_goals(db: Session, actor: Actor, goals: Sequence[BankForm]) -> tuple[int, int]:
    """Add the goals of a file, all or none; how many are new, and how many were there with the same words and numbers.

    Raises NotPermitted, Invalid when there is no room for them.
    """
    return _add_new(db, actor, goals, "import bank goals")


def require_keeper(db: Session, actor: Actor) -> None:
    """Raise NotPermitted for who may not keep the bank."""
    access_workspace(db, actor, Action.KEEP_GOAL_BANK)


def export_goals(db: Session, actor: Actor) -> list[BankForm]:
    """The goals that are offered, by discipline, area and name, for a file. Logged. Raises NotFound."""
    visible_workspace(db, actor)
    order = (col(BankGoal.discipline), col(BankGoal.area), col(BankGoal.label), col(BankGoal.id))
    offered = (_mine(actor), col(BankGoal.retired_at).is_(None))
    goals = [_form(row) for row in db.execute(select(BankGoal).where(*offered).order_by(*order)).scalars()]
    record(db, actor, "save goal bank", record_kind="bank_goal", goals=len(goals))
    return goals


def add_default_goals(db: Session, workspace_id: UUID) -> None:
    """Give a new workspace the starter goals, to be changed and retired."""
    db.add_all(_row(workspace_id, one) for one in starter_goals())


def _may_add(line: Any) -> bool:
    return bool(line.allows(Action.MANAGE_GOALS))


def _add_new(db: Session, actor: Actor, goals: Iterable[BankForm], act: str) -> tuple[int, int]:
    access_workspace(db, actor, Action.KEEP_GOAL_BANK)
    given = list(goals)
    known = {repr(_form(row)) for row in db.execute(select(BankGoal).where(_mine(actor))).scalars()}
    new = {key: one for one in given if (key := repr(one)) not in known}
    _require_room(db, actor, len(new))
    db.add_all(_row(actor.workspace_id, one) for one in new.values())
    if new:
        record(db, actor, act, record_kind="bank_goal", goals=len(new))
    return len(new), len(given) - len(new)


def _require_room(db: Session, actor: Actor, more: int) -> None:
    held = db.execute(select(func.count()).select_from(BankGoal).where(_mine(actor))).scalar() or 0
    if held + more > MOST_GOALS:
        raise Invalid({"file" if more > 1 else "label": FULL})


def _mine(actor: Actor) -> Any:
    return col(BankGoal.workspace_id) == actor.workspace_id


def _asked(actor: Actor, choice: BankChoice) -> list[Any]:
    gone = col(BankGoal.retired_at)
    asked: list[Any] = [_mine(actor), gone.is_not(None) if choice.retired else gone.is_(None)]
    asked += [col(BankGoal.search).like(one, escape="\\") for one in patterns(choice.words)]
    if choice.discipline:
        asked.append(col(BankGoal.discipline).in_(("", choice.discipline)))
    if choice.grade:
        asked.append(col(BankGoal.grade_band).in_(("", choice.grade)))
    if choice.area:
        asked.append(col(BankGoal.area) == choice.area)
    if choice.measure:
        asked.append(col(BankGoal.measure) == choice.measure)
    return asked


def _stored(db: Session, actor: Actor, bank_id: UUID) -> BankGoal:
    found: BankGoal | None = db.execute(
        select(BankGoal).where(_mine(actor), col(BankGoal.id) == bank_id)
    ).scalar_one_or_none()
    if found is None:
        raise refused(NotFound(), Action.VIEW, "bank_goal", bank_id)
    return found


def _form(row: BankGoal) -> BankForm:
    return BankForm(**{name: getattr(row, name) for name in FIELDS})


def _line(row: BankGoal) -> BankLine:
    return BankLine(row.id, _form(row), row.retired_at is not None, row.version)


def _values(form: BankForm) -> dict[str, Any]:
    return {**asdict(form), "search": search_words(form)}


def _row(workspace_id: UUID, form: BankForm, bank_id: UUID | None = None) -> BankGoal:
    return BankGoal(id=bank_id or new_id(), workspace_id=workspace_id, **_values(form))
