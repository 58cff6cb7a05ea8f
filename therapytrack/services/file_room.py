"""How much of the workspace's room its files take, and whose they are: for the office alone."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_workspace
from therapytrack.access.slots import name_of
from therapytrack.domain.file_names import size_words
from therapytrack.domain.names import folded
from therapytrack.models import Attachment
from therapytrack.services.activity import only_reads, record
from therapytrack.services.attachments import KEPT_REMOVED, QUOTA, SHARE, still_there


@dataclass(frozen=True, slots=True)
class Room:
    """`used` in one sentence, and by whom the files were added: (name, how many and how large), the largest first."""

    used: str
    people: tuple[tuple[str, str], ...]


@only_reads
def see_room(db: Session, actor: Actor) -> Room:
    """The files of the actor's workspace, those removed within 30 days among them. Two statements and the log's row.

    Raises NotPermitted.
    """
    access_workspace(db, actor, Action.VIEW_SETTINGS)
    size, file = func.sum(col(Attachment.size)), col(Attachment.uploaded_by_id)
    query = (
        select(func.max(name_of(file)), size, func.count())
        .where(col(Attachment.workspace_id) == actor.workspace_id, still_there(actor.at - KEPT_REMOVED))
        .group_by(file)
    )
    rows = sorted(db.execute(query), key=lambda row: (-row[1], folded(row[0] or "")))
    record(db, actor, Action.VIEW_SETTINGS, record_kind="files", people=len(rows))
    taken = size_words(sum(row[1] for row in rows)) if rows else "Nothing"
    used = f"{taken} of {size_words(QUOTA)} is used. One person's files may take {size_words(SHARE)} of it."
    return Room(used, tuple((name or "A former member", _words(files, size)) for name, size, files in rows))


def _words(files: int, size: int) -> str:
    return f"{files:,} file{'s' * (files != 1)}, {size_words(size)}"
