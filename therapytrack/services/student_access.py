"""Who can do what with one student, from when until when and granted by whom: for those who govern access to her; and
for everybody else who sees her, what she herself may do and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access.actions import Action, Permission
from therapytrack.access.actor import Actor
from therapytrack.access.granting import Change, in_words
from therapytrack.access.granting_gate import Colleague, Governed, access_ties, colleagues, held_of, ties_of
from therapytrack.access.refusals import refused as mark_refused
from therapytrack.access.roles import LICENSED, OFFICE
from therapytrack.access.seen import Seen
from therapytrack.access.standing import EXPLICIT, Held, is_live
from therapytrack.domain.dates import long_date
from therapytrack.domain.local_days import first_day
from therapytrack.domain.names import initials
from therapytrack.domain.permission_words import VERBS, day_words, period_words
from therapytrack.errors import NotPermitted
from therapytrack.models import ClinicalRole, MemberStatus, Student, StudentGrant
from therapytrack.services import activity
from therapytrack.services.access_stories import RightMark, Telling, glass_end, marks_of, note_of, telling_of
from therapytrack.services.caseload_rows import display_name

SHOWN_PAST = 60
GOVERNORS = "Access is given by the owner, an admin or the student's case manager. Ask one of them."
ROLE_WORDS = {
    ClinicalRole.NONE: "Office",
    ClinicalRole.READER: "Reader",
    ClinicalRole.ASSISTANT: "Assistant",
    ClinicalRole.CLINICIAN: "Clinician",
    ClinicalRole.SUPERVISOR: "Supervisor",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry of a list to choose from."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class GrantLine:
    """One grant that counts now or later; `warning`: what others lose when it ends; `kind` as stored."""

    id: str
    what: str
    period: str
    by: str
    reason: str = ""
    warning: str = ""


@dataclass(frozen=True, slots=True)
class PersonAccess:
    """One person with anything on the student: her four rights in words and the grants behind them."""

    id: str
    name: str
    initials: str
    role: str
    rights: list[RightMark]
    lines: list[GrantLine]


@dataclass(frozen=True, slots=True)
class PastLine:
    """A grant that is over."""

    id: str
    who: str
    what: str
    period: str
    by: str
    ended: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AccessView:
    """The page. `people` and `past` are empty for somebody who does not govern access; `opens`: may view the record."""

    id: str = ""
    name: str = ""
    manager: str = ""
    governs: bool = False
    opens: bool = False
    archived: bool = False
    mine: tuple[RightMark, ...] = ()
    may_break_glass: bool = False


@dataclass(frozen=True, slots=True)
class AccessPage:
    """The page in parts, so that a change of one does not send the others again."""

    view: AccessView
    people: list[PersonAccess]
    past: list[PastLine]
    choices: list[Choice]


@dataclass(frozen=True, slots=True)
class AccessTab:
    """Access as the student's own page shows it: what the reader may do and why, and for who governs access, who else
    may do what; `closed` says why others are not listed."""

    manager: str = ""
    closed: str = ""
    mine: tuple[RightMark, ...] = ()
    people: tuple[PersonAccess, ...] = ()


def open_access_tab(db: Session, actor: Actor, seen: Seen) -> AccessTab:
    """Access to a student whom the gate has just granted for Action.VIEW_ACCESS. Three statements."""
    here = ties_of(db, actor, seen)
    telling, closed = telling_of(here), seen.reason(Action.GRANT_ACCESS)
    shown = [] if closed else [one for one in here.people.values() if _is_listed(one, here, telling)]
    return AccessTab(
        manager=_manager(here, telling, actor),
        closed=closed,
        mine=_mine(telling, actor, ()),
        people=tuple(_person(one, here, telling, (), actor) for one in shown),
    )


@activity.only_reads
def my_rights(db: Session, actor: Actor, student_id: UUID) -> list[RightMark]:
    """What the actor may do with a student, each right with its reason. Five statements and the log's row.

    Raises NotFound.
    """
    here = access_ties(db, actor, student_id)
    past = _past(db, actor, student_id, actor.membership_id)
    activity.record(db, actor, Action.VIEW_ACCESS, student_id=student_id, record_kind="student", record_id=student_id)
    return list(_mine(telling_of(here), actor, past))


@activity.only_reads
def open_access(db: Session, actor: Actor, student_id: UUID) -> AccessPage:
    """The Access page of a student. Five statements and the log's row, whatever the number of grants.

    Whoever may view the student sees what she herself may do; who governs access sees everybody. Raises NotFound.
    """
    here = access_ties(db, actor, student_id)
    seen, governs = here.seen, here.seen.allows(Action.GRANT_ACCESS)
    past = _past(db, actor, student_id, None if governs else actor.membership_id)
    telling = telling_of(here)
    activity.record(db, actor, Action.VIEW_ACCESS, student_id=student_id, record_kind="student", record_id=student_id)
    view = AccessView(
        id=str(student_id),
        name=display_name(seen.student),
        manager=_manager(here, telling, actor),
        governs=governs,
        opens=seen.allows(Action.VIEW),
        archived=seen.student.archived_at is not None,
        mine=_mine(telling, actor, past) if seen.allows(Action.VIEW) or not governs else (),
        may_break_glass=not seen.allows(Action.VIEW) and seen.allows(Action.BREAK_GLASS),
    )
    if not governs:
        return AccessPage(view, [], [], [])
    listed = [
        _person(one, here, telling, past, actor) for one in here.people.values() if _is_listed(one, here, telling)
    ]
    gone = [_past_line(held, ended_by, telling) for held, ended_by in past]
    return AccessPage(view, listed, gone, choices_of(here.people, actor))


def _mine(telling: Telling, actor: Actor, past: Sequence[tuple[Held, UUID | None]]) -> tuple[RightMark, ...]:
    return tuple(marks_of(telling, actor.membership_id, [held for held, _ in past]))


def list_choices(db: Session, actor: Actor) -> list[Choice]:
    """As `choices_of`, for somebody whose role may govern access to a student. Raises NotPermitted."""
    if actor.member.admin not in OFFICE and actor.member.clinical not in LICENSED:
        raise mark_refused(NotPermitted(GOVERNORS), Action.GRANT_ACCESS, "workspace", actor.workspace_id)
    return choices_of(colleagues(db, actor), actor)


def choices_of(people: Mapping[UUID, Colleague], actor: Actor) -> list[Choice]:
    """To whom rights can be given: active members with a clinical role, by name: "Rosa Alvarez, clinician"."""
    return [
        Choice(str(key), f"{one.name}, {ROLE_WORDS[one.person.clinical].lower()}")
        for key, one in people.items()
        if one.status == MemberStatus.ACTIVE
        and one.person.clinical != ClinicalRole.NONE
        and (one.person.ends_at is None or one.person.ends_at > actor.at)
    ]


def _is_listed(one: Colleague, here: Governed, telling: Telling) -> bool:
    """Whoever has a grant that counts now or later, or may view through somebody else."""
    granted = any(held.person == one.person.id for held in here.ties.grants)
    return granted or any(mark.mark == "held" for mark in marks_of(telling, one.person.id))


def _person(
    one: Colleague, here: Governed, telling: Telling, past: Sequence[tuple[Held, UUID | None]], actor: Actor
) -> PersonAccess:
    mine = [held for held in here.ties.grants if held.person == one.person.id]
    gone = [held for held, _ in past]
    return PersonAccess(
        id=str(one.person.id),
        name=one.name,
        initials=initials(one.name),
        role=_role(one),
        rights=marks_of(telling, one.person.id, gone),
        lines=[_line(held, here, telling, actor) for held in mine if _counts(held, telling)],
    )


def _role(one: Colleague) -> str:
    words = [ROLE_WORDS[one.person.clinical]] + ([one.credential] if one.credential else [])
    return " · ".join(words + ([one.status.capitalize()] if one.status != MemberStatus.ACTIVE else []))


def _counts(held: Held, telling: Telling) -> bool:
    """Emergency access that has run out is left out, whatever end was stored."""
    return held.kind == EXPLICIT or glass_end(telling, held.person) is not None


def _line(held: Held, here: Governed, telling: Telling, actor: Actor) -> GrantLine:
    if held.kind != EXPLICIT:
        return GrantLine(str(held.id), "Emergency access", "for four hours at most", "", held.reason)
    note = note_of(telling, held)
    return GrantLine(
        id=str(held.id),
        what=in_words(held.rights).capitalize(),
        period=period_words(note, telling.today),
        by=note.by,
        reason=held.reason,
        warning=warning_of(here, Change(ends={held.id: actor.at}), telling) if is_live(held, telling.at) else "",
    )


def warning_of(here: Governed, change: Change, telling: Telling) -> str:
    """What others would lose through `change`: "Then Daniel Osei could not edit any more."; "" when nothing."""
    lost = sorted((telling.name(person), rights) for person, rights in here.losses(change, telling.at).items())
    verbs = [(name, [VERBS[str(right)] for right in Permission if right in rights]) for name, rights in lost]
    parts = [f"{name} could not {' or '.join(some)} any more" for name, some in verbs]
    return f"Then {'; '.join(parts)}." if parts else ""


def _manager(here: Governed, telling: Telling, actor: Actor) -> str:
    student = here.seen.student
    name = telling.name(student.case_manager_at(actor.at))
    later = student.next_case_manager_from if isinstance(student, Student) else None
    if not isinstance(student, Student) or student.next_case_manager_id is None or later is None or later <= actor.at:
        return name
    return f"{name}, from {long_date(first_day(later, actor.time_zone))} {telling.name(student.next_case_manager_id)}"


def _past(db: Session, actor: Actor, student_id: UUID, only: UUID | None) -> list[tuple[Held, UUID | None]]:
    """Grants that are over, newest end first, with who ended each before its time."""
    query = select(StudentGrant).where(
        col(StudentGrant.workspace_id) == actor.workspace_id,
        col(StudentGrant.student_id) == student_id,
        col(StudentGrant.ends_at) <= actor.at,
    )
    if only is not None:
        query = query.where(col(StudentGrant.membership_id) == only)
    rows = db.execute(query.order_by(col(StudentGrant.ends_at).desc(), col(StudentGrant.id)).limit(SHOWN_PAST))
    return [(held_of(row), row.ended_by_id) for row in rows.scalars()]


def _past_line(held: Held, ended_by: UUID | None, telling: Telling) -> PastLine:
    note = note_of(telling, held)
    until = day_words(note.until, telling.today) if note.until else ""
    words = "Emergency access" if held.kind != EXPLICIT else in_words(held.rights).capitalize()
    return PastLine(
        id=str(held.id),
        who=telling.name(held.person),
        what=words,
        period=f"{day_words(note.since, telling.today)} to {until}",
        by=note.by,
        ended=f"ended by {telling.name(ended_by)}" if ended_by else "ran out",
        reason=held.reason,
    )
