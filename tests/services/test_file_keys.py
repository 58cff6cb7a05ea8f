"""After the keys were renewed no file needs an earlier secret, and a file that is broken holds up no other."""

from pathlib import Path
from uuid import UUID

import pytest
from typer.testing import CliRunner

from tests.conftest import OpenDb
from tests.factories import Cast, add_student, make_cast
from therapytrack import cli
from therapytrack.adapters.sealed_files import SealedFiles
from therapytrack.errors import Unavailable
from therapytrack.services.attachments import FOLDER, add_file, open_file, remove_file
from therapytrack.services.file_keys import known_files, rewrap_files
from therapytrack.services.file_reading import ReadFile
from therapytrack.settings import get_settings

FIRST, SECOND = "a" * 40, "b" * 40


class World:
    def __init__(self, db: OpenDb, monkeypatch: pytest.MonkeyPatch) -> None:
        self.db, self.patch = db, monkeypatch
        self.use(FIRST)
        with db() as session:
            self.cast: Cast = make_cast(session)
            self.student_id: UUID = add_student(session, self.cast).id

    def use(self, secret: str, *old: str) -> None:
        self.patch.setenv("THERAPYTRACK_SECRET_KEY", secret)
        self.patch.setenv("THERAPYTRACK_OLD_SECRET_KEYS", ",".join(old))
        get_settings.cache_clear()

    def add(self, words: bytes) -> UUID:
        with self.db() as session:
            actor = self.cast.actor(session, "slp")
            return add_file(session, actor, self.student_id, "Letter", ReadFile("text/plain", words))

    def read(self, file_id: UUID) -> bytes:
        with self.db() as session:
            return open_file(session, self.cast.actor(session, "slp"), self.student_id, file_id).data

    def rewrap(self) -> tuple[int, int, int]:
        with self.db() as session:
            known = known_files(session)
        done = rewrap_files(known)
        return done.anew, done.before, done.broken

    def path(self, file_id: UUID) -> Path:
        (found,) = (get_settings().data_dir / FOLDER).rglob(f"{file_id.hex}*")
        return found


@pytest.fixture
def world(db: OpenDb, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(db, monkeypatch)


def test_the_old_secret_can_go_afterwards(world: World) -> None:
    one = world.add(b"one")
    world.use(SECOND, FIRST)
    two = world.add(b"two")
    assert world.rewrap() == (1, 1, 0)
    assert world.rewrap() == (0, 2, 0)
    world.use(SECOND)
    assert (world.read(one), world.read(two)) == (b"one", b"two")
    assert [path.name for path in world.path(one).parent.glob(".*")] == []
    assert world.path(one).stat().st_mode & 0o077 == 0


def test_without_the_old_secret_nothing_is_renewed_and_nothing_is_lost(world: World) -> None:
    one = world.add(b"one")
    world.use(SECOND)
    told = CliRunner().invoke(cli.app, ["files", "rewrap"])
    assert (told.exit_code, "open with no secret that is set: 1" in told.output) == (1, True)
    world.use(SECOND, FIRST)
    assert world.read(one) == b"one"
    assert CliRunner().invoke(cli.app, ["files", "rewrap"]).exit_code == 0


def test_a_broken_file_and_one_whose_time_is_over_hold_up_no_other(world: World) -> None:
    broken, gone, swept, whole = (world.add(words) for words in (b"broken", b"gone", b"swept", b"whole"))
    with world.db() as session:
        remove_file(session, world.cast.actor(session, "slp"), world.student_id, swept)
    world.path(broken).write_bytes(b"half")
    world.path(gone).unlink()
    world.path(swept).unlink()
    world.use(SECOND, FIRST)
    assert world.rewrap() == (1, 0, 2)
    assert world.read(whole) == b"whole"


def test_a_file_in_the_place_of_another_is_not_made_that_others(world: World) -> None:
    one, two = world.add(b"one"), world.add(b"two")
    world.path(one).write_bytes(world.path(two).read_bytes())
    world.use(SECOND, FIRST)
    assert world.rewrap() == (1, 0, 1)
    with pytest.raises(Unavailable):
        world.read(one)


def test_broken_off_it_leaves_each_file_whole_and_goes_on(world: World) -> None:
    files = [world.add(b"one"), world.add(b"two")]
    world.use(SECOND, FIRST)
    renewed = SealedFiles.rewrap
    with pytest.MonkeyPatch.context() as patched:
        calls: list[UUID] = []

        def stopped(store: SealedFiles, file_id: UUID, name: str, owner: str) -> bool:
            if calls:
                raise KeyboardInterrupt
            calls.append(file_id)
            return renewed(store, file_id, name, owner)

        patched.setattr(SealedFiles, "rewrap", stopped)
        with pytest.raises(KeyboardInterrupt):
            world.rewrap()
    assert [world.read(one) for one in files] == [b"one", b"two"]
    assert world.rewrap() == (1, 1, 0)
