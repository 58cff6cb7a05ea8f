"""A run of printing is its maker's alone, survives its process, can be canceled anywhere, and ends with the right."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import event, select, text, update
from sqlmodel import Session

from tests.conftest import OpenDb
from tests.factories import acts_of_people, add_goal, add_student, grant
from tests.services.report_world import ReportWorld, build_reports, coded
from therapytrack.adapters.sealed_files import SealedFiles
from therapytrack.errors import Conflict, Invalid, NotFound, NotPermitted, Unavailable
from therapytrack.models import ReportBatch, ReportPeriod, SupervisionLink, new_id
from therapytrack.services.report_batches import (
    BROKEN,
    CANCELED,
    FAILED,
    FOLDER,
    KEPT,
    READY,
    RUNNING,
    SILENT,
    begin_batch,
    cancel_batch,
    fail_batch,
    finish_batch,
    look_at_batch,
    move_batch,
    newest_batch,
    open_batch,
    running_batch,
)
from therapytrack.services.reports import sign_report
from therapytrack.settings import get_settings

FILES = {"merged": b"%PDF-one", "each": b"PK-many"}


@pytest.fixture
def world(db: OpenDb) -> ReportWorld:
    with db() as session:
        built = build_reports(session)
        sign_report(session, built.actor(session, "slp"), coded(session, built))
        return built


def add_signed(db: Session, world: ReportWorld, number: int) -> None:
    """Another student's report, signed."""
    child = add_student(db, world.cast, f"Ben {number}", local_number=f"77-{number}")
    goals = (add_goal(db, child, "One")[0].id, add_goal(db, child, "Two", position=1)[0].id)
    sign_report(db, world.actor(db, "slp"), coded(db, replace(world, student_id=child.id, goals=goals)))


def begin(db: OpenDb, world: ReportWorld, who: str = "slp") -> UUID:
    with db() as session:
        return begin_batch(session, world.actor(session, who), world.period_id, "report").id


def finish(db: OpenDb, world: ReportWorld, batch_id: UUID, who: str = "slp", files: dict[str, bytes] = FILES) -> bool:
    with db() as session:
        return finish_batch(session, world.actor(session, who), batch_id, files)


def fetch(db: OpenDb, world: ReportWorld, batch_id: UUID, how: str = "merged", who: str = "slp") -> tuple[str, bytes]:
    with db() as session:
        return open_batch(session, world.actor(session, who), batch_id, how)


def sealed() -> list[Path]:
    return sorted((get_settings().data_dir / FOLDER).glob("*"))


@contextmanager
def statements(db: Session) -> Iterator[list[str]]:
    sent: list[str] = []
    engine = db.get_bind()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def test_the_files_outlive_their_process_and_are_their_makers_alone(db: OpenDb, world: ReportWorld) -> None:
    batch_id = begin(db, world)
    assert finish(db, world, batch_id)
    get_settings.cache_clear()  # as another process would read them
    assert fetch(db, world, batch_id) == ("reports-quarter-1-report.pdf", b"%PDF-one")
    assert fetch(db, world, batch_id, "each") == ("reports-quarter-1-report.zip", b"PK-many")
    for how, who in (("each", "reader"), ("each", "outsider"), ("each", "owner"), ("other", "slp")):
        with pytest.raises(NotFound):
            fetch(db, world, batch_id, how, who)
    with db() as session:
        acts = [(one.action, one.student_id) for one in acts_of_people(session)][-6:]
    fetched = [("download progress reports", None), ("download progress reports", world.student_id)]
    assert acts == [
        ("print progress reports", None), ("export progress report", world.student_id), *fetched, *fetched,
    ]  # fmt: skip


def test_a_newer_run_of_the_period_takes_the_place_of_the_older_ones_files(db: OpenDb, world: ReportWorld) -> None:
    first, hers = begin(db, world), begin(db, world, "reader")
    assert finish(db, world, first)
    assert finish(db, world, hers, "reader")
    for _ in range(3):
        newest = begin(db, world)
        assert finish(db, world, newest)
    assert {path.name.partition("-")[0] for path in sealed()} == {hers.hex, newest.hex}
    with pytest.raises(Unavailable, match="Print the reports again"):
        fetch(db, world, first)
    assert fetch(db, world, newest)[1] == FILES["merged"]


def test_nothing_of_a_report_can_be_read_in_the_data_directory(db: OpenDb, world: ReportWorld) -> None:
    assert finish(db, world, begin(db, world), files={"merged": b"May Rivera" * 50, "each": b"May Rivera"})
    found = sealed()
    assert len(found) == 2
    assert [path for path in found if b"Rivera" in path.read_bytes() or "ivera" in path.name] == []
    assert {path.stat().st_mode & 0o777 for path in found} == {0o600}
    assert found[0].parent.stat().st_mode & 0o777 == 0o700


def test_a_file_that_was_changed_swapped_or_lost_opens_nowhere_and_is_printed_again(
    db: OpenDb, world: ReportWorld
) -> None:
    first, second = begin(db, world), begin(db, world, "reader")
    assert finish(db, world, first)
    assert finish(db, world, second, "reader")
    store = SealedFiles(get_settings(), FOLDER)
    for path in sealed():
        path.write_bytes(path.read_bytes()[:-1] + bytes([path.read_bytes()[-1] ^ 1]))
    with pytest.raises(Unavailable, match="Print the reports again"):
        fetch(db, world, first)
    mine, hers = (store.folder / f"{one.hex}-merged.sealed" for one in (first, second))
    mine.write_bytes(hers.read_bytes())
    with pytest.raises(Unavailable):
        fetch(db, world, first)
    mine.write_bytes(b"")
    with pytest.raises(Unavailable):
        fetch(db, world, first)
    mine.unlink()
    with pytest.raises(Unavailable):
        fetch(db, world, first)
    assert finish(db, world, again := begin(db, world))
    assert fetch(db, world, again)[1] == b"%PDF-one"


def test_two_people_at_once_do_not_mix(db: OpenDb, world: ReportWorld) -> None:
    hers, theirs = begin(db, world), begin(db, world, "reader")
    with pytest.raises(NotFound):
        finish(db, world, hers, "reader")
    assert finish(db, world, theirs, "reader", {"merged": b"of the reader", "each": b""})
    assert finish(db, world, hers, "slp", {"merged": b"of the clinician", "each": b""})
    assert fetch(db, world, hers)[1] == b"of the clinician"
    assert fetch(db, world, theirs, who="reader")[1] == b"of the reader"
    with db() as session:
        reader = world.actor(session, "reader")
        assert cancel_batch(session, reader, begin_batch(session, reader, world.period_id, "report").id) is not None
        newest = newest_batch(session, world.actor(session, "slp"), world.period_id)
        assert newest is not None
        assert (newest.id, newest.status) == (hers, READY)


def test_one_run_of_a_person_goes_on_at_a_time(db: OpenDb, world: ReportWorld) -> None:
    """She is told of the first, of whatever period; one that was canceled or fell silent is in nobody's way."""
    first = begin(db, world)
    with db() as session:
        slp = world.actor(session, "slp")
        later = ReportPeriod(
            workspace_id=slp.workspace_id, name="Later", first_on=world.today, last_on=world.today, due_on=world.today
        )
        session.add(later)
        session.flush()
        for period_id in (world.period_id, later.id):
            with pytest.raises(Conflict, match="printing the reports of Quarter 1 already"):
                begin_batch(session, slp, period_id, "report")
        going = running_batch(session, slp)
        assert going is not None
        assert (going.period_id, going.line.id, going.line.of) == (world.period_id, first, 1)
        assert running_batch(session, world.actor(session, "reader")) is None
    assert begin(db, world, "reader") != first
    with db() as session:
        session.execute(update(ReportBatch).values(moved_at=slp.at - SILENT - timedelta(seconds=1)))
    second = begin(db, world)
    with db() as session:
        assert cancel_batch(session, world.actor(session, "slp"), second)
        assert running_batch(session, world.actor(session, "slp")) is None
    assert begin(db, world) not in (first, second)


@pytest.mark.parametrize("when", ["before the end", "before the download"])
def test_a_right_that_is_revoked_meanwhile_stops_the_run_and_the_download(
    db: OpenDb, world: ReportWorld, when: str
) -> None:
    batch_id = begin(db, world)
    if when == "before the download":
        assert finish(db, world, batch_id)
    with db() as session:
        session.execute(text("UPDATE student_grant SET can_export = :no"), {"no": False})
    with pytest.raises(NotPermitted):
        finish(db, world, batch_id) if when == "before the end" else fetch(db, world, batch_id)
    with db() as session:
        exported = [one for one in acts_of_people(session) if one.action == "export progress report"]
    assert len(exported) == (when == "before the download")
    if when == "before the end":
        assert sealed() == []


def test_a_canceled_run_keeps_nothing_and_says_so(db: OpenDb, world: ReportWorld) -> None:
    batch_id = begin(db, world)
    with db() as session:
        slp = world.actor(session, "slp")
        assert not cancel_batch(session, world.actor(session, "reader"), batch_id)
        assert move_batch(session, slp, batch_id, 1)
        assert cancel_batch(session, slp, batch_id)
        assert not cancel_batch(session, slp, batch_id)
        assert not move_batch(session, slp, batch_id, 1)
        assert look_at_batch(session, slp, batch_id).status == CANCELED
    assert not finish(db, world, batch_id)
    assert sealed() == []
    with pytest.raises(NotFound):
        fetch(db, world, batch_id)


def test_a_run_that_fell_silent_has_broken_off(db: OpenDb, world: ReportWorld) -> None:
    batch_id = begin(db, world)
    with db() as session:
        slp = world.actor(session, "slp")
        assert look_at_batch(session, slp, batch_id).status == RUNNING
        session.execute(update(ReportBatch).values(moved_at=slp.at - SILENT - timedelta(seconds=1), made=3))
        session.expire_all()
        newest = newest_batch(session, slp, world.period_id)
        assert newest is not None
        assert (newest.status, newest.made) == (BROKEN, 3)
        assert fail_batch(session, slp, batch_id)
        session.expire_all()
        assert look_at_batch(session, slp, batch_id).status == FAILED


def test_the_files_go_after_a_day(db: OpenDb, world: ReportWorld) -> None:
    batch_id = begin(db, world)
    assert finish(db, world, batch_id)
    store = SealedFiles(get_settings(), FOLDER)
    assert store.remove_old(KEPT) == 0
    with db() as session:
        slp = world.actor(session, "slp")
        session.execute(update(ReportBatch).values(moved_at=slp.at - KEPT))
        session.expire_all()
        assert newest_batch(session, slp, world.period_id) is None
    with pytest.raises(NotFound):
        fetch(db, world, batch_id)
    assert store.remove_old(timedelta(seconds=-1)) == 2
    assert sealed() == []


def test_files_that_cannot_be_kept_leave_nothing_behind(
    db: OpenDb, world: ReportWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_id, write = begin(db, world), SealedFiles.write

    def full(self: SealedFiles, file_id: UUID, name: str, owner: str, data: bytes) -> None:
        if name == "each":
            raise Unavailable("The disk is full.")
        write(self, file_id, name, owner, data)

    monkeypatch.setattr(SealedFiles, "write", full)
    with pytest.raises(Unavailable):
        finish(db, world, batch_id)
    assert sealed() == []
    with db() as session:
        assert look_at_batch(session, world.actor(session, "slp"), batch_id).status == RUNNING
        assert not [one for one in acts_of_people(session) if one.action == "export progress report"]


def test_only_what_is_signed_and_may_be_exported_is_printed(db: OpenDb, world: ReportWorld) -> None:
    with db() as session:
        child = add_student(session, world.cast, "Zoe", "Adams")
        grant(session, world.cast, child, "reader", export=False)
        add_signed(session, world, 1)
        begun = begin_batch(session, world.actor(session, "slp"), world.period_id, "family-es")
        assert [one.printed.content.first_name for one in begun.files] == ["May", "Ben 1"]
        assert [one.filename.partition("-2")[0] for one in begun.files] == ["family-es-900-123", "family-es-77-1"]
        assert begun.files[0].printed.signatures[0].startswith("Signed by Slp")
        reader = begin_batch(session, world.actor(session, "reader"), world.period_id, "report")
        assert len(reader.files) == 1
        session.execute(update(SupervisionLink).values(ends_at=world.actor(session, "slp").at - timedelta(hours=1)))
        with pytest.raises(Invalid):
            begin_batch(session, world.actor(session, "slpa"), world.period_id, "report")
        with pytest.raises(NotFound):
            begin_batch(session, world.actor(session, "outsider"), world.period_id, "report")
        with pytest.raises(NotFound):
            begin_batch(session, world.actor(session, "slp"), new_id(), "report")


def test_a_run_takes_as_many_statements_for_twelve_reports_as_for_two(db: OpenDb, world: ReportWorld) -> None:
    taken = []
    for numbers in (range(1), range(1, 11)):
        with db() as session:
            for number in numbers:
                add_signed(session, world, number)
        with db() as session:
            actor = world.actor(session, "slp")
            session.execute(select(ReportBatch).limit(1))
            with statements(session) as sent:
                begun = begin_batch(session, actor, world.period_id, "report")
                session.flush()
                at_first = len(sent)
                move_batch(session, actor, begun.id, 1)
                finish_batch(session, actor, begun.id, FILES)
            taken.append((at_first, len(sent) - at_first))
            assert len(begun.files) == numbers[-1] + 2
    assert taken[0] == taken[1]
    assert taken[1][0] <= 7
