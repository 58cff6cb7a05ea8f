"""What is kept is asked of the disk, in the words of the system."""

import errno
import fcntl
import os
from pathlib import Path

import pytest

from therapytrack.adapters import on_disk

WHOLE = 51


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every request of a system that has one of its own, as macOS does."""
    seen: list[object] = []
    monkeypatch.setattr(fcntl, "F_FULLFSYNC", WHOLE, raising=False)
    monkeypatch.setattr(fcntl, "fcntl", lambda _, command: seen.append(command))
    monkeypatch.setattr(os, "fsync", lambda _: seen.append("fsync"))
    return seen


def test_the_drive_itself_is_asked(asked: list[object], tmp_path: Path) -> None:
    with (tmp_path / "file").open("wb") as file:
        on_disk.keep(file.fileno())
    assert asked == ["fsync", WHOLE]


def test_elsewhere_the_system_is_asked(asked: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(fcntl, "F_FULLFSYNC")
    with (tmp_path / "file").open("wb") as file:
        on_disk.keep(file.fileno())
    assert asked == ["fsync"]


@pytest.mark.parametrize(("number", "raised"), [(errno.ENOTSUP, False), (errno.EIO, True)])
def test_a_volume_that_does_not_know_the_request_is_no_failure(
    asked: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, raised: bool
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, "refused")

    monkeypatch.setattr(fcntl, "fcntl", refuse)
    failures: list[OSError] = []
    with (tmp_path / "file").open("wb") as file:
        try:
            on_disk.keep(file.fileno())
        except OSError as error:
            failures.append(error)
    assert bool(failures) == raised
    assert asked == ["fsync"]
