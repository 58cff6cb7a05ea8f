"""The server under measurement and the people whose work is measured, each in a workspace full of data."""

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from alembic import command
from sqlalchemy import create_engine, select
from sqlmodel import Session, col

from tests.bulk import Caseload, Shape, load_bulk
from tests.e2e.servers import Server
from therapytrack.access.actor import Actor, resolve_actor
from therapytrack.adapters.passwords import hash_password
from therapytrack.domain.session_plan import SessionPlan
from therapytrack.domain.taps import Tap, TapBatch, milliseconds
from therapytrack.launcher.database import alembic_config
from therapytrack.models import (
    Account,
    ClinicalRole,
    Membership,
    ReportPeriod,
    SessionEntry,
    SupervisionLink,
    new_id,
    utc_now,
)
from therapytrack.services.identity import NewAccount, create_account, hash_token, start_sign_in
from therapytrack.services.live import record_taps
from therapytrack.services.therapy_sessions import plan_session, start_session, start_unplanned

TAPS_IN = 400
GRID = Shape(students=8, goals=5, sessions_a_year=20)


@dataclass(frozen=True, slots=True)
class Running:
    """A running session: each part's entry with its student."""

    id: UUID
    entries: list[tuple[UUID, UUID]]


@dataclass
class Clinician:
    """One account with a caseload, the session that she is running, and the period that reports are written on."""

    email: str
    password: str
    caseload: Caseload
    running: Running
    period: UUID

    def targets(self) -> list[tuple[UUID, UUID]]:
        """(entry, goal) of everything that can be tapped in her session."""
        return [(entry, goal) for entry, student in self.running.entries for goal in self.caseload.goals[student]]


@dataclass
class Stage:
    """The server with its people: `year` (60 students, 81,000 trials), `decade` (ten times that), `group` (8 x 5),
    `points` (one goal of 400 points), `assistant` (60 students) and the `supervisor` who looks on her caseload."""

    server: Server
    people: dict[str, Clinician] = field(default_factory=dict)


POINTS = Shape(students=1, goals=1, sessions_a_year=400)
# Name: how much data, and how many students sit in the running session.
SHAPES = {"year": (Shape(), 4), "decade": (Shape(years=10), 4), "group": (GRID, 8), "points": (POINTS, 1)}
SHAPES |= {"assistant": (Shape(sessions_a_year=15), 4)}


@contextmanager
def running_stage(port: int | None = None) -> Iterator[Stage]:
    """Fill a database, start the server on it, stop and remove both at the end."""
    folder = Path(tempfile.mkdtemp(prefix="tt-bench-"))
    server = Server(folder / "data", {"THERAPYTRACK_DEMO": "false"}, command=("tests.bench.serve",))
    server.port = port or server.port
    stage = Stage(server)
    try:
        fill(stage)
        server.start()
        yield stage
    finally:
        server.stop()
        shutil.rmtree(folder)


def fill(stage: Stage) -> None:
    """Migrate, then write everybody's data without waiting for the disk."""
    stage.server.data_dir.mkdir(mode=0o700)
    url = f"sqlite:///{stage.server.database}"
    command.upgrade(alembic_config(url), "head")
    engine = create_engine(url)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=OFF")
        connection.exec_driver_sql("PRAGMA synchronous=OFF")
        connection.commit()
        with Session(connection, expire_on_commit=False) as db:
            for number, (name, (shape, size)) in enumerate(SHAPES.items(), start=1):
                stage.people[name] = _clinician(db, name, shape, size, number)
                db.commit()
            stage.people["supervisor"] = _supervisor(db, stage.people["assistant"])
            db.commit()
    engine.dispose()


def _clinician(db: Session, name: str, shape: Shape, size: int, number: int) -> Clinician:
    email, password, now = f"{name}@example.org", secrets.token_urlsafe(16), utc_now()
    form = NewAccount(
        name.capitalize(), email, hash_password(password), "slp", "CCC-SLP", "NY", name, "America/New_York"
    )
    create_account(db, form, now)
    account = db.execute(select(Account).where(col(Account.email) == email)).scalar_one()
    member = db.execute(select(Membership).where(col(Membership.account_id) == account.id)).scalar_one()
    token, _ = start_sign_in(db, account, member, now)
    db.flush()
    actor = resolve_actor(db, hash_token(token))
    if actor is None:
        raise RuntimeError("the sign-in that was just made is not live")
    caseload = load_bulk(db, member.id, actor.today, shape, seed=number)
    _plan_day(db, actor, caseload.students)
    running, period = _start(db, actor, caseload.students[:size]), _period(db, actor)
    person = Clinician(email, password, caseload, running, period)
    if name == "group":
        record_taps(db, actor, person.running.id, TapBatch(taps=make_taps(person, TAPS_IN)))
    return person


def _period(db: Session, actor: Actor) -> UUID:
    """Eight weeks up to today, whose reports are due soon."""
    first, due = actor.today - timedelta(weeks=8), actor.today + timedelta(days=5)
    period = ReportPeriod(
        workspace_id=actor.workspace_id, name="Quarter 1", first_on=first, last_on=actor.today, due_on=due
    )
    db.add(period)
    db.flush()
    return period.id


def _supervisor(db: Session, assistant: Clinician) -> Clinician:
    """A colleague in the workspace of `assistant`, who is one from now on, under her."""
    password = secrets.token_urlsafe(16)
    of_assistant = col(Membership.account_id) == col(Account.id)
    query = select(Membership).join(Account, of_assistant).where(col(Account.email) == assistant.email)
    watched = db.execute(query).scalar_one()
    watched.clinical_role = ClinicalRole.ASSISTANT
    account = Account(
        name="Supervisor",
        email="supervisor@example.org",
        profession="slp",
        us_state="NY",
        password_hash=hash_password(password),
    )
    db.add(account)
    db.flush()
    place: dict[str, Any] = {
        "workspace_id": watched.workspace_id,
        "discipline": watched.discipline,
        "starts_at": watched.starts_at,
    }
    member = Membership(account_id=account.id, clinical_role=ClinicalRole.SUPERVISOR, **place)
    db.add(member)
    db.flush()
    db.add(SupervisionLink(supervisor_id=member.id, assistant_id=watched.id, **place))
    return Clinician(account.email, password, assistant.caseload, assistant.running, assistant.period)


def _plan_day(db: Session, actor: Actor, students: list[UUID]) -> None:
    """Six groups of four on today's calendar."""
    for index in range(0, min(24, len(students)), 4):
        hour = 8 + index // 4
        plan = _plan(f"Group {index // 4 + 1}", actor.today, hour, students[index : index + 4])
        plan_session(db, actor, new_id(), plan)


def _plan(title: str, day: date, hour: int, students: list[UUID]) -> SessionPlan:
    return SessionPlan(title, day, time(hour), time(hour, 30), "Room 12", "pull_out", tuple(students))


def _start(db: Session, actor: Actor, students: list[UUID]) -> Running:
    session = start_unplanned(db, actor, new_id(), students)
    start_session(db, actor, session.id)
    db.flush()
    rows = db.execute(
        select(col(SessionEntry.id), col(SessionEntry.student_id))
        .where(col(SessionEntry.session_id) == session.id)
        .order_by(col(SessionEntry.position))
    )
    return Running(session.id, [(row[0], row[1]) for row in rows])


def make_taps(person: Clinician, count: int) -> list[Tap]:
    """Fresh marks, spread over everything that can be tapped in the person's session."""
    places, at = person.targets(), milliseconds(utc_now())
    return [_tap(*places[index % len(places)], at, index) for index in range(count)]


def _tap(entry: UUID, goal: UUID, at: int, number: int) -> Tap:
    outcome = "correct" if number % 3 else "incorrect"
    return Tap.model_validate(
        {"id": new_id(), "entry": entry, "goal": goal, "outcome": outcome, "purpose": "practice", "at": at, "n": number}
    )
