"""A write that waits, on PostgreSQL, while its right is taken: it is judged when its turn has come, and refused."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, select, update
from sqlmodel import Session, col

from tests.conftest import OpenDb
from tests.factories import grant
from tests.services.test_lock_order import until_one_waits
from tests.worlds import World, make_world
from therapytrack.access.actions import Permission
from therapytrack.access.actor import Actor
from therapytrack.domain.settings_form import WorkspaceForm
from therapytrack.domain.student_form import StudentForm, StudentProfile
from therapytrack.domain.supervision_form import ContactForm, LinkForm, RuleForm
from therapytrack.errors import NotFound, NotPermitted
from therapytrack.models import (
    AdminRole,
    Draft,
    Membership,
    SignIn,
    Student,
    SupervisionLink,
    new_id,
    utc_now,
)
from therapytrack.services.draft_review import accept_draft, discard_draft, save_draft_text
from therapytrack.services.grants import revoke_access
from therapytrack.services.students import create_student
from therapytrack.services.supervision import log_contact, strike_out_contact
from therapytrack.services.supervision_links import end_link, start_link
from therapytrack.services.supervision_rules import set_rule
from therapytrack.services.team import remove_member, suspend_member
from therapytrack.services.workspace_settings import edit_workspace

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
Act = Callable[[Session, Actor, World], object]
CONTACT = new_id()


@pytest.fixture
def world(db: OpenDb) -> World:
    with db() as session:
        world = make_world(session)
        session.execute(update(SignIn).values(proved_at=utc_now()))
        office = update(Membership).where(col(Membership.id) == world.cast.members["supervisor"])
        session.execute(office.values(admin_role=AdminRole.ADMIN))
        student = session.get_one(Student, world.student_id)
        grant(session, world.cast, student, "supervisor", edit=True)
        contact = contact_with(world.cast.members["slpa"], None)
        log_contact(session, world.cast.actor(session, "supervisor"), CONTACT, contact)
        return world


def contact_with(assistant: UUID, student: UUID | None) -> ContactForm:
    return ContactForm(assistant, student, "direct", "in_person", utc_now().date(), 30, "")


def suspend(db: Session, owner: Actor, world: World, who: str) -> None:
    member = db.get_one(Membership, world.cast.members[who])
    suspend_member(db, owner, member.id, member.version)


def remove(db: Session, owner: Actor, world: World, who: str) -> None:
    member = db.get_one(Membership, world.cast.members[who])
    remove_member(db, owner, member.id, member.version)


def take(db: Session, owner: Actor, world: World, who: str) -> None:
    revoke_access(db, owner, [world.student_id], [world.cast.members[who]], frozenset(Permission))


def unlink(db: Session, owner: Actor, world: World, who: str) -> None:
    end_link(db, owner, db.execute(select(col(SupervisionLink.id))).scalar_one())


def new_student(db: Session, actor: Actor, world: World) -> object:
    profile = StudentProfile("New", "Child", "", "", None, "", "", "")
    return create_student(db, actor, new_id(), StudentForm(profile, None, None))


def log_one(db: Session, actor: Actor, world: World) -> object:
    return log_contact(db, actor, new_id(), contact_with(world.cast.members["slpa"], None))


def log_about_a_student(db: Session, actor: Actor, world: World) -> object:
    return log_contact(db, actor, new_id(), contact_with(world.cast.members["slpa"], world.student_id))


def strike_out(db: Session, actor: Actor, world: World) -> object:
    return strike_out_contact(db, actor, CONTACT, "A mistake.")


def set_one(db: Session, actor: Actor, world: World) -> object:
    rule = RuleForm("NY", "slp", utc_now().date(), 5.0, None, 30, None, False, "", False)
    return set_rule(db, actor, rule, 0)


def link_two(db: Session, actor: Actor, world: World) -> object:
    members = world.cast.members
    return start_link(db, actor, new_id(), LinkForm(members["supervisor"], members["slpa"], actor.today, None))


def configure(db: Session, actor: Actor, world: World) -> object:
    return edit_workspace(db, actor, 1, WorkspaceForm("Other name", "America/New_York", "NY", False, True))


def write_draft(db: Session, actor: Actor, world: World) -> object:
    draft = db.get_one(Draft, UUID(world.ids["draft_id"]))
    return save_draft_text(db, actor, draft.id, "Other words.", draft.version)


def accept(db: Session, actor: Actor, world: World) -> object:
    draft = db.get_one(Draft, UUID(world.ids["draft_id"]))
    return accept_draft(db, actor, draft.id, draft.version)


def discard(db: Session, actor: Actor, world: World) -> None:
    discard_draft(db, actor, UUID(world.ids["draft_id"]))


# Who writes what, and how her right ends meanwhile.
Revoke = Callable[[Session, Actor, World, str], None]
WAITING: dict[str, tuple[str, Act, Revoke]] = {
    "a student is added by somebody who is suspended": ("slp", new_student, suspend),
    "a student is added by somebody who is removed": ("slp", new_student, remove),
    "a contact is logged while the tie ends": ("supervisor", log_one, unlink),
    "a contact is logged by somebody who is suspended": ("supervisor", log_one, suspend),
    "a contact is logged about a student whose view is taken": ("supervisor", log_about_a_student, take),
    "a contact is struck out by somebody who is removed": ("supervisor", strike_out, remove),
    "a rule is set by somebody who is removed": ("supervisor", set_one, remove),
    "a tie is made by somebody who is suspended": ("supervisor", link_two, suspend),
    "settings are saved by somebody who is removed": ("supervisor", configure, remove),
    "a draft is changed while the right to draft is taken": ("slp", write_draft, take),
    "a draft is accepted by somebody who is suspended": ("slp", accept, suspend),
    "a draft is thrown away while the right to view is taken": ("slp", discard, take),
}


@pytest.mark.parametrize("what", WAITING)
def test_a_write_that_waited_while_its_right_was_taken_is_refused(
    db: OpenDb, engine: Engine, world: World, what: str
) -> None:
    who, write, revoke = WAITING[what]

    def apart() -> None:
        with db() as session:
            write(session, waiting, world)

    with db() as session:
        waiting = world.cast.actor(session, who)
    with ThreadPoolExecutor(1) as hands:
        with db() as session:
            revoke(session, world.cast.actor(session, "owner"), world, who)
            session.flush()
            other = hands.submit(apart)
            until_one_waits(engine)
        with pytest.raises((NotFound, NotPermitted)):
            other.result(30)


def test_the_same_writes_are_taken_while_the_rights_stand(db: OpenDb, engine: Engine, world: World) -> None:
    done: list[Any] = []
    for who, write in dict.fromkeys((who, write) for who, write, _ in WAITING.values()):
        if write is not link_two:  # the two are linked already: a second tie is refused for that
            with db() as session:
                write(session, world.cast.actor(session, who), world)
                done.append(write)
    assert len(done) == 9
