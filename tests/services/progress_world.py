"""One student with a goal in two phases, for the tests of progress, summaries and exports."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Engine, event
from sqlmodel import Session, select

from tests.factories import Cast, add_goal, add_session, add_student, grant, make_cast
from therapytrack.domain.mastery import MasteryCriterion
from therapytrack.models import GoalPhase, GoalPoint, GoalVersion, SessionEntry, SignIn, Student
from therapytrack.services.identity import hash_token

START = date(2026, 1, 5)


@dataclass
class Progress:
    """Ids of what was made."""

    cast: Cast
    student_id: UUID
    goal_id: UUID
    version: GoalVersion


def make_progress(db: Session, points: int = 10, **student: str) -> Progress:
    """Three baseline probes, then one a week, each a little better; the reader may view, not export."""
    cast = make_cast(db)
    child = add_student(db, cast, "Mateo", "Rivera", local_number="900-123", **student)
    grant(db, cast, child, "reader")
    grant(db, cast, child, "slpa", edit=True, export=True)
    grant(db, cast, child, "supervisor", edit=True)
    goal, version = add_goal(
        db,
        child,
        "Initial sounds",
        starts_on=START,
        text="By May, Mateo will produce initial sounds with 80% accuracy.",
        baseline_value=None,
        baseline_on=None,
        target_on=date(2026, 12, 18),
        mastery=MasteryCriterion(target=80).to_dict(),
    )
    for name, starts_on in (("Baseline", START), ("Intervention", START + timedelta(weeks=3))):
        db.add(GoalPhase(workspace_id=child.workspace_id, goal_id=goal.id, name=name, starts_on=starts_on))
    for week in range(points):
        add_session(db, cast, child, START + timedelta(weeks=week), scores=[(version, 20, min(20, 4 + week))])
    return Progress(cast, child.id, goal.id, version)


def add_practice(db: Session, made: Progress, entry: SessionEntry, correct: int, cued: int) -> None:
    """Practice data of 20 trials beside the probe of a session."""
    db.add(
        GoalPoint(
            workspace_id=entry.workspace_id,
            goal_id=made.goal_id,
            entry_id=entry.id,
            goal_version_id=made.version.id,
            held_on=entry.held_on,
            purpose="practice",
            trials=20,
            correct=correct,
            cued=cued,
        )
    )
    db.flush()


def use_cookies(db: Session, cast: Cast) -> None:
    """Let each of the cast sign in with her own name as the cookie's value."""
    names = {token: who for who, token in cast.tokens.items()}
    for row in db.exec(select(SignIn)).all():
        row.token_hash = hash_token(names[row.token_hash])
        db.add(row)


def rename(db: Session, made: Progress, given: str, family: str) -> None:
    """Give the student another name."""
    student = db.get_one(Student, made.student_id)
    student.given_name, student.family_name = given, family
    db.add(student)


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile, those that begin, scope and end transactions left out."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "SET", "SELECT set_config(")):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
