"""The keys of the students' files, wrapped under the secret in use, so that no file needs an earlier one any more.

The operator does it outside of the product, while the server runs or not: each file is replaced whole or stays as it
was, and a second time goes on where a first one was broken off.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.errors import Unavailable
from therapytrack.models import Attachment
from therapytrack.services.attachments import NAME, owner_of, store_of


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file that the database knows; `removed`: its bytes may be gone."""

    id: UUID
    workspace_id: UUID
    student_id: UUID
    removed: bool


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """How many files have a key under the secret in use now, by a change or before; and how many open with none."""

    anew: int
    before: int
    broken: int


def known_files(db: Session) -> list[KnownFile]:
    """Every file of every workspace, those that were removed too. One statement."""
    file: Any = Attachment
    columns = (col(file.id), col(file.workspace_id), col(file.student_id), col(file.removed_at).is_not(None))
    return [KnownFile(*row) for row in db.execute(select(*columns).order_by(col(file.workspace_id), col(file.id)))]


def rewrap_files(files: Iterable[KnownFile]) -> Rewrapped:
    """Wrap the keys of these files under the secret in use; one that is not there, or broken, holds up no other."""
    anew = before = broken = 0
    for one in files:
        try:
            changed = store_of(one.workspace_id).rewrap(one.id, NAME, owner_of(one.workspace_id, one.student_id))
        except Unavailable:
            broken += not (one.removed and not store_of(one.workspace_id).has(one.id, NAME))
            continue
        anew, before = anew + changed, before + (not changed)
    return Rewrapped(anew, before, broken)
