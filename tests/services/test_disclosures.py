"""The register of disclosures: who writes and reads it, corrections that change nothing, and the log beside it."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col

from tests.conftest import OpenDb
from tests.factories import Cast, add_student, grant, make_cast
from therapytrack.access.actions import Action
from therapytrack.domain.disclosure_form import parse_disclosure
from therapytrack.errors import Invalid, NotFound, NotPermitted, TherapyTrackError
from therapytrack.models import Activity, Disclosure, Student, new_id, utc_now
from therapytrack.services.activity import record
from therapytrack.services.audit_seal import collect
from therapytrack.services.disclosures import Register, open_register, record_disclosure


@pytest.fixture
def world(db: OpenDb) -> tuple[Cast, UUID]:
    """A student of the slp, whom the reader may view and export, and the assistant view."""
    with db() as session:
        cast = make_cast(session)
        student = add_student(session, cast)
        grant(session, cast, student, "reader", export=True)
        grant(session, cast, student, "slpa")
        return cast, student.id


def form(**changes: str) -> dict[str, str]:
    typed = {"party": "Dr. Ruiz, pediatrician", "purpose": "Asked for by the parents", "what": "Summary, Sep to Nov"}
    return typed | {"disclosed_on": utc_now().date().isoformat()} | changes


def enter(db: OpenDb, world: tuple[Cast, UUID], who: str = "slp", key: UUID | None = None, **changes: str) -> UUID:
    cast, student = world
    with db() as session:
        actor = cast.actor(session, who)
        typed = parse_disclosure(form(**changes), utc_now().date())
        return record_disclosure(session, actor, student, key or new_id(), typed).id


def read(db: OpenDb, world: tuple[Cast, UUID], who: str = "slp") -> Register:
    cast, student = world
    with db() as session:
        return open_register(session, cast.actor(session, who), student)


def count(db: OpenDb, table: Any = Disclosure) -> int:
    with db() as session:
        return int(session.execute(select(func.count()).select_from(table)).scalar_one())


@pytest.mark.parametrize("who", ["owner", "slp", "reader"])
def test_the_office_and_whoever_may_export_write_an_entry(db: OpenDb, world: tuple[Cast, UUID], who: str) -> None:
    enter(db, world, who)
    (line,) = read(db, world).disclosures
    assert (line.number, line.party, line.by.split(",")[0]) == (1, "Dr. Ruiz, pediatrician", who.capitalize())


def test_a_double_click_writes_one(db: OpenDb, world: tuple[Cast, UUID]) -> None:
    key = new_id()
    for _ in range(2):
        enter(db, world, key=key)
    assert count(db) == 1


@pytest.mark.parametrize(("who", "error"), [("slpa", NotPermitted), ("supervisor", NotFound), ("outsider", NotFound)])
def test_nobody_else_writes(db: OpenDb, world: tuple[Cast, UUID], who: str, error: type[TherapyTrackError]) -> None:
    with pytest.raises(error):
        enter(db, world, who)
    assert count(db) == 0


@pytest.mark.parametrize(
    ("who", "error"),
    [("slpa", NotPermitted), ("reader", NotPermitted), ("supervisor", NotFound), ("outsider", NotFound)],
)
def test_only_the_office_and_the_case_manager_read(
    db: OpenDb, world: tuple[Cast, UUID], who: str, error: type[TherapyTrackError]
) -> None:
    with pytest.raises(error):
        read(db, world, who)
    assert read(db, world, "owner").student == "Ana Test"


def test_an_entry_is_put_right_by_another_once(db: OpenDb, world: tuple[Cast, UUID]) -> None:
    wrong = enter(db, world)
    enter(db, world, party="Dr. Ruiz and Dr. Ode", corrects=str(wrong))
    first, second = read(db, world).disclosures
    assert (first.corrected_by, second.corrects) == (2, 1)
    for corrects in (str(wrong), str(new_id())):
        with pytest.raises(Invalid) as caught:
            enter(db, world, corrects=corrects)
        assert set(caught.value.fields) == {"corrects"}
    assert count(db) == 2


def test_an_entry_of_another_student_cannot_be_put_right_here(db: OpenDb, world: tuple[Cast, UUID]) -> None:
    cast, _ = world
    theirs = enter(db, world)
    with db() as session:
        other = add_student(session, cast, "Ben", "Other").id
    with pytest.raises(Invalid):
        enter(db, (cast, other), corrects=str(theirs))


def test_the_database_refuses_to_change_an_entry(db: OpenDb, world: tuple[Cast, UUID]) -> None:
    enter(db, world)
    for act in ("party", "delete"):
        with pytest.raises((DBAPIError, TherapyTrackError)), db() as session:
            _tamper(session, act)
    assert [line.party for line in read(db, world).disclosures] == ["Dr. Ruiz, pediatrician"]


def _tamper(session: Session, act: str) -> None:
    row = session.execute(select(Disclosure)).scalar_one()
    if act == "delete":
        session.delete(row)
    else:
        row.party = "Nobody"
    session.flush()


def test_the_log_beside_it_counts_acts_by_day_and_leaves_refusals_out(db: OpenDb, world: tuple[Cast, UUID]) -> None:
    cast, student = world
    with db() as session:
        actor = cast.actor(session, "slp")
        for action in (Action.VIEW, Action.VIEW, Action.EDIT_PROFILE):
            record(session, actor, action, student_id=student)
    with db() as session:
        actor = cast.actor(session, "reader")
        collect(
            session,
            workspace_id=actor.workspace_id,
            membership_id=actor.membership_id,
            action="view",
            outcome="refused",
            student_id=student,
            detail={},
        )
    (line,) = read(db, world).access
    assert (line.who, dict(line.acts)) == ("Slp", {"view": 2, "edit profile": 1})


def test_reading_and_writing_are_in_the_log_without_words(db: OpenDb, world: tuple[Cast, UUID]) -> None:
    enter(db, world, what="Canary words")
    read(db, world, "owner")
    with db() as session:
        query = select(Activity).where(col(Activity.action).in_([Action.VIEW_DISCLOSURES, Action.RECORD_DISCLOSURE]))
        rows = session.execute(query).scalars().all()
        assert sorted(row.action for row in rows) == ["record disclosure", "view disclosures"]
        assert all(row.student_id == world[1] and "Canary" not in str(row.detail) for row in rows)


def test_the_register_outlives_an_archived_record(db: OpenDb, world: tuple[Cast, UUID]) -> None:
    enter(db, world)
    with db() as session:
        session.get_one(Student, world[1]).archived_at = utc_now()
    assert len(read(db, world, "owner").disclosures) == 1
    assert len(read(db, world, "slp").disclosures) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("party", " "),
        ("party", "x" * 201),
        ("purpose", ""),
        ("what", ""),
        ("disclosed_on", "2999-01-01"),
        ("disclosed_on", "soon"),
        ("corrects", "no. 1"),
    ],
)
def test_a_wrong_field_gets_its_sentence(name: str, value: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_disclosure(form(**{name: value}), utc_now().date())
    assert set(caught.value.fields) == {name}
