"""A right that ends in the middle of a transaction: what was read before the lock does not count after it."""

import pytest
from sqlalchemy import update
from sqlmodel import col

from tests.conftest import OpenDb
from tests.factories import add_student, grant, make_cast
from therapytrack.access.actions import Action
from therapytrack.access.gate import access_student
from therapytrack.errors import NotFound, NotPermitted
from therapytrack.models import Student, StudentGrant, utc_now


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_student_archived_after_the_first_look_is_not_edited(db: OpenDb) -> None:
    with db() as session:
        cast = make_cast(session)
        student_id = add_student(session, cast).id
    with db() as session:
        actor = cast.actor(session, "slp")
        seen = access_student(session, actor, student_id, Action.VIEW)
        with db() as colleague:
            colleague.get_one(Student, student_id).archived_at = utc_now()
        with pytest.raises(NotPermitted, match="archived"):
            access_student(session, actor, student_id, Action.EDIT_PROFILE)
        assert seen.archived_at is not None


def test_a_right_that_ended_while_its_holder_waited_for_the_lock_is_over(db: OpenDb) -> None:
    with db() as session:
        cast = make_cast(session)
        student = add_student(session, cast)
        grant(session, cast, student, "supervisor", edit=True)
        waiting = cast.actor(session, "supervisor")
    with db() as session:
        hers = col(StudentGrant.membership_id) == cast.members["supervisor"]
        session.execute(update(StudentGrant).where(hers).values(ends_at=utc_now()))
    with pytest.raises(NotFound), db() as session:
        access_student(session, waiting, student.id, Action.EDIT_PROFILE)
