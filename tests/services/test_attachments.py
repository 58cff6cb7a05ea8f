"""Files of a student: who may do what with them, that nobody else's are reached, and when their bytes go."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, text, update
from sqlmodel import Session, col

from tests.conftest import OpenDb
from tests.factories import Cast, acts_of_people, add_student, grant, make_cast
from tests.services.progress_world import counted
from tests.services.test_lock_order import until_one_waits
from therapytrack.adapters.sealed_files import SealedFiles
from therapytrack.domain.student_choice import StudentChoice, StudentTab
from therapytrack.errors import Invalid, NotFound, NotPermitted, Unavailable
from therapytrack.models import Attachment, Membership, Student, new_id, utc_now
from therapytrack.services import attachments
from therapytrack.services.attachments import (
    FOLDER,
    FULL,
    KEPT_REMOVED,
    SHARE_FULL,
    TOO_MANY,
    FilesTab,
    add_file,
    may_attach,
    open_file,
    remove_file,
    restore_file,
)
from therapytrack.services.file_reading import ReadFile
from therapytrack.services.file_room import see_room
from therapytrack.services.file_sweep import UNKNOWN_KEPT, sweep_files
from therapytrack.services.student_page import open_student
from therapytrack.settings import get_settings

LETTER = ReadFile("text/plain", b"Words of a letter.")
DAY = timedelta(days=1)


@pytest.fixture
def cast(db: OpenDb) -> Cast:
    with db() as session:
        return make_cast(session)


@pytest.fixture
def student(db: OpenDb, cast: Cast) -> Student:
    """A student of the slp whom the assistant may edit and the reader may view."""
    with db() as session:
        student = add_student(session, cast)
        grant(session, cast, student, "slpa", edit=True)
        grant(session, cast, student, "supervisor", edit=True)
        grant(session, cast, student, "reader", export=True)
        return student


def add(db: OpenDb, cast: Cast, student: Student, who: str = "slp", name: str = "Letter.txt") -> UUID:
    with db() as session:
        return add_file(session, cast.actor(session, who), student.id, name, LETTER)


def files(db: OpenDb, cast: Cast, student: Student, who: str = "slp") -> FilesTab:
    with db() as session:
        return open_student(session, cast.actor(session, who), student.id, StudentChoice(StudentTab.FILES)).files


def read(db: OpenDb, cast: Cast, student_id: UUID, file_id: UUID, who: str = "slp") -> tuple[str, bytes]:
    with db() as session:
        found = open_file(session, cast.actor(session, who), student_id, file_id)
        return found.name, found.data


def act(db: OpenDb, cast: Cast, service: Callable[..., object], student: Student, file_id: UUID, who: str) -> None:
    with db() as session:
        service(session, cast.actor(session, who), student.id, file_id)


def sealed() -> list[Path]:
    return sorted(path for path in (get_settings().data_dir / FOLDER).rglob("*") if path.is_file())


def make_old(*paths: Path, days: float = 1) -> None:
    for path in paths:
        then = path.stat().st_mtime - days * 24 * 3600
        os.utime(path, (then, then))


def date_back(db: OpenDb, file_id: UUID, ago: timedelta) -> None:
    """Let a file have been removed so long ago."""
    with db() as session:
        which = update(Attachment).where(col(Attachment.id) == file_id)
        session.execute(which.values(removed_at=utc_now() - ago))


def test_a_file_is_added_by_who_may_edit_and_read_by_who_may_view(db: OpenDb, cast: Cast, student: Student) -> None:
    first, second = add(db, cast, student), add(db, cast, student, "slpa", "../Work sample")
    shown = files(db, cast, student, "reader")
    assert [(one.name, one.kind, one.size, one.by) for one in shown.lines] == [
        ("Work sample.txt", "Text", "18 bytes", "Slpa"),
        ("Letter.txt", "Text", "18 bytes", "Slp"),
    ]
    assert (shown.may_add, shown.why_not != "") == (False, True)
    assert files(db, cast, student).may_add
    for who in ("slp", "slpa", "supervisor", "reader"):
        assert read(db, cast, student.id, first, who) == ("Letter.txt", LETTER.data)
    with db() as session:
        acts = [(one.action, one.record_id) for one in acts_of_people(session) if one.record_kind == "attachment"]
    assert acts[:3] == [("attach", first), ("attach", second), ("download", first)]
    assert len(acts) == 6


@pytest.mark.parametrize("who", ["outsider", "owner", "reader"])
def test_without_the_right_nothing_is_added_removed_or_brought_back(
    db: OpenDb, cast: Cast, student: Student, who: str
) -> None:
    file_id, refusal = add(db, cast, student), NotPermitted if who == "reader" else NotFound
    with pytest.raises(refusal):
        add(db, cast, student, who)
    for service in (remove_file, restore_file):
        with pytest.raises(refusal):
            act(db, cast, service, student, file_id, who)
    with db() as session, pytest.raises(refusal):
        may_attach(session, cast.actor(session, who), student.id)
    if who != "reader":
        with pytest.raises(NotFound):
            read(db, cast, student.id, file_id, who)
    assert [one.removed for one in files(db, cast, student).lines] == [""]
    assert len(sealed()) == 1


def test_a_right_that_ended_ends_reading_at_once(db: OpenDb, cast: Cast, student: Student) -> None:
    file_id = add(db, cast, student)
    assert read(db, cast, student.id, file_id, "reader")[1] == LETTER.data
    with db() as session:
        now = utc_now()
        session.execute(text("UPDATE student_grant SET ends_at = :now WHERE can_edit = :no"), {"now": now, "no": False})
    with pytest.raises(NotFound):
        read(db, cast, student.id, file_id, "reader")


def test_a_file_is_found_by_its_own_student_alone(db: OpenDb, cast: Cast, student: Student) -> None:
    with db() as session:
        other = add_student(session, cast, "Ben", local_number="77")
    file_id = add(db, cast, student)
    for student_id, asked in ((other.id, file_id), (student.id, new_id()), (new_id(), file_id)):
        with pytest.raises(NotFound):
            read(db, cast, student_id, asked)
    for service in (remove_file, restore_file):
        with pytest.raises(NotFound):
            act(db, cast, service, other, file_id, "slp")
    assert files(db, cast, other).lines == ()
    assert read(db, cast, student.id, file_id)[0] == "Letter.txt"


def test_remove_can_be_undone_for_thirty_days(db: OpenDb, cast: Cast, student: Student) -> None:
    file_id = add(db, cast, student)
    act(db, cast, remove_file, student, file_id, "slpa")
    act(db, cast, remove_file, student, file_id, "slpa")
    with pytest.raises(NotFound):
        read(db, cast, student.id, file_id)
    assert files(db, cast, student, "reader").lines == (), "who may not bring it back does not see it"
    (line,) = files(db, cast, student).lines
    assert line.removed != ""
    act(db, cast, restore_file, student, file_id, "slp")
    assert read(db, cast, student.id, file_id)[1] == LETTER.data
    act(db, cast, remove_file, student, file_id, "slp")
    date_back(db, file_id, KEPT_REMOVED)
    with pytest.raises(NotFound):
        act(db, cast, restore_file, student, file_id, "slp")
    assert files(db, cast, student).lines == ()
    with db() as session:
        acts = [one.action for one in acts_of_people(session) if one.outcome == "done"]
    assert [one for one in acts if "file" in one] == ["remove file", "bring file back", "remove file"]


def test_the_sweeper_takes_what_is_over_and_nothing_else(db: OpenDb, cast: Cast, student: Student) -> None:
    there, lately, long_ago = (add(db, cast, student) for _ in range(3))
    for file_id in (lately, long_ago):
        act(db, cast, remove_file, student, file_id, "slp")
    date_back(db, lately, KEPT_REMOVED - DAY)
    date_back(db, long_ago, KEPT_REMOVED + DAY)
    folder = sealed()[0].parent
    cut_off, draft, fresh = (
        folder / name for name in (f"{new_id().hex}-file.sealed", ".ab.sealed", f"{new_id().hex}-file.sealed")
    )
    for path in (cut_off, draft, fresh):
        path.write_bytes(b"half")
    make_old(*(path for path in sealed() if path != fresh), days=90)
    assert sweep_files() == 3
    assert {path.name.partition("-")[0] for path in sealed()} == {
        there.hex, lately.hex, fresh.name.partition("-")[0],
    }  # fmt: skip
    assert read(db, cast, student.id, there)[1] == LETTER.data
    assert (sweep_files(), UNKNOWN_KEPT < DAY) == (0, True)


def test_a_hold_lets_nobody_remove_a_file(db: OpenDb, cast: Cast, student: Student) -> None:
    file_id, before = add(db, cast, student), add(db, cast, student)
    act(db, cast, remove_file, student, before, "slp")
    with db() as session:
        session.execute(update(Student).values(on_hold=True))
    for who in ("slp", "slpa", "supervisor"):
        with pytest.raises(NotPermitted, match="hold"):
            act(db, cast, remove_file, student, file_id, who)
    assert read(db, cast, student.id, file_id)[1] == LETTER.data
    act(db, cast, restore_file, student, before, "slp")
    assert [one.removed for one in files(db, cast, student).lines] == ["", ""]


@pytest.mark.parametrize("what", ["archived", "gone"])
def test_an_archived_student_is_read_alone_and_who_was_removed_a_second_ago_reads_nothing(
    db: OpenDb, cast: Cast, student: Student, what: str
) -> None:
    file_id = add(db, cast, student)
    with db() as session:
        actor = cast.actor(session, "slp")
    with db() as session:
        if what == "archived":
            session.get_one(Student, student.id).archived_at = utc_now()
        else:
            session.get_one(Membership, cast.members["slp"]).status = "removed"
    for service in (remove_file, restore_file):
        with db() as session, pytest.raises(NotPermitted if what == "archived" else NotFound):
            service(session, actor, student.id, file_id)
    with db() as session, pytest.raises(NotPermitted if what == "archived" else NotFound):
        add_file(session, actor, student.id, "x", LETTER)
    if what == "archived":
        assert read(db, cast, student.id, file_id)[1] == LETTER.data
    else:
        with db() as session, pytest.raises(NotFound):
            open_file(session, actor, student.id, file_id)


def test_an_older_file_put_back_in_its_own_place_does_not_open(db: OpenDb, cast: Cast, student: Student) -> None:
    file_id = add(db, cast, student)
    store = attachments.store_of(cast.workspace_id)
    store.write(file_id, attachments.NAME, attachments.owner_of(cast.workspace_id, student.id), b"Older words")
    with pytest.raises(Unavailable):
        read(db, cast, student.id, file_id)


def test_a_hold_keeps_what_was_removed(db: OpenDb, cast: Cast, student: Student) -> None:
    file_id = add(db, cast, student)
    act(db, cast, remove_file, student, file_id, "slp")
    date_back(db, file_id, KEPT_REMOVED + 90 * DAY)
    make_old(*sealed(), days=200)
    with db() as session:
        session.execute(update(Student).values(on_hold=True))
    assert sweep_files() == 0
    with db() as session:
        session.execute(update(Student).values(on_hold=False))
    assert (sweep_files(), sealed()) == (1, [])


def test_files_of_a_workspace_that_the_database_does_not_know_stay(db: OpenDb, cast: Cast, student: Student) -> None:
    add(db, cast, student)
    folder = sealed()[0].parent
    folder.rename(folder.with_name(new_id().hex))
    make_old(*sealed())
    assert (sweep_files(), len(sealed())) == (0, 1)


def test_a_file_of_another_student_or_workspace_put_in_its_place_opens_nowhere(
    db: OpenDb, cast: Cast, student: Student
) -> None:
    with db() as session:
        other = add_student(session, cast, "Ben", local_number="77")
    mine, hers = add(db, cast, student), add(db, cast, other)
    paths = {path.name.partition("-")[0]: path for path in sealed()}
    paths[mine.hex].write_bytes(paths[hers.hex].read_bytes())
    with pytest.raises(Unavailable, match="backup"):
        read(db, cast, student.id, mine)
    paths[mine.hex].unlink()
    with pytest.raises(Unavailable):
        read(db, cast, student.id, mine)
    with db() as session:
        session.execute(update(Attachment).values(student_id=student.id))
    with pytest.raises(Unavailable):
        read(db, cast, student.id, hers)


def test_there_is_an_end_to_the_room(db: OpenDb, cast: Cast, student: Student, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "QUOTA", 2 * len(LETTER.data))
    add(db, cast, student)
    add(db, cast, student)
    with pytest.raises(Invalid) as full:
        add(db, cast, student)
    monkeypatch.setattr(attachments, "QUOTA", 10**9)
    monkeypatch.setattr(attachments, "MOST_FILES", 2)
    with pytest.raises(Invalid) as many:
        add(db, cast, student)
    assert (full.value.fields, many.value.fields) == ({"file": FULL}, {"file": TOO_MANY})
    assert len(sealed()) == 2


def test_one_person_cannot_fill_the_room_and_the_office_sees_who_added_how_much(
    db: OpenDb, engine: Engine, cast: Cast, student: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "SHARE", 2 * len(LETTER.data))
    first = add(db, cast, student)
    add(db, cast, student)
    with pytest.raises(Invalid) as full:
        add(db, cast, student)
    assert full.value.fields == {"file": SHARE_FULL}
    add(db, cast, student, who="supervisor")
    act(db, cast, remove_file, student, first, "slp")
    with pytest.raises(Invalid):
        add(db, cast, student)
    with db() as session:
        actor = cast.actor(session, "owner")
        with counted(engine) as sent:
            room = see_room(session, actor)
    assert (room.people, len(sent)) == ((("Slp", "2 files, 36 bytes"), ("Supervisor", "1 file, 18 bytes")), 2)
    assert room.used == "54 bytes of 2.0 GB is used. One person's files may take 1.0 GB of it."
    for who in ("slp", "outsider"):
        with db() as session:
            actor = cast.actor(session, who)
            if who == "slp":
                with pytest.raises(NotPermitted):
                    see_room(session, actor)
            else:
                assert see_room(session, actor).people == ()
    date_back(db, first, KEPT_REMOVED + DAY)
    add(db, cast, student)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_of_two_files_that_come_at_once_only_what_there_is_room_for_is_kept(
    db: OpenDb, engine: Engine, cast: Cast, student: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    with db() as session:
        another = add_student(session, cast, "Ben")
        grant(session, cast, another, "supervisor", edit=True)
    monkeypatch.setattr(attachments, "QUOTA", 2 * len(LETTER.data) - 1)
    with ThreadPoolExecutor(max_workers=1) as beside:
        with db() as session:
            add_file(session, cast.actor(session, "slp"), student.id, "First.txt", LETTER)
            second = beside.submit(add, db, cast, another, "supervisor")
            until_one_waits(engine)
        with pytest.raises(Invalid) as full:
            second.result()
    assert (full.value.fields, len(sealed())) == ({"file": FULL}, 1)


def test_what_cannot_be_kept_leaves_no_row(
    db: OpenDb, cast: Cast, student: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise Unavailable("The disk is full.")

    monkeypatch.setattr(SealedFiles, "write", full)
    with pytest.raises(Unavailable):
        add(db, cast, student)
    with pytest.raises(Invalid):
        with db() as session:
            add_file(session, cast.actor(session, "slp"), student.id, "x", ReadFile(problem="Not this one."))
    assert files(db, cast, student).lines == ()


def test_the_timeline_tells_of_files_that_are_there(db: OpenDb, cast: Cast, student: Student) -> None:
    def told(session: Session) -> list[tuple[str, str, str]]:
        page = open_student(session, cast.actor(session, "reader"), student.id, StudentChoice(StudentTab.TIMELINE))
        return [(one.words, one.more, one.href) for one in page.timeline if one.kind == "file"]

    file_id = add(db, cast, student)
    with db() as session:
        assert told(session) == [("File added by Slp", "Letter.txt", f"/students/{student.id}/?tab=files")]
    act(db, cast, remove_file, student, file_id, "slp")
    with db() as session:
        assert told(session) == []
