"""The caseloads of a supervisor's assistants at a glance: minutes, goals, notes, and how long since somebody looked on.

A supervisor sees of them what rule 4 of the permission model lets her view, and nothing more: the students whom an
assistant of hers edits. Who is handed out is judged by the gate as on her own caseload.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Date, bindparam, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from therapytrack.access import ties
from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.supervising import SupervisedPair, visible_pairs
from therapytrack.domain.attendance import Attendance
from therapytrack.domain.caseloads_choice import CaseloadsChoice
from therapytrack.domain.dates import due_label
from therapytrack.domain.names import folded
from therapytrack.domain.supervision import Contact, Observation, Treatment, observation
from therapytrack.domain.supervision_form import LOOK_BACK
from therapytrack.models import NoteStatus, SessionEntry, SessionStatus, Student, SupervisionContact, TherapySession
from therapytrack.services.activity import only_reads, record
from therapytrack.services.caseload import StandingGoal, StudentFacts, list_caseload
from therapytrack.services.caseload_rows import NEEDS_A_LOOK, display_name, last_of, last_words, mark_of, place_of
from therapytrack.services.student_minutes import MinutesView, minutes_view
from therapytrack.services.supervision_rules import RuleInForce, rules_in_force

MOST_ROWS = 60
SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class GoalLink:
    """A goal's mark with the way to its chart."""

    id: str
    status: str
    label: str


@dataclass(frozen=True, slots=True)
class SupervisedRow:
    """One student on one assistant's caseload. `unsigned`: her notes of held sessions still to be handed in, `waiting`:
    those for a co-signature. `observed`: days since somebody looked on, in words; `due`: until the next time."""

    key: str
    id: str
    name: str
    place: str
    assistant: str
    minutes: MinutesView
    goals: tuple[GoalLink, ...]
    last_on: str
    unsigned: int
    waiting: int
    observed: str
    due: str
    tone: str


@dataclass(frozen=True, slots=True)
class CaseloadsCounts:
    """What the strip counts, over the caseloads that are shown."""

    students: int = 0
    unsigned: int = 0
    waiting: int = 0
    short: int = 0
    off_track: int = 0
    observe: int = 0


@dataclass(frozen=True, slots=True)
class CaseloadsView:
    """The rows that were asked for, at most sixty, how many there are, counts, and whose caseloads can be chosen."""

    rows: list[SupervisedRow]
    found: int
    counts: CaseloadsCounts
    assistants: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Line:
    pair: SupervisedPair
    facts: StudentFacts
    row: SupervisedRow
    observe: bool

    @property
    def watch(self) -> bool:
        return any(goal.standing.status in NEEDS_A_LOOK for goal in self.facts.goals)


@only_reads
def open_caseloads(db: Session, actor: Actor, choice: CaseloadsChoice) -> CaseloadsView:
    """The caseloads of the actor's assistants as `choice` asks for them; the view is logged.

    Four statements whatever the number of assistants and students. Raises NotPermitted for who is no supervisor.
    """
    since = {"observed_since": actor.today - LOOK_BACK, "observed_until": actor.today}
    pairs = visible_pairs(db, actor, _columns, **since)
    facts = {one.seen.student.id: one for one in (list_caseload(db, actor)[0] if pairs else [])}
    rules = rules_in_force(db, actor, {_place(one) for one in pairs}, actor.today, Action.VIEW_CASELOADS)
    lines = [_line(one, facts[one.student_id], rules, actor) for one in pairs if one.student_id in facts]
    mine = [one for one in lines if choice.of in ("", str(one.pair.assistant_id))]
    shown = sorted((one.row for one in mine if _wanted(one, choice.view)), key=_by_assistant_and_name)
    record(db, actor, Action.VIEW_CASELOADS, record_kind="caseload", students=len(shown))
    assistants = {str(one.assistant_id): one.assistant for one in pairs}
    return CaseloadsView(shown[:MOST_ROWS], len(shown), _counts(mine), list(assistants.items()))


def _columns(aide: Any) -> tuple[Any, ...]:
    """Unsigned notes, notes to co-sign, the last direct contact about the student, the assistant's first treatment."""
    unsigned = _notes(aide, NoteStatus.DRAFT, NoteStatus.RETURNED)
    return unsigned, _notes(aide, NoteStatus.SUBMITTED), _observed(aide), _treated(aide)


def _notes(aide: Any, *status: NoteStatus) -> Any:
    entry: Any = aliased(SessionEntry)
    session: Any = aliased(TherapySession)
    return (
        select(func.count())
        .select_from(entry)
        .join(session, session.id == entry.session_id)
        .where(entry.workspace_id == ties.WORKSPACE, entry.author_id == aide.id, entry.note_status.in_(status))
        .where(entry.student_id == col(Student.id), session.status == SessionStatus.FINISHED)
        .correlate(Student, aide)
        .scalar_subquery()
    )


def _observed(aide: Any) -> Any:
    contact: Any = aliased(SupervisionContact)
    return (
        select(func.max(contact.held_on))
        .where(contact.workspace_id == ties.WORKSPACE, contact.assistant_id == aide.id)
        .where(contact.student_id == col(Student.id), contact.kind == "direct", contact.struck_out_at.is_(None))
        .where(_within(contact))
        .correlate(Student, aide)
        .scalar_subquery()
    )


def _treated(aide: Any) -> Any:
    entry: Any = aliased(SessionEntry)
    return (
        select(func.min(entry.held_on))
        .where(entry.workspace_id == ties.WORKSPACE, entry.student_id == col(Student.id), _within(entry))
        .where(entry.author_id == aide.id, entry.attendance == Attendance.PRESENT)
        .correlate(Student, aide)
        .scalar_subquery()
    )


def _within(table: Any) -> Any:
    return table.held_on.between(bindparam("observed_since", type_=Date), bindparam("observed_until", type_=Date))


def _place(pair: SupervisedPair) -> tuple[str, str]:
    return pair.us_state, pair.discipline


def _line(
    pair: SupervisedPair, facts: StudentFacts, rules: dict[tuple[str, str], RuleInForce | None], actor: Actor
) -> _Line:
    unsigned, waiting, observed, treated = pair.more
    student, rule, today = pair.student_id, rules[_place(pair)], actor.today
    contacts = [Contact(observed, 0, True, student)] if observed else []
    treatments = [Treatment(treated, 0, student)] if treated else []
    found = observation(student, contacts, treatments, rule.rule if rule else None, today)
    due, tone = due_label(found.due_on, today) if found.due_on else ("", "")
    shown = SupervisedRow(
        key=f"{pair.assistant_id} {student}",
        id=str(student),
        name=display_name(facts.seen.student),
        place=place_of(facts.seen.student),
        assistant=pair.assistant,
        minutes=minutes_view(facts),
        goals=tuple(_link(goal) for goal in facts.goals),
        last_on=last_words(last_of(facts)),
        unsigned=unsigned,
        waiting=waiting,
        observed=_observed_words(found),
        due=f"next {due}" if due.startswith("in ") else due,
        tone=tone,
    )
    return _Line(pair, facts, shown, found.due_on is not None and found.due_on <= today + SOON)


def _link(goal: StandingGoal) -> GoalLink:
    mark = mark_of(goal)
    return GoalLink(str(goal.id), mark.status, mark.label)


def _observed_words(found: Observation) -> str:
    if found.days is None:
        return "Not treated yet"
    days = f"{found.days} day{'' if found.days == 1 else 's'}"
    return f"Not observed in {days} of treatment" if found.never else f"{days} ago"


def _wanted(one: _Line, view: str) -> bool:
    wanted = {
        "watch": one.watch,
        "short": one.row.minutes.behind > 0,
        "unsigned": one.row.unsigned + one.row.waiting > 0,
        "observe": one.observe,
    }
    return wanted.get(view, True)


def _by_assistant_and_name(row: SupervisedRow) -> tuple[str, str, str]:
    return folded(row.assistant), folded(row.name), row.key


def _counts(lines: Sequence[_Line]) -> CaseloadsCounts:
    students = {one.pair.student_id: one for one in lines}.values()
    return CaseloadsCounts(
        students=len(students),
        unsigned=sum(one.row.unsigned for one in lines),
        waiting=sum(one.row.waiting for one in lines),
        short=sum(one.row.minutes.behind > 0 for one in students),
        off_track=sum(one.watch for one in students),
        observe=sum(one.observe for one in lines),
    )
