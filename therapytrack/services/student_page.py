"""One student's page: facts, goals, minutes and sessions, and what this person may do here, in the page's words."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import Seen, parts_of
from therapytrack.access.queries import the_parts
from therapytrack.access.seen import Judged
from therapytrack.domain.attendance import LABELS, Attendance
from therapytrack.domain.dates import age_on, due_label, long_date, school_grade_label, short_date
from therapytrack.domain.make_ups import Missed, reaches, still_owed
from therapytrack.domain.names import initials
from therapytrack.domain.units import value_text
from therapytrack.models import NoteStatus, SessionEntry, Student, TherapySession
from therapytrack.services import activity
from therapytrack.services.caseload import StandingGoal, StudentFacts, access_facts
from therapytrack.services.caseload_rows import (
    MinutesView,
    SparkView,
    display_name,
    minutes_view,
    next_words,
    spark_of,
)
from therapytrack.services.drafts import right_to_draft

SHOWN_SESSIONS = 20
SPARE = 2  # columns of the newest sessions that only make-ups read
LONGEST_EXCERPT = 160
NOTE_WORDS = {
    NoteStatus.DRAFT: ("Draft", "warn"),
    NoteStatus.RETURNED: ("Returned", "bad"),
    NoteStatus.SUBMITTED: ("Submitted", "info"),
    NoteStatus.SIGNED: ("Signed", "good"),
    NoteStatus.COSIGNED: ("Co-signed", "good"),
}
BUTTONS = {
    "log": Action.RECORD_SESSION,
    "export": Action.EXPORT_SUMMARY,
    "edit": Action.EDIT_PROFILE,
    "goals": Action.MANAGE_GOALS,
}


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose, or to take back, by its id."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class GoalLine:
    """One goal of the student."""

    id: str
    label: str
    status: str
    standing: str
    why: str
    latest: str
    target: str
    spark: SparkView


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One session of the student; the note's text only where this person may read it."""

    id: str
    day: str
    title: str
    what: str
    note: str
    note_status: str
    note_tone: str


@dataclass(frozen=True, slots=True)
class MakeUpLine:
    """A missed session of the student; `tone` as of a tag, `open` while minutes are owed, `decided` against the policy.

    `repairs` and `choices` are sessions that make it up, or could, by the id of the student's part.
    """

    id: str
    session: str
    title: str
    what: str
    standing: str
    tone: str
    why: str
    owed: bool
    open: bool
    decided: bool
    repairs: list[Choice]
    choices: list[Choice]


@dataclass(frozen=True, slots=True)
class Rights:
    """What the page offers: a button that is missing is explained by its sentence in `missing`."""

    log: bool = False
    draft: bool = False
    export: bool = False
    edit: bool = False
    goals: bool = False
    plan: bool = False
    archive: bool = False
    restore: bool = False
    missing: tuple[str, ...] = ()


NO_MINUTES, NO_RIGHTS = MinutesView(), Rights()


@dataclass(frozen=True, slots=True)
class StudentView:
    """Everything on the page but the person looking at it."""

    id: str = ""
    name: str = ""
    initials: str = ""
    line: str = ""
    archived: str = ""
    iep_on: str = ""
    iep_label: str = ""
    iep_tone: str = ""
    last: str = ""
    next: str = ""
    minutes: MinutesView = NO_MINUTES
    rights: Rights = NO_RIGHTS


@dataclass(frozen=True, slots=True)
class StudentPage:
    """The page in four parts, so that a change of one does not send the others again."""

    student: StudentView
    goals: list[GoalLine]
    sessions: list[SessionLine]
    make_ups: list[MakeUpLine]
    other_missed: list[MakeUpLine]


@activity.only_reads
def open_student(db: Session, actor: Actor, student_id: UUID) -> StudentPage:
    """The page of a student, noted in the activity log as a view. Four statements. Raises NotFound."""
    seen, facts = access_facts(db, actor, student_id)
    parts = parts_of(db, actor, seen, _newest_sessions())
    sessions = [_session_line(judged, columns[SPARE:]) for judged, columns in parts]
    activity.record(db, actor, Action.VIEW, student_id=student_id, record_kind="student", record_id=student_id)
    goals = [_goal_line(goal) for goal in facts.goals]
    owed = still_owed(facts.missed)
    others = [one for one in facts.missed if not one.left][:SHOWN_SESSIONS]
    make_ups = _make_ups([*owed, *others], [columns for _, columns in parts])
    return StudentPage(_student(seen, facts, actor), goals, sessions, make_ups[: len(owed)], make_ups[len(owed) :])


def rights_of(seen: Seen, actor: Actor) -> Rights:
    """The buttons of the page, and in words why others are not there."""
    buttons = {**BUTTONS, "draft": right_to_draft(actor)}
    allowed = {name: seen.allows(action) for name, action in buttons.items()}
    archived = seen.student.archived_at is not None
    named = {"log": "Log session", "draft": "Draft", "export": "Export", "edit": "Edit", "goals": "Add goal"}
    reasons: dict[str, list[str]] = {}
    for name, action in buttons.items():
        if not allowed[name]:
            reasons.setdefault(seen.reason(action), []).append(named[name])
    if archived and (why := seen.reason(Action.RESTORE_STUDENT)):
        reasons.setdefault(why, []).append("Restore")
    return Rights(
        **allowed,
        plan=seen.allows(Action.MANAGE_PLAN),
        archive=allowed["edit"] and not archived,
        restore=archived and seen.allows(Action.RESTORE_STUDENT),
        missing=tuple(f"{', '.join(names)}: {why}" for why, names in reasons.items()),
    )


def _student(seen: Seen, facts: StudentFacts, actor: Actor) -> StudentView:
    student, today = seen.student, actor.today
    name = display_name(student)
    iep_label, iep_tone = due_label(facts.iep_due, today) if facts.iep_due else ("", "")
    return StudentView(
        id=str(student.id),
        name=name,
        initials=initials(name),
        line=_line(student, actor),
        archived=long_date(student.archived_at.date()) if student.archived_at else "",
        iep_on=long_date(facts.iep_due) if facts.iep_due else "",
        iep_label=iep_label,
        iep_tone=iep_tone,
        last=_last_words(facts),
        next=next_words(facts.next_start, actor).removeprefix("Next ").capitalize(),
        minutes=minutes_view(facts, today),
        rights=rights_of(seen, actor),
    )


def _line(student: Student, actor: Actor) -> str:
    full = f"{student.given_name} {student.family_name}".strip() if student.preferred_name else ""
    age = f"age {age_on(student.birth_date, actor.today)}" if student.birth_date else ""
    number = f"no. {student.local_number}" if student.local_number else ""
    parts = [full, student.pronouns, age, school_grade_label(student.grade), student.school, number]
    return " · ".join(part for part in parts if part)


def _last_words(facts: StudentFacts) -> str:
    if facts.last_missed and (not facts.last_present or facts.last_missed > facts.last_present):
        return f"{long_date(facts.last_missed)}, absent"
    return long_date(facts.last_present) if facts.last_present else ""


def _goal_line(goal: StandingGoal) -> GoalLine:
    values, metric = goal.standing.values, goal.facts.metric
    return GoalLine(
        id=str(goal.id),
        label=goal.facts.label,
        status=goal.standing.status,
        standing=goal.standing.status.label,
        why=goal.standing.sentence,
        latest=value_text(metric, values[-1]) if values else "–",
        target=f"{value_text(metric, goal.facts.target_value)} by {long_date(goal.facts.target_on)}",
        spark=spark_of(goal),
    )


@cache
def _newest_sessions() -> Any:
    spare = (col(SessionEntry.id), col(SessionEntry.makes_up_id))
    entry = (SessionEntry.held_on, SessionEntry.attendance, SessionEntry.minutes, SessionEntry.note)
    columns = (*spare, col(TherapySession.id), col(TherapySession.title), *(col(one) for one in entry))
    status = col(SessionEntry.note_status)
    held = the_parts(*columns, status).where(col(SessionEntry.attendance) != Attendance.PLANNED)
    return held.limit(SHOWN_SESSIONS)


def _make_ups(missed: Sequence[Missed], newest: Sequence[Sequence[Any]]) -> list[MakeUpLine]:
    """These missed sessions. `newest`: the columns of `_newest_sessions`; what makes up nothing yet can be chosen."""
    free = [columns for columns in newest if columns[5] == Attendance.PRESENT and columns[1] is None]
    return [_make_up_line(one, [columns for columns in free if reaches(columns[4], one.held_on)]) for one in missed]


def _make_up_line(one: Missed, free: Sequence[Sequence[Any]]) -> MakeUpLine:
    repairs = [Choice(str(each.entry_id), f"{short_date(each.held_on)}, {each.minutes} min") for each in one.repairs]
    choices = [Choice(str(row[0]), f"{short_date(row[4])} · {row[3]}, {row[6]} min") for row in free]
    return MakeUpLine(
        id=str(one.entry_id),
        session=str(one.session_id),
        title=one.title,
        what=f"{long_date(one.held_on)} · {one.reason}",
        standing=one.standing,
        tone="warn" if one.left else "good" if one.owed else "",
        why=one.why,
        owed=one.owed,
        open=bool(one.left),
        decided=bool(one.decided),
        repairs=repairs,
        choices=choices if one.left else [],
    )


def _session_line(judged: Judged, columns: Sequence[Any]) -> SessionLine:
    key, title, held_on, attendance, minutes, note, status = columns
    words, tone = NOTE_WORDS[NoteStatus(status)]
    text = " ".join(note.split()) if judged.allows(Action.READ_NOTE) else ""
    return SessionLine(
        id=str(key),
        day=long_date(held_on),
        title=title,
        what=f"{minutes} min" if attendance == Attendance.PRESENT else LABELS[Attendance(attendance)],
        note=text if len(text) <= LONGEST_EXCERPT else f"{text[:LONGEST_EXCERPT].rstrip()}…",
        note_status=words,
        note_tone=tone,
    )
