"""The arithmetic of the activity log's chain: what is hashed, in which form, under which key.

A row's hash is HMAC-SHA256 over all its columns, its place and the hash of the row before it; a head's seal is another,
under another key, over the place and hash where a chain ends. The hashed form never changes: what was written with it
has to be checked with it. Another form gets another version beside it.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

ROW_VERSION, HEAD_VERSION = b"therapytrack activity 1\n", b"therapytrack head 1\n"
# The columns that a row's hash covers, in the order in which it takes them.
COVERED = (
    "id", "created_at", "workspace_id", "account_id", "membership_id", "action", "outcome", "student_id", "record_kind",
    "record_id", "detail", "sequence", "key_id",
)  # fmt: skip
# The hash before the first row.
BEGINNING = ""


@dataclass(frozen=True, slots=True)
class AuditKey:
    """One secret's keys: `rows` and `heads` seal, `id` (16 hexadecimal digits) says which secret it was."""

    id: str
    rows: bytes
    heads: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ends; sequence 0 before its first row."""

    sequence: int
    hash: str
    key_id: str
    seal: str


def stored_form(value: Any) -> bytes | None:
    """A column's value as the bytes that are hashed: a UUID as 32 digits, a time in UTC to the microsecond, or text."""
    if value is None:
        return None
    if isinstance(value, UUID):
        return value.hex.encode()
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}".encode()
    return str(value).encode()


def row_hash(key: AuditKey, covered: Sequence[bytes | None], previous: str) -> str:
    """The hash of a row whose COVERED columns are `covered` and which follows the row with the hash `previous`."""
    return _digest(key.rows, ROW_VERSION, (*covered, previous.encode()))


def head_seal(key: AuditKey, chain: UUID, sequence: int, last_hash: str) -> str:
    """The seal of the head of `chain`."""
    parts = (chain.hex, str(sequence), last_hash, key.id)
    return _digest(key.heads, HEAD_VERSION, [part.encode() for part in parts])


def new_head(key: AuditKey, chain: UUID, sequence: int, last_hash: str) -> Head:
    """A sealed head."""
    return Head(sequence, last_hash, key.id, head_seal(key, chain, sequence, last_hash))


def is_ours(key: AuditKey, chain: UUID, head: Head) -> bool:
    """Whether `head` was sealed for `chain` with this key."""
    return hmac.compare_digest(head_seal(key, chain, head.sequence, head.hash).encode(), head.seal.encode())


def _digest(key: bytes, version: bytes, parts: Sequence[bytes | None]) -> str:
    """Each part with its length before it, so that no two lists of parts have the same bytes; ~ is no value."""
    framed = [b"~" if part is None else b"%d:%b" % (len(part), part) for part in parts]
    return hmac.digest(key, version + b"".join(framed), "sha256").hex()
