"""A caseload that changes hands: who can do what before and after, and that nothing is lost on the way."""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import select, update
from sqlmodel import Session, col

from tests.conftest import OpenDb
from tests.factories import add_session
from tests.services.access_world import (
    AccessWorld,
    acts,
    give,
    grants_of,
    held,
    make_access_world,
    sign_in_again,
)
from therapytrack.access.actions import Permission
from therapytrack.domain.access_form import HandoverWish
from therapytrack.domain.note_content import facts_hash
from therapytrack.errors import Invalid, NotFound, NotPermitted
from therapytrack.models import NoteStatus, SessionEntry, Student, TherapySession, new_id, utc_now
from therapytrack.services.handover import Handover, hand_over
from therapytrack.services.note_contents import content_of
from therapytrack.services.note_readings import ShownNote
from therapytrack.services.notes import sign_note
from therapytrack.services.therapy_sessions import set_note, start_session

DAY = timedelta(days=1)
ZONE = ZoneInfo("America/New_York")
TODAY = utc_now().astimezone(ZONE).date()
EVERY = {"view", "edit", "export", "generate"}


@pytest.fixture
def world(db: OpenDb) -> AccessWorld:
    with db() as session:
        return make_access_world(session)


def over(
    db: OpenDb,
    world: AccessWorld,
    by: str = "owner",
    of: str = "slp",
    to: str = "colleague",
    *,
    first: date | None = None,
    days: int = 14,
    operation: UUID | None = None,
    dry: bool = False,
) -> Handover:
    with db() as session:
        wish = HandoverWish(world.member(of), world.member(to), first, days)
        return hand_over(session, world.cast.actor(session, by), operation or new_id(), wish, dry=dry)


def plan(session: Session, world: AccessWorld, on: date, *students: UUID, who: str = "slp") -> UUID:
    """A planned session at noon of that day, led by `who`; answers its id."""
    first = session.get_one(Student, students[0])
    noon = datetime.combine(on, time(12), ZONE)
    entry = add_session(session, world.cast, first, on, who=who, attendance="planned")
    held_at = {"planned_start": noon, "planned_end": noon + timedelta(minutes=30), "status": "planned"}
    key = col(TherapySession.id) == entry.session_id
    session.execute(update(TherapySession).where(key).values(held_at))
    for position, other in enumerate(students[1:], 1):
        session.add(
            SessionEntry(
                workspace_id=world.cast.workspace_id,
                session_id=entry.session_id,
                student_id=other,
                author_id=world.member(who),
                held_on=on,
                position=position,
            )
        )
    session.flush()
    return entry.session_id


def note(session: Session, world: AccessWorld, student: UUID, status: str = NoteStatus.DRAFT, who: str = "slp") -> UUID:
    """A note of a session held yesterday."""
    entry = add_session(session, world.cast, session.get_one(Student, student), TODAY - DAY, who=who)
    entry.note, entry.note_status = "Said, done.", status
    session.flush()
    return entry.id


def leads(db: OpenDb, world: AccessWorld, session_id: UUID) -> tuple[str, set[str]]:
    """Who leads a session, and who writes its notes."""
    names = {key: who for who, key in world.cast.members.items()}
    with db() as session:
        provider = session.get_one(TherapySession, session_id).provider_id
        authors = session.execute(select(col(SessionEntry.author_id)).where(col(SessionEntry.session_id) == session_id))
        return names[provider], {names[one] for one in authors.scalars()}


def test_rights_sessions_and_case_management_go_over_together(db: OpenDb, world: AccessWorld) -> None:
    with db() as session:
        group = plan(session, world, TODAY + 3 * DAY, world.ana, world.ben)
    told = over(db, world)
    assert (told.students, told.managed, told.sessions, told.shared, told.kept) == (2, 2, 1, 0, 0)
    assert leads(db, world, group) == ("colleague", {"colleague"})
    with db() as session:
        assert held(session, world, "colleague", world.ana) == EVERY
        assert held(session, world, "slp", world.ana) == set()
        assert session.get_one(Student, world.ben).case_manager_id == world.member("colleague")
        give(session, world, "colleague", "reader", [world.ana])
    with db() as session:
        session.get_one(TherapySession, group).held_on = TODAY  # its day has come
        session.flush()
        assert start_session(session, world.cast.actor(session, "colleague"), group).status == "running"


def test_her_unsigned_notes_stay_hers_and_she_can_still_sign_them(db: OpenDb, world: AccessWorld) -> None:
    with db() as session:
        entry_id = note(session, world, world.ana)
        note(session, world, world.ben, NoteStatus.SIGNED)
    told = over(db, world)
    assert (told.kept, told.unsigned, told.until) == (1, 1, (TODAY + 14 * DAY).isoformat())
    with db() as session:
        assert held(session, world, "slp", world.ana) == EVERY
        assert held(session, world, "slp", world.ben) == set()
        actor = world.cast.actor(session, "slp")
        saved = set_note(session, actor, entry_id, "Said, done, signed.", 1)
        facts = facts_hash(content_of(session, actor, session.get_one(SessionEntry, entry_id)))
        entry = sign_note(session, actor, ShownNote(entry_id, saved.text, saved.version, facts))
        assert (entry.note_status, entry.author_id) == (NoteStatus.SIGNED, world.member("slp"))
    with time_machine.travel(utc_now() + 16 * DAY), db() as session:
        sign_in_again(session, world)
        assert held(session, world, "slp", world.ana) == set()


def test_from_a_later_day_on_all_stays_as_it_is_until_then(db: OpenDb, world: AccessWorld) -> None:
    day = TODAY + 10 * DAY
    with db() as session:
        before, after = plan(session, world, day - DAY, world.ana), plan(session, world, day + DAY, world.ana)
    told = over(db, world, first=day, days=5)
    assert (told.sessions, told.before, told.kept) == (1, 1, 1)
    assert [leads(db, world, one)[0] for one in (before, after)] == ["slp", "colleague"]
    expected = {0: (True, False, True), 9: (True, False, True), 11: (True, True, False), 17: (False, True, False)}
    for in_days, (old, new, manages) in expected.items():
        with time_machine.travel(utc_now() + in_days * DAY), db() as session:
            sign_in_again(session, world)
            found = (held(session, world, "slp", world.ana) != set(), held(session, world, "colleague", world.ana))
            assert (found[0], found[1] == EVERY) == (old, new), in_days
            managing = session.get_one(Student, world.ana).case_manager_at(utc_now())
            assert (managing == world.member("slp")) is manages, in_days


def test_a_session_shared_with_others_students_keeps_its_leader_and_gives_its_part(
    db: OpenDb, world: AccessWorld
) -> None:
    with db() as session:
        mixed = plan(session, world, TODAY + DAY, world.ana, world.ben)
        session.execute(
            update(Student).where(col(Student.id) == world.ben).values(case_manager_id=world.member("colleague"))
        )
        for one in grants_of(session, world, "slp", world.ben):
            one.ends_at = utc_now()
    told = over(db, world, to="supervisor")
    assert (told.students, told.sessions, told.shared) == (1, 0, 1)
    assert leads(db, world, mixed) == ("slp", {"slp", "supervisor"})


def test_what_waits_for_her_co_signature_gives_her_the_time_to_co_sign(db: OpenDb, world: AccessWorld) -> None:
    with db() as session:
        note(session, world, world.ana, NoteStatus.SUBMITTED, who="slpa")
    told = over(db, world, of="supervisor")
    assert (told.to_cosign, told.kept) == (1, 1)


def test_the_page_is_told_before_that_an_assistants_edit_leans_on_the_one_who_leaves(
    db: OpenDb, world: AccessWorld
) -> None:
    assert over(db, world, of="supervisor", dry=True).losing == (("Slpa", 1),)
    with db() as session:
        assert held(session, world, "slpa", world.ana) == {"view", "edit"}
        assert acts(session, "hand over caseload") == []


def test_sent_twice_it_is_done_once_and_answers_the_same(db: OpenDb, world: AccessWorld) -> None:
    operation = new_id()
    with db() as session:
        plan(session, world, TODAY + DAY, world.ana)
        note(session, world, world.ben)
    answers = [over(db, world, operation=operation) for _ in range(2)]
    assert answers[0] == answers[1]
    with db() as session:
        assert len(acts(session, "hand over caseload")) == 1
        assert len(acts(session, "change case manager")) == 2
        assert len(grants_of(session, world, "colleague")) == 2


def test_who_cannot_be_a_case_manager_gets_rights_only(db: OpenDb, world: AccessWorld) -> None:
    told = over(db, world, to="slpa2")
    assert (told.students, told.managed, told.unmanaged) == (2, 0, 2)
    with db() as session:
        assert session.get_one(Student, world.ana).case_manager_id == world.member("slp")


def test_a_case_manager_hands_over_her_own_students_and_is_told_of_the_others(db: OpenDb, world: AccessWorld) -> None:
    with db() as session:
        session.execute(
            update(Student).where(col(Student.id) == world.ben).values(case_manager_id=world.member("supervisor"))
        )
    told = over(db, world, by="slp")
    assert (told.students, told.elsewhere) == (1, 1)
    with db() as session:
        assert held(session, world, "slp", world.ben) == EVERY


def test_archived_students_stay_and_are_counted(db: OpenDb, world: AccessWorld) -> None:
    with db() as session:
        session.get_one(Student, world.ben).archived_at = utc_now()
    assert (over(db, world).archived, over(db, world, of="colleague", to="slp").students) == (1, 1)


def test_refusals_change_nothing(db: OpenDb, world: AccessWorld) -> None:
    with db() as session:
        give(session, world, "slp", "reader", [world.ana])
    for by, of, to, kind, where in (
        ("owner", "slp", "reader", Invalid, "rights"),
        ("owner", "slp2", "colleague", KeyError, ""),
        ("owner", "slpa2", "colleague", Invalid, "of"),
        ("owner", "slp", "outsider", Invalid, "person"),
        ("boss", "slp", "boss", Invalid, "person"),
    ):
        with pytest.raises(kind) as refused:
            over(db, world, by=by, of=of, to=to)
        assert where in getattr(refused.value, "fields", {"": ""})
    for by in ("supervisor", "slpa", "reader"):
        with pytest.raises((Invalid, NotFound, NotPermitted)):
            over(db, world, by=by)
    with db() as session:
        assert held(session, world, "slp", world.ana) == EVERY
        assert grants_of(session, world, "colleague") == []
        assert {str(one) for one in Permission} == EVERY
