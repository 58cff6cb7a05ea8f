"""Secrets of this installation: from the environment, else from a file beside the data; never from the database.

Whoever can write to the database cannot make the log's hashes without them, so copies of the two are kept apart.
"""

import contextlib
import hmac
import os
import secrets
from functools import cache
from pathlib import Path
from uuid import uuid4

from therapytrack.adapters import on_disk
from therapytrack.domain.audit_chain import AuditKey
from therapytrack.errors import Unavailable

SECRET_BYTES = 32
UNREADABLE = "Not saved: this installation cannot read its secret key. Tell the operator; `doctor` says what to do."


@cache
def audit_keys(secret: str, old_secrets: str, file: Path) -> dict[str, AuditKey]:
    """The log's keys by their ids; the first one seals, the others are only known.

    `secret` is the one in use, `old_secrets` earlier ones separated by commas. Without `secret` the one in `file` is
    used, and made when it is missing; with it, a file that is there still counts as an old one. Raises Unavailable when
    the file cannot be read or made.
    """
    if not secret and not file.exists():
        make_secret(file)
    return known_audit_keys(secret, old_secrets, file)


def known_audit_keys(secret: str, old_secrets: str, file: Path) -> dict[str, AuditKey]:
    """The same keys for looking only: nothing is made, and where there is no secret there is no key."""
    keys = [audit_key(one) for one in _known(secret, old_secrets, file)]
    return {key.id: key for key in keys}


def secrets_of(secret: str, old_secrets: str, file: Path) -> list[str]:
    """The installation's secrets, the one in use first; made where there is none. Raises Unavailable."""
    if not secret and not file.exists():
        make_secret(file)
    return _known(secret, old_secrets, file)


def _known(secret: str, old_secrets: str, file: Path) -> list[str]:
    in_file = secret_in(file) if file.exists() else ""
    first = [secret, in_file] if secret else [in_file]
    return [one for one in (*first, *(one.strip() for one in old_secrets.split(","))) if one]


def audit_key(secret: str) -> AuditKey:
    """The keys that one secret gives."""
    return AuditKey(_derived(secret, "id", 8).hex(), _derived(secret, "rows"), _derived(secret, "heads"))


def secret_in(path: Path) -> str:
    """The secret in the file. Raises Unavailable when it cannot be read, or is none."""
    try:
        secret = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise Unavailable(UNREADABLE) from error
    if not secret:
        raise Unavailable(UNREADABLE)
    return secret


def make_secret(path: Path) -> None:
    """Write a new secret that only this account may read, whole under its name; whoever was first has made it.

    Raises Unavailable when the folder takes no file.
    """
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(SECRET_BYTES) + "\n")
            file.flush()
            on_disk.keep(file.fileno())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    except OSError as error:
        raise Unavailable(UNREADABLE) from error


def _derived(secret: str, purpose: str, length: int = 32) -> bytes:
    return hkdf(secret.encode(), f"therapytrack audit {purpose}".encode(), length)


def hkdf(secret: bytes, purpose: bytes, length: int, salt: bytes = bytes(32)) -> bytes:
    """HKDF-SHA256 (RFC 5869) for keys of at most 32 bytes: one step of expansion."""
    if not 0 < length <= 32:
        raise ValueError("one step gives 1 to 32 bytes")
    return hmac.digest(hmac.digest(salt, secret, "sha256"), purpose + b"\x01", "sha256")[:length]
