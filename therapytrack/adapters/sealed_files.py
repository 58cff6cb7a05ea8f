"""Files that may be found by nobody but this server: each is encrypted and bound to what it is, and does not stay long.

AES-256-GCM (NIST SP 800-38D) under a key of its own, made by HKDF from the installation's secret and the file's id; the
file's place and whom it belongs to are authenticated with it, so that a file under another name opens nowhere.
"""

import contextlib
import os
import time
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

from therapytrack.adapters.keys import hkdf, secrets_of
from therapytrack.errors import Unavailable
from therapytrack.settings import Settings

MAGIC = b"TTS1"
NONCE_BYTES = 12
ENDING = ".sealed"
NOT_KEPT = "The files could not be kept on this server: is its disk full? Nothing was printed. Tell the operator."
NOT_THERE = "These files are not on this server any more. Print them again."


class SealedFiles:
    """The sealed files of one folder of the data directory."""

    def __init__(self, settings: Settings, folder: str) -> None:
        self.folder = settings.data_dir / folder
        self._asked = (
            settings.secret_key.get_secret_value(),
            settings.old_secret_keys.get_secret_value(),
            settings.secret_file,
        )

    def write(self, file_id: UUID, name: str, owner: str, data: bytes) -> None:
        """Keep `data` as the file `name` of `file_id`, for `owner` alone. Raises Unavailable."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(NONCE_BYTES)
        key = _key(secrets_of(*self._asked)[0], file_id)
        sealed = MAGIC + nonce + AESGCM(key).encrypt(nonce, data, _bound(file_id, name, owner))
        path = self._path(file_id, name)
        draft = path.with_name(f".{uuid4().hex}{ENDING}")
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(sealed)
            draft.replace(path)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise Unavailable(NOT_KEPT) from error

    def read(self, file_id: UUID, name: str, owner: str) -> bytes:
        """What was kept under that name for that owner. Raises Unavailable when it is not there, or was changed."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            sealed = self._path(file_id, name).read_bytes()
        except OSError as error:
            raise Unavailable(NOT_THERE) from error
        start = len(MAGIC) + NONCE_BYTES
        for secret in secrets_of(*self._asked):
            with contextlib.suppress(InvalidTag, ValueError):
                return AESGCM(_key(secret, file_id)).decrypt(
                    sealed[len(MAGIC) : start], sealed[start:], _bound(file_id, name, owner)
                )
        raise Unavailable(NOT_THERE)

    def remove(self, file_id: UUID) -> None:
        """Remove the files of `file_id`."""
        for path in self.folder.glob(f"{file_id.hex}-*{ENDING}"):
            path.unlink(missing_ok=True)

    def remove_old(self, kept: timedelta) -> int:
        """Remove what was written longer than `kept` ago, drafts too; answers how many."""
        before = time.time() - kept.total_seconds()
        old = [path for path in self.folder.glob(f"*{ENDING}") if _written(path) < before]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _path(self, file_id: UUID, name: str) -> Path:
        return self.folder / f"{file_id.hex}-{name}{ENDING}"


def _key(secret: str, file_id: UUID) -> bytes:
    return hkdf(secret.encode(), b"therapytrack sealed file", 32, salt=file_id.bytes)


def _bound(file_id: UUID, name: str, owner: str) -> bytes:
    return "\n".join((file_id.hex, name, owner)).encode()


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return time.time()
