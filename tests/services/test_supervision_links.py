"""Ties of supervision: who makes and ends them, in which roles and disciplines, and that nobody gains by her own."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from tests.conftest import OpenDb
from tests.services.note_world import NoteWorld, build_notes
from therapytrack.access.actions import Action
from therapytrack.access.gate import access_student
from therapytrack.domain.supervision_form import parse_link
from therapytrack.errors import Invalid, NotFound, NotPermitted, TherapyTrackError
from therapytrack.models import Activity, Membership, StudentGrant, SupervisionLink, new_id, utc_now
from therapytrack.services.supervision_links import end_link, open_links, start_link


@pytest.fixture
def world(db: OpenDb) -> NoteWorld:
    """The supervisor of `build_notes` and her assistant are linked; the other supervisor is with nobody."""
    with db() as session:
        return build_notes(session)


def typed(world: NoteWorld, supervisor: str = "other_supervisor", assistant: str = "slpa") -> dict[str, str]:
    return {"supervisor": str(world.members[supervisor]), "link_assistant": str(world.members[assistant])}


def make(
    session: Session, world: NoteWorld, who: str, link_id: UUID | None = None, form: dict[str, str] | None = None
) -> SupervisionLink:
    actor = world.actor(session, who)
    return start_link(session, actor, link_id or new_id(), parse_link(typed(world, **(form or {})), actor.today))


def count(db: OpenDb) -> int:
    with db() as session:
        return int(session.execute(select(func.count()).select_from(SupervisionLink)).scalar_one())


def change(db: OpenDb, world: NoteWorld, who: str, **values: Any) -> None:
    with db() as session:
        for name, value in values.items():
            setattr(session.get_one(Membership, world.members[who]), name, value)


def test_the_office_links_once_whatever_is_clicked(db: OpenDb, world: NoteWorld) -> None:
    before, one = count(db), new_id()
    for _ in range(2):
        with db() as session:
            make(session, world, "owner", one)
    assert count(db) == before + 1
    with db() as session:
        page = open_links(session, world.actor(session, "owner"))
        assert ("Other_Supervisor", "Slpa") in {(line.supervisor, line.assistant) for line in page.links}
        assert {name for _, name in page.assistants} == {"Slpa"}


@pytest.mark.parametrize("who", ["supervisor", "slp", "slpa", "reader"])
def test_nobody_else_links_or_ends(db: OpenDb, world: NoteWorld, who: str) -> None:
    before = count(db)
    with db() as session:
        link = session.execute(select(col(SupervisionLink.id))).scalars().first()
    assert link is not None
    with pytest.raises(NotPermitted), db() as session:
        make(session, world, who)
    with pytest.raises(NotPermitted), db() as session:
        end_link(session, world.actor(session, who), link)
    assert count(db) == before


@pytest.mark.parametrize("who", ["slp", "slpa", "reader"])
def test_whoever_may_not_link_learns_nothing_of_roles(db: OpenDb, world: NoteWorld, who: str) -> None:
    with pytest.raises(NotPermitted), db() as session:
        make(session, world, who, form={"supervisor": "slp", "assistant": "reader"})


def test_an_outsiders_office_finds_nothing(db: OpenDb, world: NoteWorld) -> None:
    change(db, world, "outsider", admin_role="owner")
    with db() as session:
        link = session.execute(select(col(SupervisionLink.id))).scalars().first()
    assert link is not None
    with pytest.raises(NotFound), db() as session:
        end_link(session, world.actor(session, "outsider"), link)
    with pytest.raises(Invalid), db() as session:
        make(session, world, "outsider")


# What is changed of whom first, what is typed, and the field that gets the sentence.
REFUSED: dict[str, tuple[dict[str, str], dict[str, str], str]] = {
    "a supervisor who is none": ({}, {"supervisor": "slp"}, "supervisor"),
    "an assistant who is none": ({}, {"assistant": "reader"}, "link_assistant"),
    "the same person twice": ({}, {"assistant": "other_supervisor"}, "link_assistant"),
    "a tie that stands": ({}, {"supervisor": "supervisor"}, "link_assistant"),
    "another discipline": ({"who": "other_supervisor", "discipline": "ot"}, {}, "link_assistant"),
    "a suspended person": ({"who": "slpa", "status": "suspended"}, {}, "link_assistant"),
}


@pytest.mark.parametrize(("first", "form", "field"), REFUSED.values(), ids=REFUSED)
def test_a_tie_that_cannot_be_is_refused_beside_its_field(
    db: OpenDb, world: NoteWorld, first: dict[str, str], form: dict[str, str], field: str
) -> None:
    if first:
        change(db, world, **first)
    before = count(db)
    with pytest.raises(Invalid) as caught, db() as session:
        make(session, world, "owner", form=form)
    assert set(caught.value.fields) == {field}
    assert caught.value.refusal is not None
    assert count(db) == before


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"supervisor": "nobody"}, "supervisor"),
        ({"link_assistant": ""}, "link_assistant"),
        ({"link_starts_on": "2020-01-01"}, "link_starts_on"),
        ({"link_starts_on": "2099-01-02", "link_ends_on": "2099-01-01"}, "link_ends_on"),
        ({"link_ends_on": "soon"}, "link_ends_on"),
    ],
)
def test_a_wrong_field_gets_its_sentence(world: NoteWorld, form: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_link(typed(world) | form, utc_now().date())
    assert set(caught.value.fields) == {field}


def test_an_owner_who_supervises_gains_no_student_by_her_own_link(db: OpenDb, world: NoteWorld) -> None:
    change(db, world, "owner", clinical_role="supervisor")
    with pytest.raises(Invalid) as caught, db() as session:
        make(session, world, "owner", form={"supervisor": "owner"})
    assert "give you yourself" in next(iter(caught.value.fields.values()))
    with pytest.raises(TherapyTrackError), db() as session:
        access_student(session, world.actor(session, "owner"), world.students["ben"], Action.VIEW)


def test_an_owner_who_supervises_links_an_assistant_who_holds_nothing(db: OpenDb, world: NoteWorld) -> None:
    change(db, world, "owner", clinical_role="supervisor")
    with db() as session:
        past = utc_now() - timedelta(seconds=1)
        for grant in session.execute(select(StudentGrant)).scalars():
            if grant.membership_id == world.members["slpa"]:
                grant.ends_at = past
    with db() as session:
        assert make(session, world, "owner", form={"supervisor": "owner"}).supervisor_id == world.members["owner"]


def test_the_end_of_the_last_tie_stops_the_assistants_edits_and_keeps_her_view(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        actor = world.actor(session, "slpa")
        access_student(session, actor, world.students["ben"], Action.RECORD_SESSION)
        links = session.execute(select(col(SupervisionLink.id))).scalars().all()
    for link in links:
        for _ in range(2):
            with db() as session:
                end_link(session, world.actor(session, "owner"), link)
    with db() as session:
        actor = world.actor(session, "slpa")
        access_student(session, actor, world.students["ben"], Action.VIEW)
        with pytest.raises(NotPermitted):
            access_student(session, actor, world.students["ben"], Action.RECORD_SESSION)
        ended = select(func.count()).where(col(Activity.action) == "end supervision")
        assert session.execute(ended).scalar_one() == len(links)
