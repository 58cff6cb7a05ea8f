"""A copy holds what was committed and every file that it names, and puts back both; nothing is lost on the way."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest
from typer.testing import CliRunner

from tests import databases
from tests.factories import Cast, add_student, make_cast
from therapytrack import cli
from therapytrack.errors import Unavailable
from therapytrack.launcher import database
from therapytrack.launcher.copies import backup, files_beside, restore
from therapytrack.launcher.progress import LaunchProblem
from therapytrack.models import Student
from therapytrack.services.attachments import add_file, open_file, remove_file
from therapytrack.services.file_reading import ReadFile
from therapytrack.settings import FILES_FOLDER, get_settings


class Installed:
    """An installation on SQLite with a student and her file; the server's connections end with `stop`."""

    def __init__(self, tables: Path) -> None:
        self.settings = get_settings()
        database.prepare_folder(self.settings)
        shutil.copy(tables, self.settings.data_dir / "therapytrack.db")
        with databases.as_owner() as db:
            self.cast: Cast = make_cast(db)
            self.student: Student = add_student(db, self.cast)
        self.letter = self.add(b"Canary words")
        self.stop()

    def add(self, words: bytes) -> UUID:
        with databases.as_owner() as db:
            return add_file(db, self.cast.actor(db, "slp"), self.student.id, "Letter", ReadFile("text/plain", words))

    def read(self, file_id: UUID) -> bytes:
        with databases.as_owner() as db:
            found = open_file(db, self.cast.actor(db, "slp"), self.student.id, file_id).data
        self.stop()
        return found

    def remove(self, file_id: UUID) -> None:
        with databases.as_owner() as db:
            remove_file(db, self.cast.actor(db, "slp"), self.student.id, file_id)

    def stop(self) -> None:
        databases.forget_engines()


@pytest.fixture
def here(sqlite_url: str) -> Iterator[Installed]:
    made = Installed(Path(sqlite_url.removeprefix("sqlite:///")))
    yield made
    made.stop()


def test_a_copy_holds_the_rows_and_the_files_sealed_for_this_account_alone(here: Installed) -> None:
    here.remove(here.add(b"Removed words"))
    made = backup(here.settings)
    folder = files_beside(made.database)
    sealed = [path for path in folder.rglob("*") if path.is_file()]
    assert (made.files, made.missing, len(sealed)) == (2, 0, 2)
    assert not any(b"Canary" in path.read_bytes() for path in sealed)
    assert all(path.stat().st_mode & 0o077 == 0 for path in (made.database, folder, *folder.rglob("*")))
    with closing(sqlite3.connect(made.database)) as opened:
        assert opened.execute("SELECT count(*) FROM attachment").fetchone() == (2,)


def test_a_copy_puts_back_what_was_lost_and_keeps_what_was_there(here: Installed) -> None:
    made = backup(here.settings, here.settings.data_dir.parent / "far" / "copy.db")
    later = here.add(b"Later words")
    here.stop()
    shutil.rmtree(here.settings.data_dir / FILES_FOLDER)
    done = restore(here.settings, made.database)
    assert (done.with_files, done.missing) == (True, 0)
    assert here.read(here.letter) == b"Canary words"
    with pytest.raises(Exception, match="could not find"):
        here.read(later)
    here.stop()
    assert done.replaced
    assert (done.replaced / "therapytrack.db").is_file()
    assert backup(here.settings, made.database).files == 1, "the same name again holds the newest copy"
    assert sorted(path.name for path in made.database.parent.iterdir()) == ["copy.db", "copy.files"]


def test_files_that_were_there_are_kept_beside_the_old_database(here: Installed) -> None:
    made = backup(here.settings)
    here.add(b"Later words")
    here.stop()
    done = restore(here.settings, made.database)
    assert done.replaced
    assert len([*(done.replaced / FILES_FOLDER).rglob("*.sealed")]) == 2
    assert len([*(here.settings.data_dir / FILES_FOLDER).rglob("*.sealed")]) == 1


def test_a_copy_without_files_leaves_those_that_are_there(here: Installed) -> None:
    made = backup(here.settings)
    shutil.rmtree(files_beside(made.database))
    done = restore(here.settings, made.database)
    assert (done.with_files, done.missing) == (False, 0)
    assert here.read(here.letter) == b"Canary words"


def test_a_file_that_is_missing_is_told_when_copied_and_when_put_back(
    here: Installed,
) -> None:
    (sealed,) = (here.settings.data_dir / FILES_FOLDER).rglob("*.sealed")
    sealed.unlink()
    copy = here.settings.data_dir / "copy.db"
    for asked in (["backup", "--to", str(copy)], ["restore", str(copy)]):
        told = CliRunner().invoke(cli.app, asked)
        assert (told.exit_code, "files of students that are not there: 1" in told.output) == (1, True)
    with pytest.raises(Unavailable):
        here.read(here.letter)


def test_a_copy_brings_in_nothing_that_leads_out_of_it(here: Installed, tmp_path: Path) -> None:
    made = backup(here.settings)
    folder, secret = files_beside(made.database), tmp_path / "elsewhere"
    secret.mkdir()
    (secret / "key.sealed").write_bytes(b"Of this machine")
    own = next(one for one in folder.iterdir() if one.is_dir())
    (own / "one.sealed").symlink_to(secret / "key.sealed")
    (own / "endless.sealed").symlink_to("/dev/zero")
    (own / "folder.sealed").mkdir()
    (folder / "led").symlink_to(secret)
    assert restore(here.settings, made.database).missing == 0
    there = [path for path in (here.settings.data_dir / FILES_FOLDER).rglob("*") if not path.is_dir()]
    assert [path.read_bytes() == b"Of this machine" for path in there] == [False]
    assert here.read(here.letter) == b"Canary words"


def test_nothing_is_put_back_while_the_server_runs(here: Installed) -> None:
    made = backup(here.settings)
    place = here.settings.data_dir / "therapytrack.db"
    with closing(sqlite3.connect(place)) as server:
        server.execute("SELECT count(*) FROM student").fetchone()
        with pytest.raises(LaunchProblem, match="Stop it"):
            restore(here.settings, made.database)
    assert restore(here.settings, made.database).replaced


@pytest.mark.parametrize("what", ["nothing", "words", "another", "itself"])
def test_what_is_no_copy_is_not_put_back(here: Installed, tmp_path: Path, what: str) -> None:
    path = tmp_path / f"{what}.db"
    if what == "words":
        path.write_bytes(b"no database " * 999)
    elif what == "another":
        with closing(sqlite3.connect(path)) as opened:
            opened.execute("CREATE TABLE other (id)")
    elif what == "itself":
        path = here.settings.data_dir / "therapytrack.db"
    with pytest.raises(LaunchProblem, match="is no copy"):
        restore(here.settings, path)
    assert here.read(here.letter) == b"Canary words"


def test_a_disk_that_is_full_leaves_no_half_copy_and_the_one_before(
    here: Installed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = backup(here.settings, tmp_path / "copy.db")
    before = made.database.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copy2", full)
    for act in (lambda: backup(here.settings, made.database), lambda: restore(here.settings, made.database)):
        with pytest.raises(LaunchProblem, match="No space left"):
            act()
    monkeypatch.undo()
    assert made.database.read_bytes() == before
    assert len([*files_beside(made.database).rglob("*.sealed")]) == 1
    assert [*tmp_path.glob(".*")] == [*here.settings.data_dir.glob(".*.new")] == []
