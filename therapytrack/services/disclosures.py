"""Who has seen this child's file: the legal register of disclosures, and apart from it the log of access inside.

The register is what 34 CFR 99.32 and 300.614 ask for: party, purpose, date, what. School staff with a right need not
be listed there; the log beside it tells of them all the same.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_seen, access_student
from therapytrack.domain.disclosure_form import DisclosureForm
from therapytrack.errors import Invalid, NotFound
from therapytrack.models import Account, Activity, Disclosure, Membership, Student
from therapytrack.services.activity import record
from therapytrack.services.note_sheet import people
from therapytrack.services.summaries import full_name

NOT_THIS_ONE = "Choose an entry of this student that no other entry has put right."


@dataclass(frozen=True, slots=True)
class DisclosureLine:
    """One entry of the register. `corrects`: the number of the entry that it puts right, `corrected_by`: of the one
    that puts it right; 0 for none. Entries are numbered from 1 in the order in which they were written."""

    id: UUID
    number: int
    on: date
    party: str
    purpose: str
    what: str
    by: str
    corrects: int
    corrected_by: int


@dataclass(frozen=True, slots=True)
class AccessLine:
    """What one person did with the record on one day, in the workspace's time: each act with how often."""

    on: date
    who: str
    acts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Register:
    """Everything for one print: the student, the register, oldest first, and the log of access, newest day first."""

    student: str
    local_number: str
    workspace: str
    made_on: date
    disclosures: tuple[DisclosureLine, ...]
    access: tuple[AccessLine, ...]


def open_register(db: Session, actor: Actor, student_id: UUID) -> Register:
    """The register and the log of one student. Five statements. Raises NotFound, NotPermitted."""
    student = access_student(db, actor, student_id, Action.VIEW_DISCLOSURES)
    found = Register(
        student=full_name(student),
        local_number=student.local_number,
        workspace=actor.workspace_name,
        made_on=actor.today,
        disclosures=_disclosures(db, actor, student),
        access=_access(db, actor, student),
    )
    record(db, actor, Action.VIEW_DISCLOSURES, student_id=student_id, record_kind="student", record_id=student_id)
    return found


def record_disclosure(
    db: Session, actor: Actor, student_id: UUID, disclosure_id: UUID, form: DisclosureForm
) -> Disclosure:
    """Write an entry; the same `disclosure_id` twice makes one. An entry is never changed: another puts it right.

    Raises NotFound, NotPermitted, Invalid for an entry to correct that is not this student's or was corrected already.
    """
    student = access_seen(db, actor, student_id, Action.RECORD_DISCLOSURE).student
    if (existing := db.get(Disclosure, disclosure_id)) is not None:
        if (existing.student_id, existing.recorded_by_id) != (student.id, actor.membership_id):
            raise NotFound
        return existing
    if form.corrects_id is not None:
        _require_correctable(db, actor, student, form.corrects_id)
    entry = Disclosure(
        id=disclosure_id,
        workspace_id=actor.workspace_id,
        student_id=student.id,
        party=form.party,
        purpose=form.purpose,
        disclosed_on=form.disclosed_on,
        what=form.what,
        recorded_by_id=actor.membership_id,
        corrects_id=form.corrects_id,
    )
    db.add(entry)
    record(
        db, actor, Action.RECORD_DISCLOSURE, student_id=student.id, record_kind="disclosure", record_id=disclosure_id
    )
    db.flush()
    return entry


def disclose_to_model(db: Session, actor: Actor, student_id: UUID, model: str) -> None:
    """Note that a draft's data, without names, went to the outside service that words it. The gate has granted it."""
    db.add(
        Disclosure(
            workspace_id=actor.workspace_id,
            student_id=student_id,
            party=f"Language model service ({model})",
            purpose="Wording of a draft summary, asked for by the person who recorded this",
            disclosed_on=actor.today,
            what="Goals and scores with dates as placeholders; no name, birth date, school or number of the student",
            recorded_by_id=actor.membership_id,
        )
    )


def _require_correctable(db: Session, actor: Actor, student: Student, corrects_id: UUID) -> None:
    of_student = (col(Disclosure.workspace_id) == actor.workspace_id, col(Disclosure.student_id) == student.id)
    known = db.execute(select(col(Disclosure.id)).where(*of_student, col(Disclosure.id) == corrects_id)).first()
    again = db.execute(
        select(col(Disclosure.id)).where(*of_student, col(Disclosure.corrects_id) == corrects_id)
    ).first()
    if known is None or again is not None:
        raise Invalid({"corrects": NOT_THIS_ONE})


def _disclosures(db: Session, actor: Actor, student: Student) -> tuple[DisclosureLine, ...]:
    query = select(Disclosure).where(
        col(Disclosure.workspace_id) == actor.workspace_id, col(Disclosure.student_id) == student.id
    )
    rows = list(db.execute(query.order_by(col(Disclosure.created_at), col(Disclosure.id))).scalars())
    who = people(db, actor, [row.recorded_by_id for row in rows])
    number = {row.id: place for place, row in enumerate(rows, start=1)}
    corrected = {row.corrects_id: number[row.id] for row in rows if row.corrects_id}
    return tuple(
        DisclosureLine(
            id=row.id,
            number=number[row.id],
            on=row.disclosed_on,
            party=row.party,
            purpose=row.purpose,
            what=row.what,
            by=who[row.recorded_by_id],
            corrects=number.get(row.corrects_id, 0) if row.corrects_id else 0,
            corrected_by=corrected.get(row.id, 0),
        )
        for row in rows
    )


def _access(db: Session, actor: Actor, student: Student) -> tuple[AccessLine, ...]:
    """Acts that were done, by day and person; refusals are not access."""
    query = (
        select(col(Activity.created_at), col(Account.name), col(Activity.action))
        .join(Membership, col(Membership.id) == col(Activity.membership_id))
        .join(Account, col(Account.id) == col(Membership.account_id))
        .where(col(Activity.workspace_id) == actor.workspace_id, col(Activity.student_id) == student.id)
        .where(col(Activity.outcome) == "done")
    )
    zone = ZoneInfo(actor.time_zone)
    acts: dict[tuple[date, str], Counter[str]] = {}
    for at, name, action in db.execute(query.execution_options(yield_per=1000)):
        acts.setdefault((at.astimezone(zone).date(), name), Counter())[action] += 1
    ordered = sorted(acts.items(), key=lambda pair: (-pair[0][0].toordinal(), pair[0][1]))
    return tuple(AccessLine(day, name, tuple(sorted(counts.items()))) for (day, name), counts in ordered)
