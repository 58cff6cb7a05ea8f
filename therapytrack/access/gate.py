"""The only way from an id to a record: fetching is authorising.

Every `access_` function returns the row or raises: NotFound for anybody who may not know of the record (the same words
as for an id that does not exist), NotPermitted for a colleague who sees the record but lacks this right. `visible_`
functions filter lists by the same decision.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlmodel import Session, col

from therapytrack.access import queries, ties
from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.facts import Facts, NoteFacts
from therapytrack.access.holding import hold_drafted, hold_entries, hold_for, hold_session
from therapytrack.access.licence import overstep
from therapytrack.access.people import hold_people
from therapytrack.access.queries import (
    LINE,
    run,
    run_plain,
    the_entries,
    the_lines,
    the_students,
    the_workspace,
)
from therapytrack.access.refusals import refused as _refused
from therapytrack.access.refusals import require as _require
from therapytrack.access.roles import OFFICE, READS
from therapytrack.access.seen import FACTS, PEOPLE, Judged, SeenLine, SeenWorkspace, StudentLine, facts_about, people_of
from therapytrack.access.seen import Seen as Seen
from therapytrack.access.seen import SeenEntry as SeenEntry
from therapytrack.access.seen import SeenSession as SeenSession
from therapytrack.errors import NotFound, NotPermitted
from therapytrack.models import (
    Draft,
    Goal,
    Membership,
    NoteAddendum,
    NoteStatus,
    SessionEntry,
    Student,
    Workspace,
    WorkspaceStatus,
)


def access_workspace(db: Session, actor: Actor, action: Action) -> Workspace:
    """The actor's workspace, when `action` on it is allowed now; for writes held as acts on people are.

    Raises NotPermitted.
    """
    seen = _own_workspace(db, actor, action)
    _require(action, seen.facts, "workspace", seen.workspace.id)
    return seen.workspace


def visible_workspace(db: Session, actor: Actor) -> SeenWorkspace:
    """The workspace of a live member, while it is not closed. Raises NotFound."""
    seen = _own_workspace(db, actor, Action.VIEW_SETTINGS)
    if not seen.facts.member.live or seen.facts.workspace.status == WorkspaceStatus.CLOSED:
        raise _refused(NotFound(), Action.VIEW_SETTINGS, "workspace", actor.workspace_id)
    return seen


def access_student(db: Session, actor: Actor, student_id: UUID, action: Action) -> Student:
    """The student, when `action` is allowed now. Raises NotFound or NotPermitted."""
    return access_seen(db, actor, student_id, action).student


def access_seen(db: Session, actor: Actor, student_id: UUID, action: Action) -> Seen:
    """As `access_student`, with the effective rights for showing what else is possible."""
    hold_for(db, actor, action, [student_id])
    row = run(db, actor, queries.one_student(), student_id=student_id).first()
    return _grant(row, actor, action, "student", student_id)


def access_students(db: Session, actor: Actor, student_ids: list[UUID], action: Action) -> list[Seen]:
    """Several students at once, in the order given; one refusal refuses all. Raises NotFound or NotPermitted."""
    hold_for(db, actor, action, student_ids)
    rows = {row[0].id: row for row in run(db, actor, the_students().where(col(Student.id).in_(student_ids)))}
    return [_grant(rows.get(one), actor, action, "student", one) for one in student_ids]


def access_with(
    db: Session, actor: Actor, student_id: UUID, action: Action, query: Any, **values: Any
) -> tuple[Seen, Sequence[Any]]:
    """As `access_seen`, with what `query`, made of `the_students(...)`, reads beside the student in the same statement.

    It is bound to `student_id` and to `values`.
    """
    row = run(db, actor, query, student_id=student_id, **values).first()
    return _grant(row, actor, action, "student", student_id), row[1 + FACTS :]


def visible_students(db: Session, actor: Actor, *, archived: bool = False) -> list[SeenLine]:
    """The students that the actor may view, archived ones or the others, by family name. One statement."""
    return [one for one, _ in visible_lines(db, actor, _listed(archived))]


def visible_lines(db: Session, actor: Actor, query: Any, **values: Any) -> list[tuple[SeenLine, Sequence[Any]]]:
    """Rows of `query`, made of `the_lines(...)`, whose students the actor may view, each with its further columns."""
    found = _lines(db, actor, query, values)
    return [(one, more) for one, more in found if one.allows(Action.VIEW)]


def governed_students(db: Session, actor: Actor) -> list[SeenLine]:
    """The students, archived ones left out, whose access the actor governs: all for the office, else those whose case
    manager she is; by family name. One statement. It shows who is on the roster, and no record."""
    return [one for one, _ in _lines(db, actor, _on_the_rolls(), {}) if one.allows(Action.GRANT_ACCESS)]


@cache
def _on_the_rolls() -> Any:
    hers = or_(ties.case_manager() == ties.ME, col(Membership.admin_role).in_(OFFICE))
    order = (col(Student.family_name), col(Student.given_name), col(Student.id))
    return the_lines().where(col(Student.archived_at).is_(None), hers).order_by(*order)


def _lines(
    db: Session, actor: Actor, query: Any, values: Mapping[str, Any]
) -> Iterator[tuple[SeenLine, Sequence[Any]]]:
    rows = run_plain(db, actor, query, **values)
    if not rows:
        return
    people = people_of(rows[0][len(LINE) :], actor)
    alike: dict[tuple[Any, ...], Facts] = {}
    for row in rows:
        student, flags = StudentLine(*row[: len(LINE)]), row[len(LINE) + PEOPLE : len(LINE) + FACTS]
        # The students of one caseload differ in few ways, so that most of these rows share their facts.
        ways = (*flags, student.case_manager_id, student.archived_at, student.on_hold, student.ai_opt_out)
        facts = alike.get(ways)
        if facts is None:
            facts = alike[ways] = facts_about(student, people, flags, actor)
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
    seen = _grant(row, actor, action, "goal", goal_id)
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
    seen = _grant(row, actor, action, "draft", draft_id)
    return row[-1], seen


def access_session(db: Session, actor: Actor, session_id: UUID, action: Action) -> SeenSession:
    """A session with the entries of students for whom `action` is allowed; others are left out without a trace.

    Raises NotFound when there is none that the actor may view, NotPermitted when she may view some but act on none.
    """
    return access_session_with(db, actor, session_id, action, ())[0]


def access_session_with(
    db: Session, actor: Actor, session_id: UUID, action: Action, columns: tuple[Any, ...], **values: Any
) -> tuple[SeenSession, list[Sequence[Any]]]:
    """As `access_session`, with what `columns` say beside each of those entries in the same statement.

    They may refer to its Student and SessionEntry, and are bound to `values`.
    """
    if action not in READS:
        hold_session(db, actor, session_id)
    rows = run(db, actor, queries.one_session(*columns), session_id=session_id, **values).all()
    visible = [(row, _seen_entry(row, actor, "")) for row in rows]
    visible = [(row, one) for row, one in visible if one.seen.allows(Action.VIEW)]
    if not visible:
        raise _refused(NotFound(), action, "therapy_session", session_id)
    allowed = [(row, one) for row, one in visible if one.allows(action)]
    if not allowed:
        error = NotPermitted(visible[0][1].reason(action))
        raise _refused(error, action, "therapy_session", session_id)
    return SeenSession(allowed[0][0][-1], [one for _, one in allowed]), [row[3 + FACTS : -1] for row, _ in allowed]


def access_entry(
    db: Session, actor: Actor, entry_id: UUID, action: Action, *, shown_hash: str = "", words: str = ""
) -> SeenEntry:
    """One student's part of a session. `shown_hash`: the content hash that the actor was shown, for co-signing;
    `words`: what an assistant hands in, to be held against her license.

    Raises NotFound or NotPermitted.
    """
    if action not in READS:
        hold_entries(db, actor, [entry_id])
    row = run(db, actor, queries.one_entry(), entry_id=entry_id).first()
    if row is None:
        raise _refused(NotFound(), action, "session_entry", entry_id)
    found = _seen_entry(row, actor, shown_hash)
    if not found.seen.allows(Action.VIEW):
        raise _refused(NotFound(), action, "session_entry", entry_id)
    _require(action, _handing_in(db, actor, found.facts, words), "session_entry", entry_id)
    return found


def _handing_in(db: Session, actor: Actor, facts: Facts, words: str) -> Facts:
    """The facts with what the license says of `words`."""
    if not words or facts.note is None:
        return facts
    return replace(facts, note=replace(facts.note, overstep=overstep(db, actor, words)))


def visible_entries(db: Session, actor: Actor, *conditions: Any, limit: int = 200) -> list[SeenEntry]:
    """The newest `limit` entries of students whom the actor may view, narrowed by `conditions` on SessionEntry."""
    query = the_entries().where(ties.may_view(), *conditions)
    query = query.order_by(col(SessionEntry.held_on).desc(), col(SessionEntry.id).desc()).limit(limit)
    found = [_seen_entry(row, actor, "") for row in run(db, actor, query)]
    return [one for one in found if one.seen.allows(Action.VIEW)]


def parts_of(db: Session, actor: Actor, seen: Seen, query: Any, **values: Any) -> list[tuple[Judged, Sequence[Any]]]:
    """Rows of `query`, made of `the_parts(...)` and bound to `values`, of a student just granted, each with the
    decision about its note."""
    found, known = [], seen.facts
    for status, author_id, supervised, *columns in run_plain(db, actor, query, student_id=seen.student.id, **values):
        note = NoteFacts(NoteStatus(status), author_id == actor.membership_id, bool(supervised))
        found.append((Judged(Facts(known.member, known.workspace, known.student, note)), columns))
    return found


def access_addendum(
    db: Session, actor: Actor, addendum_id: UUID, action: Action, *, shown_hash: str = "", words: str = ""
) -> tuple[NoteAddendum, SeenEntry]:
    """An addendum with its entry, judged like a note of its own, `words` as in `access_entry`.

    Raises NotFound or NotPermitted.
    """
    found = db.execute(
        select(NoteAddendum).where(
            col(NoteAddendum.id) == addendum_id, col(NoteAddendum.workspace_id) == actor.workspace_id
        )
    ).scalar_one_or_none()
    if found is None:
        raise _refused(NotFound(), action, "note_addendum", addendum_id)
    if action not in READS:
        hold_entries(db, actor, [found.entry_id])
        db.refresh(found, with_for_update=True)
    entry = access_entry(db, actor, found.entry_id, Action.VIEW)
    author = access_author_tie(db, actor, found.author_id)
    note = NoteFacts(
        status=NoteStatus(found.status),
        author_is_actor=found.author_id == actor.membership_id,
        author_is_supervisee=author,
        shown_hash_matches=bool(shown_hash) and shown_hash == found.content_hash,
    )
    facts = Facts(entry.facts.member, entry.facts.workspace, entry.facts.student, note)
    _require(action, _handing_in(db, actor, facts, words), "note_addendum", addendum_id)
    return found, entry


def access_author_tie(db: Session, actor: Actor, author_id: UUID) -> bool:
    """Whether `author_id` is a live supervisee of the actor in the same discipline."""
    return bool(run(db, actor, select(ties.supervises_member(author_id))).scalar())


def _own_workspace(db: Session, actor: Actor, action: Action) -> SeenWorkspace:
    if action not in READS:
        hold_people(db, actor.workspace_id)
    row = run(db, actor, the_workspace()).first()
    if row is None:
        raise _refused(NotFound(), action, "workspace", actor.workspace_id)
    return SeenWorkspace(Facts(*people_of(row[1:], actor)), row[0])


def _seen(row: Any, actor: Actor) -> Seen:
    student: Student = row[0]
    return Seen(facts_about(student, people_of(row[1:], actor), row[1 + PEOPLE : 1 + FACTS], actor), student)


def _seen_entry(row: Any, actor: Actor, shown_hash: str) -> SeenEntry:
    seen = _seen(row, actor)
    entry: SessionEntry = row[1 + FACTS]
    note = NoteFacts(
        status=NoteStatus(entry.note_status),
        author_is_actor=entry.author_id == actor.membership_id,
        author_is_supervisee=bool(row[2 + FACTS]),
        shown_hash_matches=bool(shown_hash) and shown_hash == entry.content_hash,
    )
    facts = Facts(seen.facts.member, seen.facts.workspace, seen.facts.student, note)
    return SeenEntry(facts, entry, seen)


def _grant(row: Any, actor: Actor, action: Action, kind: str, record_id: UUID) -> Seen:
    if row is None:
        raise _refused(NotFound(), action, kind, record_id)
    seen = _seen(row, actor)
    if not seen.allows(Action.VIEW) and not seen.allows(action):
        raise _refused(NotFound(), action, kind, record_id)
    _require(action, seen.facts, kind, record_id)
    return seen
