"""Files that can be read by nobody but this server: sealed (`adapters.sealing`) and bound to what and whose they are.

A file under another name, of another owner or in another folder opens nowhere.
"""

import os
import time
from collections.abc import Container
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

from therapytrack.adapters import on_disk
from therapytrack.adapters.keys import secrets_of
from therapytrack.adapters.sealing import HEAD_BYTES, Broken, rewrap, seal, unseal
from therapytrack.errors import Unavailable
from therapytrack.settings import Settings

ENDING = ".sealed"
NOT_KEPT = "This could not be kept on this server: is its disk full? Nothing was saved. Tell the operator."
NOT_THERE = "This is not on this server any more, or was changed there."


class SealedFiles:
    """The sealed files of one folder of the data directory. `lost`: what people may do about a file that is gone."""

    def __init__(self, settings: Settings, folder: str, lost: str = "") -> None:
        self.folder = settings.data_dir / folder
        self._lost = f"{NOT_THERE} {lost}".rstrip()
        self._asked = (
            settings.secret_key.get_secret_value(),
            settings.old_secret_keys.get_secret_value(),
            settings.secret_file,
        )

    def write(self, file_id: UUID, name: str, owner: str, data: bytes) -> None:
        """Keep `data` as the file `name` of `file_id`, for `owner` alone: whole or not at all. Raises Unavailable."""
        sealed = seal(secrets_of(*self._asked)[0], _bound(file_id, name, owner), data)
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _replace(self._path(file_id, name), sealed)
        except OSError as error:
            raise Unavailable(NOT_KEPT) from error

    def read(self, file_id: UUID, name: str, owner: str) -> bytes:
        """What was kept under that name for that owner. Raises Unavailable when it is not there, or was changed."""
        try:
            sealed = self._path(file_id, name).read_bytes()
            return unseal(secrets_of(*self._asked), _bound(file_id, name, owner), sealed)
        except (OSError, Broken) as error:
            raise Unavailable(self._lost) from error

    def rewrap(self, file_id: UUID, name: str, owner: str) -> bool:
        """Wrap the key of a file under the secret in use; whether it was under an earlier one.

        What the file holds is not opened. Raises Unavailable when it is not there, opens with no known secret, or
        cannot be written; then it stays as it was.
        """
        path = self._path(file_id, name)
        try:
            with path.open("rb") as file:
                head = file.read(HEAD_BYTES)
                anew = rewrap(secrets_of(*self._asked), _bound(file_id, name, owner), head)
                if anew == head:
                    return False
                _replace(path, anew + file.read())
        except (OSError, Broken) as error:
            raise Unavailable(self._lost) from error
        return True

    def has(self, file_id: UUID, name: str) -> bool:
        """Whether there are bytes under that name, whatever they are."""
        return self._path(file_id, name).exists()

    def remove(self, file_id: UUID) -> None:
        """Remove the files of `file_id`."""
        for path in self.folder.glob(f"{file_id.hex}-*{ENDING}"):
            path.unlink(missing_ok=True)

    def remove_old(self, kept: timedelta, wanted: Container[str] = ()) -> int:
        """Remove what was written longer than `kept` ago, drafts too, but what is of the ids `wanted` (as hexadecimal
        digits); answers how many."""
        before = time.time() - kept.total_seconds()
        old = [
            path for path in self.folder.glob(f"*{ENDING}") if _written(path) < before and _id_of(path) not in wanted
        ]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _path(self, file_id: UUID, name: str) -> Path:
        return self.folder / f"{file_id.hex}-{name}{ENDING}"


def _replace(path: Path, sealed: bytes) -> None:
    """Write a file whole, or leave what is there. Raises OSError."""
    draft = path.with_name(f".{uuid4().hex}{ENDING}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(sealed)
            file.flush()
            on_disk.keep(file.fileno())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def _id_of(path: Path) -> str:
    return path.name.partition("-")[0]


def _bound(file_id: UUID, name: str, owner: str) -> bytes:
    return "\n".join((owner, file_id.hex, name)).encode()


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return time.time()
