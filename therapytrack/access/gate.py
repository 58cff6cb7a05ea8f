"""The only way from an id to a record: fetching is authorising.

Every `access_` function returns the row or raises: NotFound for anybody who may not know of the record (the same words
as for an id that does not exist), NotPermitted for a colleague who sees the record but lacks this right. `visible_`
functions filter lists by the same decision.

Sessions, the notes of their parts and addenda have their door in `access.entries`, reports in `access.reports`.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col

from therapytrack.access import queries, ties
from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.facts import Facts
from therapytrack.access.holding import hold_drafted, hold_for
from therapytrack.access.people import hold_people
from therapytrack.access.queries import LINE, run, run_plain, the_lines, the_students, the_workspace
from therapytrack.access.refusals import refused, require
from therapytrack.access.roles import OFFICE, READS, decide
from therapytrack.access.seen import (
    FACTS,
    PEOPLE,
    Seen,
    SeenLine,
    SeenWorkspace,
    StudentLine,
    facts_about,
    people_of,
    seen_in,
)
from therapytrack.errors import NotFound
from therapytrack.models import Draft, Goal, Membership, Student, Workspace, WorkspaceStatus


def access_workspace(db: Session, actor: Actor, action: Action) -> Workspace:
    """The actor's workspace, when `action` on it is allowed now; for writes held as acts on people are.

    Raises NotPermitted.
    """
    seen = _own_workspace(db, actor, action)
    require(action, seen.facts, "workspace", seen.workspace.id)
    return seen.workspace


def visible_workspace(db: Session, actor: Actor) -> SeenWorkspace:
    """The workspace of a live member, while it is not closed. Raises NotFound."""
    seen = _own_workspace(db, actor, Action.VIEW_SETTINGS)
    if not seen.facts.member.live or seen.facts.workspace.status == WorkspaceStatus.CLOSED:
        raise refused(NotFound(), Action.VIEW_SETTINGS, "workspace", actor.workspace_id)
    return seen


def access_student(db: Session, actor: Actor, student_id: UUID, action: Action) -> Student:
    """The student, when `action` is allowed now. Raises NotFound or NotPermitted."""
    return access_seen(db, actor, student_id, action).student


def access_seen(db: Session, actor: Actor, student_id: UUID, action: Action) -> Seen:
    """As `access_student`, with the effective rights for showing what else is possible."""
    hold_for(db, actor, action, [student_id])
    row = run(db, actor, queries.one_student(), student_id=student_id).first()
    return granted(row, actor, action, "student", student_id)


def access_students(db: Session, actor: Actor, student_ids: list[UUID], action: Action) -> list[Seen]:
    """Several students at once, in the order given; one refusal refuses all. Raises NotFound or NotPermitted."""
    hold_for(db, actor, action, student_ids)
    rows = {row[0].id: row for row in run(db, actor, the_students().where(col(Student.id).in_(student_ids)))}
    return [granted(rows.get(one), actor, action, "student", one) for one in student_ids]


def access_with(
    db: Session, actor: Actor, student_id: UUID, action: Action, query: Any, **values: Any
) -> tuple[Seen, Sequence[Any]]:
    """As `access_seen`, with what `query`, made of `the_students(...)`, reads beside the student in the same statement.

    It is bound to `student_id` and to `values`.
    """
    row = run(db, actor, query, student_id=student_id, **values).first()
    return granted(row, actor, action, "student", student_id), row[1 + FACTS :]


def visible_students(db: Session, actor: Actor, *, archived: bool = False) -> list[SeenLine]:
    """The students that the actor may view, archived ones or the others, by family name. One statement."""
    return [one for one, _ in visible_lines(db, actor, _listed(archived))]


def visible_lines(db: Session, actor: Actor, query: Any, **values: Any) -> list[tuple[SeenLine, Sequence[Any]]]:
    """Rows of `query`, made of `the_lines(...)`, whose students the actor may view, each with its further columns."""
    return list(_lines(db, actor, Action.VIEW, query, values))


def governed_students(db: Session, actor: Actor) -> list[SeenLine]:
    """The students, archived ones left out, whose access the actor governs: all for the office, else those whose case
    manager she is; by family name. One statement. It shows who is on the roster, and no record."""
    return [one for one, _ in _lines(db, actor, Action.GRANT_ACCESS, _on_the_rolls(), {})]


@cache
def _on_the_rolls() -> Any:
    hers = or_(ties.case_manager() == ties.ME, col(Membership.admin_role).in_(OFFICE))
    order = (col(Student.family_name), col(Student.given_name), col(Student.id))
    return the_lines().where(col(Student.archived_at).is_(None), hers).order_by(*order)


def _lines(
    db: Session, actor: Actor, action: Action, query: Any, values: Mapping[str, Any]
) -> Iterator[tuple[SeenLine, Sequence[Any]]]:
    """The students in the rows of `query` for whom `action` is allowed, each with her further columns."""
    rows = run_plain(db, actor, query, **values)
    if not rows:
        return
    people = people_of(rows[0][len(LINE) :], actor)
    alike: dict[tuple[Any, ...], tuple[Facts, bool]] = {}
    for row in rows:
        student, flags = StudentLine(*row[: len(LINE)]), row[len(LINE) + PEOPLE : len(LINE) + FACTS]
        # The students of one caseload differ in few ways, so that most of these rows share their facts and a decision.
        ways = (*flags, student.case_manager_id, student.archived_at, student.on_hold, student.ai_opt_out)
        judged = alike.get(ways)
        if judged is None:
            facts = facts_about(student, people, flags, actor)
            judged = alike[ways] = facts, decide(action, facts).allowed
        facts, allowed = judged
        if allowed:
            yield SeenLine(facts, student), row[len(LINE) + FACTS :]


@cache
def _listed(archived: bool) -> Any:
    shown = col(Student.archived_at).is_not(None) if archived else col(Student.archived_at).is_(None)
    order = (col(Student.family_name), col(Student.given_name), col(Student.id))
    return the_lines().where(ties.may_view(), shown).order_by(*order)


def access_goal(db: Session, actor: Actor, student_id: UUID, goal_id: UUID, action: Action) -> tuple[Goal, Seen]:
    """A goal of that very student. Raises NotFound or NotPermitted."""
    hold_for(db, actor, action, [student_id])
    row = run(db, actor, queries.one_goal(), student_id=student_id, goal_id=goal_id).first()
    seen = granted(row, actor, action, "goal", goal_id)
    return row[-1], seen


def access_draft(
    db: Session, actor: Actor, draft_id: UUID, action: Action, *, to_change: bool = False
) -> tuple[Draft, Seen]:
    """A draft that the actor herself asked for. `to_change`: hold its student also where reading is right enough.

    Raises NotFound or NotPermitted.
    """
    if to_change or action not in READS:
        hold_drafted(db, actor, draft_id)
    row = run(db, actor, queries.one_draft(), draft_id=draft_id).first()
    seen = granted(row, actor, action, "draft", draft_id)
    return row[-1], seen


def _own_workspace(db: Session, actor: Actor, action: Action) -> SeenWorkspace:
    if action not in READS:
        hold_people(db, actor.workspace_id)
    row = run(db, actor, the_workspace()).first()
    if row is None:
        raise refused(NotFound(), action, "workspace", actor.workspace_id)
    return SeenWorkspace(Facts(*people_of(row[1:], actor)), row[0])


def granted(row: Any, actor: Actor, action: Action, kind: str, record_id: UUID) -> Seen:
    """The student in a `row` of `queries.the_students`, when `action` is allowed. Raises NotFound or NotPermitted."""
    if row is None:
        raise refused(NotFound(), action, kind, record_id)
    seen = seen_in(row, actor)
    if not seen.allows(Action.VIEW) and not seen.allows(action):
        raise refused(NotFound(), action, kind, record_id)
    require(action, seen.facts, kind, record_id)
    return seen
