"""One student's page: facts, what this person may do here, and of the tabs the one that was opened, in its words."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.seen import Seen
from therapytrack.domain.dates import age_on, due_label, long_date, school_grade_label
from therapytrack.domain.make_ups import still_owed
from therapytrack.domain.names import initials
from therapytrack.domain.student_choice import StudentChoice, StudentTab
from therapytrack.domain.units import value_text
from therapytrack.models import Student
from therapytrack.services import activity
from therapytrack.services.attachments import FilesTab, list_files
from therapytrack.services.caseload import StandingGoal, StudentFacts, access_facts
from therapytrack.services.caseload_rows import (
    NEXT,
    SparkView,
    display_name,
    next_words,
    spark_of,
)
from therapytrack.services.drafts import right_to_draft
from therapytrack.services.student_access import AccessTab, open_access_tab
from therapytrack.services.student_ledger import StudentLedger, student_ledger
from therapytrack.services.student_minutes import MinutesLine, MinutesView, minutes_lines, minutes_view
from therapytrack.services.student_missed import MakeUpLine, list_missed
from therapytrack.services.student_reports import ReportLine, list_reports
from therapytrack.services.student_sessions import NoteLine, SessionLine, list_notes, list_sessions
from therapytrack.services.student_timeline import TimelineLine, list_timeline

FIRST = StudentChoice()
BUTTONS = {
    "log": Action.RECORD_SESSION,
    "export": Action.EXPORT_SUMMARY,
    "edit": Action.EDIT_PROFILE,
    "goals": Action.MANAGE_GOALS,
}


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


NO_LEDGER = StudentLedger()
NO_MINUTES, NO_RIGHTS, NO_ACCESS, NO_FILES = MinutesView(), Rights(), AccessTab(), FilesTab()


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
    owed: str = ""
    rights: Rights = NO_RIGHTS


@dataclass(frozen=True, slots=True)
class StudentPage:
    """The page: the student and what belongs to the tab that was opened, the rest empty. The parts are apart, so that
    a change of one does not send the others again.

    `older`: the `until` of the next page of a list, "" when there is none. `unseen`: what the list leaves out, and why.
    """

    student: StudentView
    goals: list[GoalLine] = field(default_factory=list)
    minutes: list[MinutesLine] = field(default_factory=list)
    ledger: StudentLedger = NO_LEDGER
    make_ups: list[MakeUpLine] = field(default_factory=list)
    other_missed: list[MakeUpLine] = field(default_factory=list)
    sessions: list[SessionLine] = field(default_factory=list)
    notes: list[NoteLine] = field(default_factory=list)
    reports: list[ReportLine] = field(default_factory=list)
    files: FilesTab = NO_FILES
    access: AccessTab = NO_ACCESS
    timeline: list[TimelineLine] = field(default_factory=list)
    older: str = ""
    unseen: tuple[str, ...] = ()


@activity.only_reads
def open_student(db: Session, actor: Actor, student_id: UUID, choice: StudentChoice = FIRST) -> StudentPage:
    """The page of a student with the tab that `choice` asks for, noted in the activity log as a view.

    At most four statements and the log's; the minutes take two more. Raises NotFound.
    """
    tab = choice.tab
    seen, facts = access_facts(db, actor, student_id, goals=tab is StudentTab.GOALS)
    act = Action.VIEW_ACCESS if tab is StudentTab.ACCESS else Action.VIEW
    activity.record(db, actor, act, student_id=student_id, record_kind="student", record_id=student_id)
    return StudentPage(_student(seen, facts, actor), **_part(db, actor, seen, facts, choice))


def _part(db: Session, actor: Actor, seen: Seen, facts: StudentFacts, choice: StudentChoice) -> dict[str, Any]:
    """What the tab shows, by the names of StudentPage."""
    if choice.tab is StudentTab.MINUTES:
        owed, others = list_missed(db, actor, seen, facts.missed)
        ledger = student_ledger(db, actor, seen.student.id)
        return {"minutes": minutes_lines(facts.lines), "ledger": ledger, "make_ups": owed, "other_missed": others}
    if choice.tab is StudentTab.REPORTS:
        return {"reports": list_reports(db, actor, seen)}
    if choice.tab is StudentTab.FILES:
        return {"files": list_files(db, actor, seen)}
    if choice.tab is StudentTab.ACCESS:
        return {"access": open_access_tab(db, actor, seen)}
    if choice.tab is StudentTab.SESSIONS:
        sessions, older = list_sessions(db, actor, seen, choice.until)
        return {"sessions": sessions, "older": older}
    if choice.tab is StudentTab.NOTES:
        notes, older = list_notes(db, actor, seen, choice.until)
        return {"notes": notes, "older": older}
    if choice.tab is StudentTab.TIMELINE:
        events, older, unseen = list_timeline(db, actor, seen, choice.until)
        return {"timeline": events, "older": older, "unseen": unseen}
    return {"goals": [_goal_line(goal) for goal in facts.goals]}


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
        next=next_words(facts.next_start, actor).removeprefix(NEXT),
        minutes=minutes_view(facts),
        owed=_owed_words(facts),
        rights=rights_of(seen, actor),
    )


def _line(student: Student, actor: Actor) -> str:
    full = f"{student.given_name} {student.family_name}".strip() if student.preferred_name else ""
    age = f"age {age_on(student.birth_date, actor.today)}" if student.birth_date else ""
    number = f"ID {student.local_number}" if student.local_number else ""
    parts = [full, student.pronouns, age, school_grade_label(student.grade), student.school, number]
    return " · ".join(part for part in parts if part)


def _last_words(facts: StudentFacts) -> str:
    if facts.last_missed and (not facts.last_present or facts.last_missed > facts.last_present):
        return f"{long_date(facts.last_missed)}, absent"
    return long_date(facts.last_present) if facts.last_present else ""


def _owed_words(facts: StudentFacts) -> str:
    """ "30 min to make up", over all missed sessions; "" when nothing is owed."""
    left = sum(one.left for one in still_owed(facts.missed))
    return f"{left} min to make up" if left else ""


def _goal_line(goal: StandingGoal) -> GoalLine:
    values, metric = goal.standing.values, goal.facts.metric
    return GoalLine(
        id=str(goal.id),
        label=goal.facts.label,
        status=goal.standing.status,
        standing=goal.standing.label,
        why=goal.standing.sentence,
        latest=value_text(metric, values[-1]) if values else "–",
        target=f"{value_text(metric, goal.facts.target_value)} by {long_date(goal.facts.target_on)}",
        spark=spark_of(goal),
    )
