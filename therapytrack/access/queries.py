"""The statements of the gate: a record together with every fact that the decision about it hangs on.

Each is built once per process, because building one costs several times what running it does; who asks is bound later.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from therapytrack.access import ties
from therapytrack.access.actions import Permission
from therapytrack.access.actor import MEMBER_COLUMNS, WORKSPACE_COLUMNS, Actor
from therapytrack.db import plain_rows
from therapytrack.models import (
    Draft,
    Goal,
    Membership,
    ProgressReport,
    SessionEntry,
    Student,
    TherapySession,
    Workspace,
    utc_now,
)

HELD_AT = "moment of the locks"
PEOPLE = (*MEMBER_COLUMNS, *WORKSPACE_COLUMNS)
# What lists show of a student, in the order of `seen.StudentLine`.
LINE: tuple[Any, ...] = (
    col(Student.id),
    col(Student.given_name),
    col(Student.family_name),
    col(Student.preferred_name),
    col(Student.grade),
    col(Student.school),
    col(Student.local_number),
    ties.case_manager(),
    col(Student.archived_at),
    col(Student.on_hold),
    col(Student.ai_opt_out),
)


def run(db: Session, actor: Actor, statement: Any, **values: Any) -> Any:
    """The result of `statement` for `actor` at `moment_of` her, with the other `values` that it is bound to."""
    return db.execute(statement, ties.moment(actor, moment_of(db, actor)) | values)


def run_plain(db: Session, actor: Actor, statement: Any, **values: Any) -> Sequence[Any]:
    """As `run` for a statement of columns: its rows straight from the driver, past the session's identity map."""
    return plain_rows(db, statement, ties.moment(actor, moment_of(db, actor)) | values)


def hold_moment(db: Session) -> None:
    """From here on, until the transaction ends, rights are judged by the clock of now: what a decision hangs on has
    just been locked, and whoever ended a right of it while this transaction waited has committed."""
    db.info[HELD_AT] = utc_now()


def moment_of(db: Session, actor: Actor) -> datetime:
    """When rights are judged: at the actor's moment, or when the locks were had, if that was later."""
    held: datetime = db.info.get(HELD_AT, actor.at)
    return max(held, actor.at)


@cache
def the_workspace() -> Any:
    """The actor's workspace and what decisions read of it and of her membership."""
    return _mine(select(Workspace, *PEOPLE))


@cache
def the_students(*more: Any) -> Any:
    """Students of the actor's workspace with the facts of a decision (`seen.FACTS` columns), and `more`."""
    return _with_facts((Student,), more)


@cache
def the_lines(*more: Any) -> Any:
    """As `the_students`, with the columns of LINE in place of the row: for lists."""
    return _with_facts(LINE, more)


@cache
def the_entries(*more: Any) -> Any:
    """As `the_students`, with each entry, whether its author is the actor's supervisee, and `more`."""
    query = the_students(SessionEntry, ties.supervises_author(), *more)
    return query.join(SessionEntry, col(SessionEntry.student_id) == col(Student.id))


@cache
def the_parts(*more: Any) -> Any:
    """The parts in sessions of the student `student_id`: what decisions read of the note, and `more`; newest first."""
    entry = (col(SessionEntry.note_status), col(SessionEntry.author_id), ties.supervises_author())
    return (
        select(*entry, *more)
        .select_from(SessionEntry)
        .join(TherapySession, col(TherapySession.id) == col(SessionEntry.session_id))
        .where(col(SessionEntry.workspace_id) == ties.WORKSPACE)
        .where(col(SessionEntry.student_id) == bindparam("student_id"))
        .order_by(col(SessionEntry.held_on).desc(), col(SessionEntry.id).desc())
    )


@cache
def one_student() -> Any:
    """The student `student_id`."""
    return the_students().where(col(Student.id) == bindparam("student_id"))


@cache
def one_goal() -> Any:
    """The goal `goal_id` of the student `student_id`."""
    query = the_students(Goal).join(Goal, col(Goal.student_id) == col(Student.id))
    return query.where(col(Student.id) == bindparam("student_id"), col(Goal.id) == bindparam("goal_id"))


@cache
def one_draft() -> Any:
    """The draft `draft_id`, when the actor asked for it."""
    query = the_students(Draft).join(Draft, col(Draft.student_id) == col(Student.id))
    return query.where(col(Draft.id) == bindparam("draft_id"), col(Draft.author_id) == ties.ME)


@cache
def one_session() -> Any:
    """The entries of the session `session_id` in their order, and the session."""
    query = the_entries(TherapySession).join(TherapySession, col(TherapySession.id) == col(SessionEntry.session_id))
    return query.where(col(TherapySession.id) == bindparam("session_id")).order_by(col(SessionEntry.position))


@cache
def one_entry() -> Any:
    """The entry `entry_id`."""
    return the_entries().where(col(SessionEntry.id) == bindparam("entry_id"))


def joined_to_entries(query: Any) -> Any:
    """`query`, which counts or names, from entries with their student, the workspace and the actor's membership.

    Narrowed by `ties.may_view()` it counts what the actor may view, and no row of a student is handed out.
    """
    query = query.select_from(SessionEntry).join(Student, col(Student.id) == col(SessionEntry.student_id))
    return _mine(query.join(Workspace, col(Workspace.id) == col(Student.workspace_id)))


def joined_to_reports(query: Any) -> Any:
    """As `joined_to_entries`, from progress reports."""
    query = query.select_from(ProgressReport).join(Student, col(Student.id) == col(ProgressReport.student_id))
    return _mine(query.join(Workspace, col(Workspace.id) == col(Student.workspace_id)))


def _with_facts(student: Sequence[Any], more: Sequence[Any]) -> Any:
    flags = [ties.grant_exists(permission) for permission in Permission]
    flags += [ties.glass_broken(), ties.supervised(), ties.supervisee_edits()]
    query = select(*student, *PEOPLE, *flags, *more).select_from(Student)
    return _mine(query.join(Workspace, col(Workspace.id) == col(Student.workspace_id)))


def _mine(query: Any) -> Any:
    """Add the actor's own membership, read again in this very statement, and close the workspace's door."""
    return query.join(Membership, col(Membership.workspace_id) == col(Workspace.id)).where(
        col(Workspace.id) == ties.WORKSPACE, col(Membership.id) == ties.ME
    )
