"""Two people save over the same version at the same moment: one is stored, the other is shown what the first saved."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from tests.conftest import OpenDb
from tests.factories import Cast, add_student, grant, make_cast
from tests.services.test_goals import form as goal_form
from tests.services.test_students import form as student_form
from tests.services.test_supervision import rule
from therapytrack.domain.settings_form import parse_workspace
from therapytrack.domain.supervision_form import parse_rule
from therapytrack.errors import Conflict
from therapytrack.models import Goal, GoalVersion, Membership, Student, SupervisionRule, Workspace, new_id
from therapytrack.services.goals import create_goal, edit_goal
from therapytrack.services.students import edit_student
from therapytrack.services.supervision_rules import set_rule
from therapytrack.services.workspace_settings import edit_workspace

# (one's answer, the version that stands now, every stored text)
Writer = Callable[[Session, str, str], object]
TEXTS = {"first": "The text of the first", "second": "The text of the second"}


@pytest.fixture
def cast(db: OpenDb) -> Cast:
    """The clinician and the supervisor both edit the one student; the owner and the supervisor both run the office."""
    with db() as session:
        made = make_cast(session)
        session.get_one(Membership, made.members["supervisor"]).admin_role = "admin"
        return made


@pytest.fixture
def student_id(db: OpenDb, cast: Cast) -> UUID:
    with db() as session:
        student = add_student(session, cast)
        grant(session, cast, student, "supervisor", edit=True)
        return student.id


def both(db: OpenDb, people: tuple[str, str], write: Writer) -> tuple[str, Conflict]:
    """Let two people save at once, each her own text: the text that was taken, and what the other was told."""
    start = Barrier(2)

    def save(who: str, text: str) -> Conflict | None:
        start.wait()
        try:
            with db() as session:
                write(session, who, text)
        except Conflict as conflict:
            return conflict
        return None

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(save, people, TEXTS.values()))
    told = [one for one in answers if one is not None]
    assert len(told) == 1, "exactly one of the two is told"
    return list(TEXTS.values())[answers.index(None)], told[0]


def test_of_two_who_save_a_profile_the_second_sees_the_firsts(db: OpenDb, cast: Cast, student_id: UUID) -> None:
    def write(session: Session, who: str, text: str) -> object:
        return edit_student(session, cast.actor(session, who), student_id, 1, student_form(school=text))

    taken, told = both(db, ("slp", "supervisor"), write)
    with db() as session:
        stored = session.get_one(Student, student_id)
    assert (stored.school, stored.version, told.version) == (taken, 2, 2)
    assert taken in told.theirs


def test_of_two_who_save_a_goal_the_second_sees_the_firsts(db: OpenDb, cast: Cast, student_id: UUID) -> None:
    goal_id = new_id()
    with db() as session:
        create_goal(session, cast.actor(session, "slp"), student_id, goal_id, goal_form())

    def write(session: Session, who: str, text: str) -> object:
        return edit_goal(session, cast.actor(session, who), student_id, goal_id, 1, goal_form(label=text))

    taken, told = both(db, ("slp", "supervisor"), write)
    with db() as session:
        stored = session.get_one(Goal, goal_id)
        versions = session.exec(select(GoalVersion).where(col(GoalVersion.goal_id) == goal_id)).all()
    assert (stored.label, stored.version, told.version, len(versions)) == (taken, 2, 2, 1)
    assert taken in told.theirs


def test_of_two_who_save_the_workspace_the_second_sees_the_firsts(db: OpenDb, cast: Cast) -> None:
    def write(session: Session, who: str, text: str) -> object:
        wanted = parse_workspace({"name": text, "time_zone": "America/Chicago", "us_state": "IL"})
        return edit_workspace(session, cast.actor(session, who), 1, wanted)

    taken, told = both(db, ("owner", "supervisor"), write)
    with db() as session:
        stored = session.get_one(Workspace, cast.workspace_id)
    assert (stored.name, stored.version, told.version) == (taken, 2, 2)
    assert taken in told.theirs


def test_of_two_who_set_a_rule_the_second_sees_the_firsts(db: OpenDb, cast: Cast) -> None:
    def write(session: Session, who: str, text: str) -> object:
        return set_rule(session, cast.actor(session, who), parse_rule(rule(source=text)), 0)

    taken, told = both(db, ("owner", "supervisor"), write)
    with db() as session:
        stored = session.exec(select(SupervisionRule)).one()
    assert (stored.source, stored.version, told.version) == (taken, 1, 1)
    assert taken in told.theirs
