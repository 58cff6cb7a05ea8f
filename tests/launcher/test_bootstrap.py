"""The first step of a first start: what it says when something is missing."""

import subprocess
import sys
import venv
from pathlib import Path
from types import SimpleNamespace

import pytest

from therapytrack.launcher import bootstrap
from therapytrack.settings import PROJECT_ROOT


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "LOG", tmp_path / "packages.log")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    return tmp_path


def test_without_a_venv_module_it_names_the_package_to_install(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    assert bootstrap.main("runtime") == 1
    assert "python3-venv" in capsys.readouterr().err


def test_a_full_disk_is_noticed_before_anything_is_fetched(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _path: SimpleNamespace(free=10_000))
    assert bootstrap.main("runtime") == 1
    assert "disk is too full" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("version", "machine", "refused"),
    [
        ("15.0", "arm64", False),
        ("26.1.1", "arm64", False),
        ("10.16", "arm64", False),
        ("14.7.1", "arm64", True),
        ("26.0", "x86_64", True),
        ("", "x86_64", False),
    ],
)
def test_a_mac_that_the_packages_are_not_made_for_is_told_so_before_anything_is_fetched(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch, version: str, machine: str, refused: bool
) -> None:
    monkeypatch.setattr("platform.mac_ver", lambda: (version, ("", "", ""), machine))
    monkeypatch.setattr("platform.machine", lambda: machine)
    monkeypatch.setattr("shutil.disk_usage", lambda _path: SimpleNamespace(free=10_000))
    with pytest.raises(bootstrap.SetupProblem) as told:
        bootstrap.make_venv()
    assert ("Apple silicon" in str(told.value)) == refused
    assert not (nowhere / ".venv").exists()


def test_the_environment_is_linked_to_the_python_that_made_it(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create = venv.create
    monkeypatch.setattr("venv.create", lambda path, **options: create(path, **{**options, "with_pip": False}))
    monkeypatch.setattr("shutil.disk_usage", lambda _path: SimpleNamespace(free=10**12))
    bootstrap.make_venv()
    assert bootstrap.venv_python().is_symlink()


@pytest.mark.parametrize(
    ("log", "part"),
    [
        ("NewConnectionError('<pip...>: Failed to establish a new connection')", "first start needs the network"),
        ("ERROR: [Errno 28] No space left on device", "disk is too full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "DO NOT MATCH THE HASHES"),
    ],
)
def test_a_failed_installation_is_explained(nowhere: Path, log: str, part: str) -> None:
    assert part in bootstrap.explain(log)


def test_nothing_is_installed_again_while_the_lock_stays_the_same(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commands: list[list[str]] = []
    (nowhere / ".venv").mkdir()

    def record(command: list[str], still: str) -> int:
        commands.append(command)
        return 0

    monkeypatch.setattr(bootstrap, "works", lambda _python: True)
    monkeypatch.setattr(bootstrap, "run_logged", record)
    assert [bootstrap.main("dev"), bootstrap.main("dev"), bootstrap.main("runtime")] == [0, 0, 0]
    assert len(commands) == 1
    assert "--require-hashes" in commands[0]
    assert capsys.readouterr().out.count("Installing packages") == 1


def test_no_two_files_of_a_checkout_differ_by_capitals_alone() -> None:
    folders = ("alembic", "docs", "tests", "therapytrack")
    paths = [path for folder in folders for path in (PROJECT_ROOT / folder).rglob("*") if path.suffix != ".pyc"]
    assert len(paths) == len({path.as_posix().casefold() for path in paths})
    assert all(path.name.isascii() for path in paths)


@pytest.mark.parametrize("target", ["run", "test", "check"])
def test_make_says_which_python_is_needed_when_there_is_none(target: str, tmp_path: Path) -> None:
    for tool in ("sh", "make", "sed"):
        found = subprocess.run(
            ["/usr/bin/env", "which", tool], capture_output=True, text=True, check=True
        ).stdout.strip()
        (tmp_path / tool).symlink_to(found)
    done = subprocess.run(
        [str(tmp_path / "make"), target],
        cwd=PROJECT_ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "needs Python 3.11, 3.12 or 3.13" in done.stderr
