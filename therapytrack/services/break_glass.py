"""Emergency access (rule 8): one student, view only, four hours, twice a day at most, and two people are told at once.

Nobody can browse for it: a student is found by her whole name or her number, a few times an hour.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.facts import Facts, StudentFacts
from therapytrack.access.gate import access_seen
from therapytrack.access.people import hold_people
from therapytrack.access.proof import require_proof
from therapytrack.access.queries import run
from therapytrack.access.refusals import refused, require
from therapytrack.access.roles import decide
from therapytrack.access.standing import BREAK_GLASS
from therapytrack.access.ties import GLASS_LASTS
from therapytrack.domain.access_form import parse_reason
from therapytrack.domain.dates import clock_time
from therapytrack.domain.names import folded, tidy
from therapytrack.errors import Invalid, TherapyTrackError
from therapytrack.models import Activity, Student, StudentGrant
from therapytrack.services import activity, alarms
from therapytrack.services.caseload_rows import display_name
from therapytrack.services.work_queue import my_glass

SEARCH, END = "search for emergency access", "end emergency access"
MOST_SEARCHES, SEARCH_WINDOW = 10, timedelta(hours=1)
MOST_A_DAY, A_DAY = 2, timedelta(hours=24)
NOBODY = "No student here has exactly this name or number. Check the spelling; the whole name is needed."
SEVERAL = "More than one student has this name. Enter the student number."
TOO_MANY_SEARCHES = "You have searched too often within an hour. Wait a little, or ask the owner of the workspace."
TWICE = "You have used emergency access twice within 24 hours. It is there again at {when}. Ask the owner meanwhile."
HAS_VIEW = "You can view this student already."


@dataclass(frozen=True, slots=True)
class Found:
    """A student found for emergency access; without one, the sentence that says why."""

    id: UUID | None = None
    name: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Glass:
    """Emergency access that lasts: to whom, and until when."""

    student_id: UUID
    name: str
    until: datetime


def find_student(db: Session, actor: Actor, words: str) -> Found:
    """The one student whose whole name or number `words` are, archived ones too; each search is counted and logged.

    Raises NotPermitted for somebody who may not break the glass.
    """
    require(Action.BREAK_GLASS, _anybody(actor), "workspace", actor.workspace_id)
    hold_people(db, actor.workspace_id)
    if _searches(db, actor) >= MOST_SEARCHES:
        activity.record_failure(db, actor, SEARCH, "workspace", actor.workspace_id, "too many")
        return Found(sentence=TOO_MANY_SEARCHES)
    hits = _matching(db, actor, tidy(words))
    activity.record(db, actor, SEARCH, record_kind="workspace", record_id=actor.workspace_id, found=len(hits))
    if len(hits) != 1:
        return Found(sentence=SEVERAL if hits else NOBODY)
    return hits[0]


def open_found(db: Session, actor: Actor, student_id: UUID) -> Found:
    """A student of the roster by her id, for the office, which lists them all. Raises NotFound, NotPermitted."""
    require(Action.LIST_ROSTER, Facts(actor.member, actor.workspace), "workspace", actor.workspace_id)
    return find_again(db, actor, student_id)


def find_again(db: Session, actor: Actor, student_id: UUID) -> Found:
    """A student whom the actor's page has found before, which takes no search. Raises NotFound, NotPermitted."""
    return Found(student_id, display_name(access_seen(db, actor, student_id, Action.BREAK_GLASS).student))


def break_glass(db: Session, actor: Actor, student_id: UUID, typed: dict[str, str]) -> Glass:
    """Let the actor view the student for four hours, for the reason typed; the owner and the case manager are told.

    Raises NotFound, NotPermitted, NotProved; Invalid for a short reason, for somebody who may view anyway, and for a
    third time within 24 hours.
    """
    hold_people(db, actor.workspace_id)
    seen = access_seen(db, actor, student_id, Action.BREAK_GLASS)
    require_proof(actor, Action.BREAK_GLASS, "student", student_id)
    reason = _reason(typed, student_id)
    if seen.allows(Action.VIEW):
        raise _refuse({"reason": HAS_VIEW}, student_id)
    _check_twice(db, actor, student_id)
    until = actor.at + GLASS_LASTS
    grant = StudentGrant(
        workspace_id=actor.workspace_id,
        student_id=student_id,
        membership_id=actor.membership_id,
        granted_by_id=actor.membership_id,
        kind=BREAK_GLASS,
        reason=reason,
        starts_at=actor.at,
        ends_at=until,
    )
    db.add(grant)
    db.flush()
    activity.record(
        db,
        actor,
        Action.BREAK_GLASS,
        student_id=student_id,
        record_kind="student_grant",
        record_id=grant.id,
        until=until.isoformat(),
    )
    manager = seen.student.case_manager_at(actor.at)
    told = [] if manager == actor.membership_id else [manager]
    alarms.tell(db, actor, alarms.BREAK_GLASS, told=told, student_id=student_id)
    return Glass(student_id, display_name(seen.student), until)


def end_glass(db: Session, actor: Actor, student_id: UUID) -> bool:
    """End the actor's own emergency access to the student now; answers whether there was any."""
    live = _live(db, actor, col(StudentGrant.student_id) == student_id)
    for grant, _ in live:
        grant.ends_at, grant.ended_by_id = actor.at, actor.membership_id
        activity.record(db, actor, END, student_id=student_id, record_kind="student_grant", record_id=grant.id)
    return bool(live)


def live_glass(db: Session, actor: Actor) -> list[Glass]:
    """The emergency access that the actor has at this moment, for the banner on every page. One statement, or none."""
    if not decide(Action.BREAK_GLASS, _anybody(actor)).allowed:
        return []
    return [Glass(student.id, display_name(student), _until(grant)) for grant, student in _live(db, actor)]


def _live(db: Session, actor: Actor, *more: object) -> list[tuple[StudentGrant, Student]]:
    rows = run(db, actor, _live_query().where(*more) if more else _live_query())
    return [(grant, student) for grant, student in rows]


@cache
def _live_query() -> Any:
    """The actor's own emergency access, the latest first: every page asks for it, so it is built once."""
    query = select(StudentGrant, Student).join(Student, col(Student.id) == col(StudentGrant.student_id))
    return my_glass(query).order_by(col(StudentGrant.starts_at).desc())


def _until(grant: StudentGrant) -> datetime:
    latest = grant.starts_at + GLASS_LASTS
    return min(latest, grant.ends_at or latest)


def _anybody(actor: Actor) -> Facts:
    """The facts of a decision about a student to whom the actor has no tie."""
    return Facts(actor.member, actor.workspace, StudentFacts())


def _searches(db: Session, actor: Actor) -> int:
    query = select(func.count()).where(
        col(Activity.workspace_id) == actor.workspace_id,
        col(Activity.membership_id) == actor.membership_id,
        col(Activity.action) == SEARCH,
        col(Activity.created_at) > actor.at - SEARCH_WINDOW,
    )
    return int(db.execute(query).scalar_one())


def _matching(db: Session, actor: Actor, words: str) -> list[Found]:
    """At most a few: students whose number or whole name the words are. Names in any script are folded in Python."""
    rows = db.execute(select(Student).where(col(Student.workspace_id) == actor.workspace_id)).scalars()
    wanted = folded(words)
    return [Found(one.id, display_name(one)) for one in rows if wanted and wanted in _called(one)]


def _called(student: Student) -> set[str]:
    firsts = {student.given_name, student.preferred_name} - {""}
    names = {tidy(f"{first} {student.family_name}") for first in firsts}
    return {folded(one) for one in names | {tidy(student.local_number)} if one}


def _reason(typed: dict[str, str], student_id: UUID) -> str:
    try:
        return parse_reason(typed)
    except Invalid as error:
        raise _refuse(error.fields, student_id) from None


def _check_twice(db: Session, actor: Actor, student_id: UUID) -> None:
    query = select(col(StudentGrant.starts_at)).where(
        col(StudentGrant.workspace_id) == actor.workspace_id,
        col(StudentGrant.membership_id) == actor.membership_id,
        col(StudentGrant.kind) == BREAK_GLASS,
        col(StudentGrant.starts_at) > actor.at - A_DAY,
    )
    recent = sorted(db.execute(query).scalars())
    if len(recent) >= MOST_A_DAY:
        again = recent[-MOST_A_DAY] + A_DAY
        raise _refuse({"reason": TWICE.format(when=clock_time(again.astimezone(actor.zone)))}, student_id)


def _refuse(fields: dict[str, str], student_id: UUID) -> TherapyTrackError:
    return refused(Invalid(fields), Action.BREAK_GLASS, "student", student_id)
