"""Supervision as logged: contacts apart from co-signatures, and how each assistant stands against her rule today."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_student, visible_students
from therapytrack.access.refusals import refused
from therapytrack.access.supervising import SeenLink, access_contact, access_supervisee, require_role, visible_links
from therapytrack.domain.attendance import Attendance
from therapytrack.domain.note_content import required_text
from therapytrack.domain.supervision import Contact, Observation, Standing, Treatment, observation, standing
from therapytrack.domain.supervision_form import LONGEST_WHY, LOOK_BACK, ContactForm
from therapytrack.errors import Conflict
from therapytrack.models import SessionEntry, SupervisionContact
from therapytrack.services.activity import record
from therapytrack.services.caseload_rows import display_name
from therapytrack.services.supervision_rules import RuleInForce, rules_in_force

# Who logs a contact later than this after it was held is shown to have done so.
ENTERED_IN_TIME = timedelta(days=7)
MOST_CONTACTS = 100
NO_WHY = "Say why this entry is wrong; it stays in the log, struck out."
STRUCK_ALREADY = "This entry is struck out already."


@dataclass(frozen=True, slots=True)
class SeenContact:
    """A logged contact for showing; `student` is "" when it was about nobody in particular or is not to be seen.

    `topic` and `why` are "" for who may not read them: governing opens no clinical text (rule 5). `entered`: the day
    on which it was logged, where that was more than a week after it was held.
    """

    day: date
    kind: str
    method: str
    minutes: int
    id: UUID
    topic: str
    why: str
    struck: bool
    supervisor: str
    assistant: str
    student: str
    mine: bool
    entered: date | None


@dataclass(frozen=True, slots=True)
class StudentObserved:
    """One student whom the assistant treats, with the days since a supervisor saw it."""

    student_id: UUID
    name: str
    found: Observation


@dataclass(frozen=True, slots=True)
class Supervised:
    """One assistant's supervision today. `students`: those that the actor may view, the longest unobserved first;
    `late` counts all students whose observation is overdue, seen or not."""

    assistant_id: UUID
    assistant: str
    supervisors: tuple[str, ...]
    discipline: str
    rule: RuleInForce | None
    standing: Standing
    students: tuple[StudentObserved, ...]
    late: int
    can_log: bool


@dataclass(frozen=True, slots=True)
class SupervisionPage:
    """Everybody whose supervision the actor may see, and the contacts logged, newest first."""

    supervised: list[Supervised]
    contacts: list[SeenContact]


def open_supervision(db: Session, actor: Actor) -> SupervisionPage:
    """The page of supervision: for the office all assistants, for a supervisor hers, for an assistant herself.

    Six statements for any number of assistants. Raises NotPermitted.
    """
    require_role(actor, Action.VIEW_SUPERVISION)
    links = visible_links(db, actor)
    places = {_place(link) for link in links}
    rules = rules_in_force(db, actor, places, actor.today)
    assistants = list(dict.fromkeys(link.link.assistant_id for link in links))
    contacts = _contacts(db, actor, assistants)
    treatments = _treatments(db, actor, assistants)
    names = {seen.student.id: display_name(seen.student) for seen in visible_students(db, actor)}
    supervised = [
        _supervised(actor, [one for one in links if one.link.assistant_id == aide], rules, contacts, treatments, names)
        for aide in assistants
    ]
    record(db, actor, Action.VIEW_SUPERVISION, record_kind="supervision", assistants=len(assistants))
    return SupervisionPage(supervised, _seen_contacts(actor, links, contacts, names))


def log_contact(db: Session, actor: Actor, contact_id: UUID, form: ContactForm) -> SupervisionContact:
    """Log a contact of the actor with an assistant whom she supervises; the same `contact_id` twice makes one.

    Raises NotFound, NotPermitted (also for a student that the supervisor may not view).
    """
    access_supervisee(db, actor, form.assistant_id, Action.LOG_CONTACT)
    if form.student_id is not None:
        access_student(db, actor, form.student_id, Action.VIEW)
    if (existing := db.get(SupervisionContact, contact_id)) is not None:
        return access_contact(db, actor, existing.id, Action.LOG_CONTACT)
    contact = SupervisionContact(
        id=contact_id,
        workspace_id=actor.workspace_id,
        supervisor_id=actor.membership_id,
        assistant_id=form.assistant_id,
        student_id=form.student_id,
        kind=form.kind,
        method=form.method,
        held_on=form.held_on,
        minutes=form.minutes,
        topic=form.topic,
    )
    db.add(contact)
    _record(db, actor, Action.LOG_CONTACT, contact)
    db.flush()
    return contact


def strike_out_contact(db: Session, actor: Actor, contact_id: UUID, why: str) -> SupervisionContact:
    """Strike out a contact that the actor logged wrongly; it stays readable and does not count. Twice is once.

    Raises Invalid, Conflict when it was struck out before for another reason, NotFound, NotPermitted.
    """
    reason = required_text(why, "why", NO_WHY, LONGEST_WHY)
    contact = access_contact(db, actor, contact_id, Action.LOG_CONTACT)
    if contact.struck_out_at is not None:
        if (contact.struck_out_by_id, contact.struck_out_why) == (actor.membership_id, reason):
            return contact
        raise refused(Conflict(STRUCK_ALREADY), Action.LOG_CONTACT, "supervision_contact", contact_id)
    contact.struck_out_at, contact.struck_out_by_id = actor.at, actor.membership_id
    contact.struck_out_why = reason
    _record(db, actor, "strike out supervision contact", contact)
    return contact


def _place(link: SeenLink) -> tuple[str, str]:
    """The rule that counts is that of the state in which the office has the assistant work."""
    return link.us_state, link.link.discipline


def _contacts(db: Session, actor: Actor, assistants: list[UUID]) -> list[SupervisionContact]:
    query = (
        select(SupervisionContact)
        .where(
            col(SupervisionContact.workspace_id) == actor.workspace_id,
            col(SupervisionContact.assistant_id).in_(assistants),
            col(SupervisionContact.held_on) >= actor.today - LOOK_BACK,
        )
        .order_by(col(SupervisionContact.held_on).desc(), col(SupervisionContact.id).desc())
    )
    return list(db.execute(query).scalars()) if assistants else []


def _treatments(db: Session, actor: Actor, assistants: list[UUID]) -> dict[UUID, list[Treatment]]:
    """Minutes that each assistant treated each student on each day; her own entries with the student present."""
    found: dict[UUID, list[Treatment]] = defaultdict(list)
    if not assistants:
        return found
    query = (
        select(
            col(SessionEntry.author_id),
            col(SessionEntry.held_on),
            func.sum(col(SessionEntry.minutes)),
            col(SessionEntry.student_id),
        )
        .where(
            col(SessionEntry.workspace_id) == actor.workspace_id,
            col(SessionEntry.author_id).in_(assistants),
            col(SessionEntry.attendance) == Attendance.PRESENT,
            col(SessionEntry.held_on).between(actor.today - LOOK_BACK, actor.today),
        )
        .group_by(col(SessionEntry.author_id), col(SessionEntry.student_id), col(SessionEntry.held_on))
    )
    for author, day, minutes, student in db.execute(query):
        found[author].append(Treatment(day, int(minutes), student))
    return found


def _supervised(
    actor: Actor,
    links: list[SeenLink],
    rules: dict[tuple[str, str], RuleInForce | None],
    contacts: list[SupervisionContact],
    treatments: dict[UUID, list[Treatment]],
    names: dict[UUID, str],
) -> Supervised:
    first = links[0]
    aide = first.link.assistant_id
    in_force = rules[_place(first)]
    rule = in_force.rule if in_force else None
    held = [_counted(one) for one in contacts if one.assistant_id == aide and one.struck_out_at is None]
    treated = treatments[aide]
    found = [observation(one, held, treated, rule, actor.today) for one in {one.student for one in treated}]
    shown = [
        StudentObserved(one.student, names[one.student], one)
        for one in found
        if isinstance(one.student, UUID) and one.student in names
    ]
    return Supervised(
        assistant_id=aide,
        assistant=first.assistant,
        supervisors=tuple(dict.fromkeys(one.supervisor for one in links)),
        discipline=first.link.discipline,
        rule=in_force,
        standing=standing(held, treated, rule, actor.today),
        students=tuple(sorted(shown, key=lambda one: (_due(one.found), -(one.found.days or 0), one.name))),
        late=sum(one.is_late(actor.today) for one in found),
        can_log=any(one.link.supervisor_id == actor.membership_id for one in links),
    )


def _due(found: Observation) -> date:
    return found.due_on or date.max


def _counted(row: SupervisionContact) -> Contact:
    return Contact(row.held_on, row.minutes, row.kind == "direct", row.student_id)


def _seen_contacts(
    actor: Actor, links: list[SeenLink], contacts: list[SupervisionContact], names: dict[UUID, str]
) -> list[SeenContact]:
    """The newest contacts. Their words are read by who logged them and, as far as they may view the student, by who is
    party to them by supervision; the office reads that they were, when, how long and of which kind."""
    mine = {one.link.assistant_id for one in links if one.link.supervisor_id == actor.membership_id}
    people = {one.link.supervisor_id: one.supervisor for one in links}
    people |= {one.link.assistant_id: one.assistant for one in links}

    def seen(one: SupervisionContact) -> SeenContact:
        own = one.supervisor_id == actor.membership_id
        party = one.assistant_id in {actor.membership_id, *mine}
        reads = own or (party and (one.student_id is None or one.student_id in names))
        return SeenContact(
            one.held_on,
            one.kind,
            one.method,
            one.minutes,
            one.id,
            one.topic if reads else "",
            one.struck_out_why if reads else "",
            struck=one.struck_out_at is not None,
            supervisor=people.get(one.supervisor_id, "A former supervisor"),
            assistant=people[one.assistant_id],
            student=names.get(one.student_id, "") if one.student_id else "",
            mine=own,
            entered=_entered_late(one, actor),
        )

    return [seen(one) for one in contacts[:MOST_CONTACTS]]


def _entered_late(one: SupervisionContact, actor: Actor) -> date | None:
    day = one.created_at.astimezone(actor.zone).date()
    return day if day - one.held_on > ENTERED_IN_TIME else None


def _record(db: Session, actor: Actor, action: str, contact: SupervisionContact) -> None:
    record(
        db,
        actor,
        action,
        student_id=contact.student_id,
        record_kind="supervision_contact",
        record_id=contact.id,
        minutes=contact.minutes,
        kind=contact.kind,
    )
