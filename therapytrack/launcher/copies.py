"""Copies of an installation on SQLite, made while people work, and put back: the database, and the students' files.
PostgreSQL's are made by `copies_postgresql`.

The database is copied first: a file is there before a row tells of it, and stays for a month after it was removed, so
every file that the copied rows name can still be copied. Files are sealed, and are copied as they are.
"""

import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import make_url

from therapytrack.launcher.progress import LaunchProblem
from therapytrack.settings import FILES_FOLDER, Settings

BESIDE = ("-wal", "-shm")
FILES_ENDING = ".files"
SEALED = "*.sealed"
NO_COPY = "{path} is no copy of a TherapyTrack database that can be read. Choose another one. Nothing was changed."
IN_USE = "The server is running. Stop it, then put the copy back. Nothing was changed."
NO_ROOM = "{folder} takes no copy ({why}). Is the disk full, and may this account write there? Nothing was changed."


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy: its database, how many files lie in the folder beside it, and how many the database names that were not
    there to be copied."""

    database: Path
    files: int
    missing: int


@dataclass(frozen=True, slots=True)
class Restored:
    """A copy that was put back: whether files came with it, how many of those that it names are not there, and where
    what was there before lies now."""

    with_files: bool
    missing: int
    replaced: Path | None


def backup(settings: Settings, target: Path | None = None) -> Copied:
    """Copy the database and the students' files while people work, whole or not at all.

    The files go into a folder named as the copy, ending in `.files`. Raises LaunchProblem when there is no database
    yet, and when the copy cannot be written.
    """
    source = _database_of(settings)
    if not source.exists():
        raise LaunchProblem(f"There is no database in {settings.data_dir} yet.")
    copy = target or settings.data_dir / "backups" / f"therapytrack-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.db"
    draft, files = new_of(copy), files_beside(copy)
    with whole_or_not(draft, new_of(files)):
        copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _copy_database(source, draft)
        count = copy_files(settings.data_dir / FILES_FOLDER, new_of(files))
        missing = _missing(draft, new_of(files))
        put(new_of(files), files)
        draft.replace(copy)
    return Copied(copy, count, missing)


def restore(settings: Settings, copy: Path) -> Restored:
    """Put a copy in the place of what is there, which is kept in a folder of its own. The server has to be stopped.

    A copy without files beside it (of a release that did not copy them) leaves the files that are there. Raises
    LaunchProblem for a running server, what is no copy, and without room; then nothing has changed.
    """
    place = _database_of(settings)
    if not _is_copy(copy) or copy.resolve() == place.resolve():
        raise LaunchProblem(NO_COPY.format(path=copy))
    if _is_in_use(place):
        raise LaunchProblem(IN_USE)
    files, folder = files_beside(copy), settings.data_dir / FILES_FOLDER
    with_files = files.is_dir()
    draft = new_of(place)
    with whole_or_not(draft, new_of(folder)):
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        _copy_database(copy, draft)
        if with_files:
            copy_files(files, new_of(folder))
    there = [place.with_name(place.name + ending) for ending in ("", *BESIDE)] + ([folder] if with_files else [])
    replaced = set_aside(settings, [one for one in there if one.exists()])
    if with_files:
        put(new_of(folder), folder)
    draft.replace(place)
    return Restored(with_files, _missing(place, folder), replaced)


def files_beside(copy: Path) -> Path:
    """The folder of the files that belong to a copy of the database."""
    return copy.with_name(copy.stem + FILES_ENDING)


@contextmanager
def whole_or_not(*drafts: Path) -> Iterator[None]:
    """Remove what was copied when it could not be copied whole. Raises LaunchProblem for a disk that takes nothing."""
    try:
        yield
    except BaseException as error:
        for one in drafts:
            shutil.rmtree(one, ignore_errors=True)
            with suppress(OSError):
                one.unlink()
        if not isinstance(error, OSError | sqlite3.Error):
            raise
        why = getattr(error, "strerror", None) or type(error).__name__
        raise LaunchProblem(NO_ROOM.format(folder=drafts[0].parent, why=why)) from error


def _database_of(settings: Settings) -> Path:
    return Path(make_url(settings.resolved_database_url).database or "")


def _copy_database(source: Path, target: Path) -> None:
    """SQLite's online backup, into one file that only this account may read and that needs no other beside it."""
    target.unlink(missing_ok=True)
    target.touch(mode=0o600)
    with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(target)) as there:
        here.backup(there)
        there.execute("PRAGMA journal_mode=DELETE")


def copy_files(source: Path, target: Path) -> int:
    """Every sealed file of every workspace, as it is, into a new folder; answers how many.

    What goes while it is copied is what the database has let go of long ago.
    """
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(mode=0o700)
    count = 0
    for path in sealed(source):
        (target / path.parent.name).mkdir(exist_ok=True, mode=0o700)
        try:
            shutil.copy2(path, target / path.parent.name / path.name)
        except FileNotFoundError:
            continue
        count += 1
    return count


def sealed(folder: Path) -> Iterator[Path]:
    """The sealed files below a folder; what is still being written begins with a dot and is none. Nor is what leads
    elsewhere: a copy that came from somebody else brings no file of this machine in, and no device without an end."""
    for path in sorted(folder.glob(f"*/{SEALED}")):
        leads_away = path.is_symlink() or path.parent.is_symlink()
        if path.is_file() and not leads_away and not path.name.startswith("."):
            yield path


def _missing(database: Path, folder: Path) -> int:
    """How many files that are there for people have no bytes in `folder`."""
    with closing(_looking(database)) as opened:
        tables = opened.execute("SELECT count(*) FROM sqlite_master WHERE name = 'attachment'").fetchone()
        if not tables[0]:  # of a release before files
            return 0
        rows = opened.execute("SELECT workspace_id, id FROM attachment WHERE removed_at IS NULL").fetchall()
    return count_missing(((str(workspace), str(one)) for workspace, one in rows), folder)


def count_missing(named: Iterable[tuple[str, str]], folder: Path) -> int:
    """How many of the files that a database names, (workspace, id) in 32 digits each, have no bytes in `folder`."""
    return len(set(named) - {(path.parent.name, path.name.partition("-")[0]) for path in sealed(folder)})


def _looking(path: Path) -> sqlite3.Connection:
    """A connection that changes nothing, and makes no file beside a copy."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True)


def _is_copy(path: Path) -> bool:
    """Whether this is a whole SQLite database of ours."""
    if not path.is_file():
        return False
    try:
        with closing(_looking(path)) as opened:
            opened.execute("SELECT version_num FROM alembic_version").fetchone()
            return bool(opened.execute("PRAGMA quick_check").fetchone() == ("ok",))
    except sqlite3.DatabaseError:
        return False


def _is_in_use(path: Path) -> bool:
    """Whether somebody else has the database open: only who is alone with it may change how it keeps its journal."""
    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(path, timeout=0)) as opened:
            opened.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.DatabaseError as error:
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    return False


def set_aside(settings: Settings, there: list[Path]) -> Path | None:
    """Move what is there into a folder of its own, None when there was nothing."""
    if not there:
        return None
    aside = settings.data_dir / f"replaced-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
    aside.mkdir(mode=0o700)
    for one in there:
        one.rename(aside / one.name)
    return aside


def new_of(place: Path) -> Path:
    """The name of what becomes `place` once it is whole."""
    return place.with_name(f".{place.name}.new")


def put(new: Path, place: Path) -> None:
    """Give a folder that is whole its name; the one that had it goes."""
    old = place.with_name(f".{place.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    new.rename(place)
    shutil.rmtree(old, ignore_errors=True)
