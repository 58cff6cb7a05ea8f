"""What a transaction did is stored with it, chained and without gaps, or not at all."""

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col

from tests.conftest import OpenDb
from tests.factories import Cast, add_student
from tests.services.audit_world import Log, findings, make_log, make_world, unguarded
from tests.services.progress_world import counted
from therapytrack.errors import Unavailable
from therapytrack.models import Activity, Alarm, AuditHead, Student
from therapytrack.services import audit_seal
from therapytrack.services.activity import record
from therapytrack.services.audit_report import chain_id, head_lines, kept_heads, verify_lines
from therapytrack.services.student_page import open_student
from therapytrack.settings import get_settings


@pytest.fixture
def cast(db: OpenDb) -> Cast:
    with db() as session:
        return make_world(session)[0]


@pytest.fixture
def log(db: OpenDb) -> Log:
    with db() as session:
        cast, student_id = make_world(session)
    with db() as session:
        return make_log(session, cast, student_id)


def acts_of(db: Session, workspace_id: UUID | None) -> list[tuple[int, str]]:
    condition = col(Activity.workspace_id).is_not_distinct_from(workspace_id)
    query = select(col(Activity.sequence), col(Activity.action)).where(condition).order_by(col(Activity.sequence))
    return [(sequence, action) for sequence, action in db.execute(query)]


def act(db: OpenDb, cast: Cast, *names: str) -> None:
    """One transaction of the slp's with these acts."""
    with db() as session:
        for name in names:
            record(session, cast.actor(session, "slp"), name)


def test_acts_are_numbered_in_their_order_from_one(db: OpenDb, cast: Cast) -> None:
    act(db, cast, "one", "two")
    act(db, cast, "three")
    with db() as session:
        assert acts_of(session, cast.workspace_id) == [(1, "one"), (2, "two"), (3, "three")]
        assert findings(session) == []


def test_the_installations_own_log_says_when_a_workspaces_log_began(db: OpenDb, cast: Cast) -> None:
    act(db, cast, "one")
    act(db, cast, "two")
    with db() as session:
        began = session.execute(select(Activity).where(col(Activity.workspace_id).is_(None))).scalars().all()
        assert [(row.action, row.record_id) for row in began] == [("begin log", cast.workspace_id)]


@pytest.mark.parametrize("many", [1, 5])
def test_storing_acts_takes_two_statements_whatever_their_number(
    db: OpenDb, cast: Cast, engine: Engine, many: int
) -> None:
    act(db, cast, "before")
    with counted(engine) as sent:
        with db() as session:
            slp = cast.actor(session, "slp")
            for number in range(many):
                record(session, slp, f"act {number}")
            sent.clear()
    assert len(sent) == 2, sent


def test_watching_how_many_records_are_opened_takes_no_statement_of_its_own(
    db: OpenDb, cast: Cast, engine: Engine
) -> None:
    act(db, cast, "before")
    with db() as session:
        student_id = session.execute(select(col(Student.id))).scalar_one()
    with counted(engine) as sent:
        with db() as session:
            open_student(session, cast.actor(session, "slp"), student_id)
            sent.clear()
    assert len(sent) == 2, sent


def test_what_is_undone_is_not_logged(db: OpenDb, cast: Cast) -> None:
    def fail() -> None:
        with db() as session:
            record(session, cast.actor(session, "slp"), "undone")
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    act(db, cast, "done")
    with db() as session:
        assert acts_of(session, cast.workspace_id) == [(1, "done")]


def test_what_a_savepoint_takes_back_is_not_logged_and_the_rest_is(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        slp = cast.actor(session, "slp")
        record(session, slp, "before")
        with session.begin_nested():
            record(session, slp, "kept")
            with session.begin_nested() as inner:
                record(session, slp, "taken back")
                inner.rollback()
        record(session, slp, "after")
    with db() as session:
        assert [name for _, name in acts_of(session, cast.workspace_id)] == ["before", "kept", "after"]


def test_an_act_that_cannot_be_logged_does_not_happen(db: OpenDb, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OperationalError("INSERT", {}, Exception("disk full"))

    def add() -> None:
        with db() as session:
            add_student(session, cast, "Nobody", "Ever")
            record(session, cast.actor(session, "slp"), "create student")

    monkeypatch.setattr(audit_seal, "insert_rows", full)
    with pytest.raises((OperationalError, Unavailable)):
        add()
    with db() as session:
        names = session.execute(select(col(Student.given_name))).scalars().all()
        assert "Nobody" not in names
        assert session.execute(select(AuditHead)).all() == []


def test_writers_at_the_same_time_leave_no_gap(db: OpenDb, cast: Cast) -> None:
    failures: list[BaseException] = []

    def write(who: str) -> None:
        try:
            for number in range(25):
                with db() as session:
                    record(session, cast.actor(session, who), f"{who} {number}")
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    writers = [threading.Thread(target=write, args=(who,)) for who in ("slp", "reader", "slpa", "supervisor")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failures == []
    with db() as session:
        assert [sequence for sequence, _ in acts_of(session, cast.workspace_id)] == list(range(1, 101))
        assert findings(session) == []


CUT = "DELETE FROM activity WHERE workspace_id = '{here}' AND sequence > 9"
TAKEN = "SELECT hash FROM activity WHERE workspace_id = '{here}' AND sequence = 9"
LOST = [
    (
        "the head is written from the rows",
        (CUT, f"UPDATE audit_head SET sequence = 9, hash = ({TAKEN}) WHERE id = '{{here}}'"),
    ),
    (
        "another key is blamed",
        (CUT, f"UPDATE audit_head SET sequence = 9, hash = ({TAKEN}), key_id = 'x' WHERE id = '{{here}}'"),
    ),
    ("the head is deleted", (CUT, "DELETE FROM audit_head WHERE id = '{here}'")),
    ("the head is left", (CUT,)),
    (
        "all is deleted",
        ("DELETE FROM activity WHERE workspace_id = '{here}'", "DELETE FROM audit_head WHERE id = '{here}'"),
    ),
]


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("statements", [one[1] for one in LOST], ids=[one[0] for one in LOST])
def test_work_goes_on_after_an_attack_and_does_not_cover_it(
    db: OpenDb, log: Log, statements: tuple[str, ...], restarted: bool
) -> None:
    with db() as session, unguarded(session, keep=True) as run:
        for statement in statements:
            run(statement.format(here=log.here))
    if restarted:
        restart()
    act(db, log.cast, "work goes on")
    act(db, log.cast, "and on")
    with db() as session:
        assert acts_of(session, UUID(log.here))[-1][1] == "and on"
        assert findings(session) != []


def test_the_owner_is_told_when_the_log_was_not_as_it_was_left(db: OpenDb, log: Log) -> None:
    with db() as session, unguarded(session, keep=True) as run:
        run(f"DELETE FROM audit_head WHERE id = '{log.here}'")
    act(db, log.cast, "next")
    with db() as session:
        alarm = session.execute(select(Alarm)).scalar_one()
        assert (alarm.kind, alarm.told_id) == ("log resumed", log.cast.members["owner"])


@pytest.fixture
def use_key(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes this the secret in use, with these old ones, while the database stays."""

    def use(secret: str, old: str = "") -> None:
        monkeypatch.setenv("THERAPYTRACK_SECRET_KEY", secret)
        monkeypatch.setenv("THERAPYTRACK_OLD_SECRET_KEYS", old)
        get_settings.cache_clear()
        restart()

    return use


def restart() -> None:
    """Forget what only this process knows of the heads."""
    audit_seal._remembered.clear()


def test_a_new_key_with_the_old_one_known_leaves_nothing_to_find(
    db: OpenDb, log: Log, use_key: Callable[..., None]
) -> None:
    """The old one is the file in the data folder."""
    use_key("a" * 32)
    act(db, log.cast, "under the new key")
    use_key("b" * 32, old="a" * 32)
    act(db, log.cast, "under the next one")
    with db() as session:
        assert findings(session) == []
        query = select(col(Activity.key_id)).where(col(Activity.workspace_id) == UUID(log.here)).distinct()
        assert len(session.execute(query).all()) == 3


def test_what_was_sealed_with_a_lost_key_is_called_that_and_not_edited(
    db: OpenDb, log: Log, use_key: Callable[..., None]
) -> None:
    get_settings().secret_file.unlink()
    use_key("c" * 32)
    act(db, log.cast, "under the new key")
    with db() as session:
        found = [one for one in findings(session) if one.startswith("Lincoln USD")]
    assert [one.split(": ", 1)[1].split(",")[0] for one in found] == [
        "rows 1 to 12: sealed with another key",
        "row 13: TherapyTrack found the end of the log not as it had left it",
    ]


def test_a_log_that_was_put_back_whole_is_found_by_a_head_kept_elsewhere(db: OpenDb, log: Log) -> None:
    def state() -> list[tuple[Any, ...]]:
        return [tuple(row) for row in session.execute(select(*AuditHead.__table__.c)).all()]  # type: ignore[attr-defined]

    with db() as session:
        before = state()
    act(db, log.cast, "what nobody should know")
    with db() as session:
        kept = list(head_lines(session))
        with unguarded(session) as run:
            run(f"DELETE FROM activity WHERE workspace_id = '{log.here}' AND sequence > 12")
            head = next(row for row in before if row[0] == UUID(log.here))
            names = AuditHead.__table__.c.keys()  # type: ignore[attr-defined]
            old = ", ".join(
                f"{n} = '{v}'" for n, v in zip(names, head, strict=True) if n in ("sequence", "hash", "seal")
            )
            run(f"UPDATE audit_head SET {old} WHERE id = '{log.here}'")
            assert findings(session) == []
            said = [line for line, _ in lines(session, kept)]
            assert "  row 13: not the row whose hash was kept elsewhere" in said
        assert all(well for _, well in lines(session, kept))


def lines(db: Session, kept: list[str]) -> list[tuple[str, bool]]:
    return list(verify_lines(db, audit_seal.current_keys(), "", kept_heads("", "", kept)))


def test_a_check_can_be_of_one_workspace_against_one_head(db: OpenDb, log: Log) -> None:
    with db() as session:
        kept = dict(line.split() for line in head_lines(session))
        here = str(UUID(log.here))
        keys = audit_seal.current_keys()
        right, wrong = kept[here], kept[here][:-1] + ("0" if kept[here][-1] != "0" else "1")
        assert list(verify_lines(session, keys, here, kept_heads(here, right, []))) == [
            (f"Lincoln USD ({here}): 12 rows, nothing wrong", True)
        ]
        said = list(verify_lines(session, keys, here, kept_heads(here, wrong, [])))
        assert said[1] == ("  row 12: not the row whose hash was kept elsewhere", False)
        assert chain_id("installation") is None
