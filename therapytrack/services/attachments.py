"""Files of a student: added by those who may edit, read by those who may view, and removed so that it can be undone.

What a file holds is sealed in the data directory, a folder for each workspace; the database has its name, its kind and
its hash. A file is found by its id and by the student for whom the right was just granted, never by its id alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, func, or_, select, update
from sqlmodel import Session, col

from therapytrack.access import ties
from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_student
from therapytrack.access.people import hold_people
from therapytrack.access.queries import run_plain
from therapytrack.access.refusals import refused
from therapytrack.access.seen import Seen
from therapytrack.access.slots import name_of
from therapytrack.adapters.sealed_files import SealedFiles
from therapytrack.domain.dates import long_date
from therapytrack.domain.file_names import KINDS, clean_name, size_words
from therapytrack.errors import Invalid, NotFound, NotPermitted, Unavailable
from therapytrack.models import Attachment, new_id, utc_now
from therapytrack.services.activity import only_reads, record
from therapytrack.services.file_reading import ReadFile
from therapytrack.settings import FILES_FOLDER, get_settings

FOLDER = FILES_FOLDER
NAME = "file"
LARGEST_FILE: Final = 25 * 1024 * 1024
QUOTA: Final = 2 * 1024 * 1024 * 1024
SHARE: Final = QUOTA // 2
"""What one person's files may take of it, those of the last 30 days that were removed among them."""
MOST_FILES: Final = 200
KEPT_REMOVED: Final = timedelta(days=30)
"""How long a file that was removed can be brought back; then its bytes go, unless the student's record is on hold."""
FULL = (
    "The files of this workspace fill the 2 GB that it has. Removing some that nobody needs makes room after 30 days; "
    "ask the owner."
)
SHARE_FULL = (
    "The files that you added fill the 1 GB that one person has of the workspace's 2 GB. Removing some that nobody "
    "needs makes room after 30 days; or let a colleague who may edit this student add it."
)
TOO_MANY = (
    f"A student has at most {MOST_FILES} files, those removed in the last 30 days among them. Join several in one PDF, "
    "or wait until removed ones are gone."
)
ON_HOLD = "A hold keeps this student's record, files included. The owner can release it."
LOST = "Add it again if you have it, or ask the operator for the backup."


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file as the list shows it; `removed`: until when it can be brought back, "" for one that is there."""

    id: str
    name: str
    kind: str
    size: str
    by: str
    day: str
    removed: str = ""


@dataclass(frozen=True, slots=True)
class FilesTab:
    """The files of a student, the newest first, removed ones last and for those alone who may bring them back.

    `why_not`: why the reader may not add or remove any, "" where she may.
    """

    lines: tuple[FileLine, ...] = ()
    may_add: bool = False
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file on its way out."""

    name: str
    media_type: str
    data: bytes


def list_files(db: Session, actor: Actor, seen: Seen) -> FilesTab:
    """The files of a student just granted. One statement."""
    may_add = seen.allows(Action.ATTACH)
    since = actor.at - KEPT_REMOVED
    rows = run_plain(db, actor, _of_student(), student_id=seen.student.id, since=since)
    lines = [one for one in (_line(row, actor) for row in rows) if may_add or not one.removed]
    lines.sort(key=lambda one: one.removed != "")
    return FilesTab(tuple(lines), may_add, seen.reason(Action.ATTACH))


def may_attach(db: Session, actor: Actor, student_id: UUID) -> None:
    """Whether the actor may add a file to the student now, and there is room, before any of it is read.

    Raises NotFound, NotPermitted, Invalid.
    """
    access_student(db, actor, student_id, Action.ATTACH)
    _require_room(db, actor, student_id, 0)


def add_file(db: Session, actor: Actor, student_id: UUID, given_name: str, file: ReadFile) -> UUID:
    """Keep a file that was read (`file_reading.read_file`); answers its id.

    Raises NotFound, NotPermitted, Invalid when it is none to keep or there is no room, Unavailable when the storage
    takes nothing.
    """
    hold_people(db, actor.workspace_id)  # files of one workspace are counted and kept in turns
    access_student(db, actor, student_id, Action.ATTACH)
    if file.problem:
        raise Invalid({"file": file.problem})
    _require_room(db, actor, student_id, len(file.data))
    made = Attachment(
        id=new_id(),
        workspace_id=actor.workspace_id,
        student_id=student_id,
        uploaded_by_id=actor.membership_id,
        name=clean_name(given_name, file.media_type),
        media_type=file.media_type,
        size=len(file.data),
        sha256=sha256(file.data).hexdigest(),
    )
    db.add(made)
    db.flush()
    record(db, actor, Action.ATTACH, student_id=student_id, record_kind="attachment", record_id=made.id)
    keep_bytes(made, file.data)
    return made.id


def keep_bytes(file: Attachment, data: bytes) -> None:
    """Seal what a file holds, for its workspace and its student alone. Raises Unavailable."""
    store_of(file.workspace_id).write(file.id, NAME, _owner(file), data)


@only_reads
def open_file(db: Session, actor: Actor, student_id: UUID, file_id: UUID) -> StoredFile:
    """A file of the student, for reading; logged before a byte of it leaves.

    Raises NotFound (also when it was removed), NotPermitted, Unavailable when its bytes are not there.
    """
    access_student(db, actor, student_id, Action.DOWNLOAD)
    file = _file(db, actor, student_id, file_id, Action.DOWNLOAD)
    if file.removed_at is not None:
        raise refused(NotFound(), Action.DOWNLOAD, "attachment", file_id)
    record(db, actor, Action.DOWNLOAD, student_id=student_id, record_kind="attachment", record_id=file_id)
    data = store_of(file.workspace_id).read(file.id, NAME, _owner(file))
    if sha256(data).hexdigest() != file.sha256:
        raise Unavailable(LOST)
    return StoredFile(file.name, file.media_type, data)


def remove_file(db: Session, actor: Actor, student_id: UUID, file_id: UUID) -> None:
    """Take a file away; it can be brought back for 30 days. Raises NotFound, NotPermitted (a hold keeps everything)."""
    student = access_student(db, actor, student_id, Action.ATTACH)
    file = _file(db, actor, student_id, file_id, Action.ATTACH)
    if file.removed_at is None:
        if student.on_hold:
            raise refused(NotPermitted(ON_HOLD), Action.ATTACH, "attachment", file_id)
        _mark(db, file, utc_now(), actor.membership_id)
        record(db, actor, "remove file", student_id=student_id, record_kind="attachment", record_id=file_id)


def restore_file(db: Session, actor: Actor, student_id: UUID, file_id: UUID) -> None:
    """Bring a removed file back. Raises NotFound (also when its time is over), NotPermitted."""
    access_student(db, actor, student_id, Action.ATTACH)
    file = _file(db, actor, student_id, file_id, Action.ATTACH)
    if file.removed_at is None:
        return
    if file.removed_at <= actor.at - KEPT_REMOVED:
        raise refused(NotFound(), Action.ATTACH, "attachment", file_id)
    _mark(db, file, None, None)
    record(db, actor, "bring file back", student_id=student_id, record_kind="attachment", record_id=file_id)


def still_there(since: Any) -> Any:
    """Files that were not removed, or after `since`."""
    return or_(col(Attachment.removed_at).is_(None), col(Attachment.removed_at) > since)


def _require_room(db: Session, actor: Actor, student_id: UUID, size: int) -> None:
    here = (col(Attachment.workspace_id) == actor.workspace_id, still_there(actor.at - KEPT_REMOVED))
    hers = col(Attachment.student_id) == student_id
    mine = col(Attachment.uploaded_by_id) == actor.membership_id
    sizes = func.sum(col(Attachment.size))
    sums = (func.coalesce(one, 0) for one in (sizes, sizes.filter(mine)))
    used, own, files = db.execute(select(*sums, func.count().filter(hers)).where(*here)).one()
    if used + size > QUOTA:
        raise Invalid({"file": FULL})
    if own + size > SHARE:
        raise Invalid({"file": SHARE_FULL})
    if files >= MOST_FILES:
        raise Invalid({"file": TOO_MANY})


def _file(db: Session, actor: Actor, student_id: UUID, file_id: UUID, action: Action) -> Attachment:
    """The file of that very student, who was just granted. Raises NotFound."""
    query = select(Attachment).where(
        col(Attachment.workspace_id) == actor.workspace_id,
        col(Attachment.student_id) == student_id,
        col(Attachment.id) == file_id,
    )
    file: Attachment | None = db.execute(query).scalar_one_or_none()
    if file is None:
        raise refused(NotFound(), action, "attachment", file_id)
    return file


def _mark(db: Session, file: Attachment, at: datetime | None, by: UUID | None) -> None:
    which = (col(Attachment.workspace_id) == file.workspace_id, col(Attachment.id) == file.id)
    db.execute(update(Attachment).where(*which).values(removed_at=at, removed_by_id=by))


@cache
def _of_student() -> Any:
    file: Any = Attachment
    return (
        select(
            file.id,
            file.name,
            file.media_type,
            file.size,
            file.created_at,
            file.removed_at,
            name_of(file.uploaded_by_id),
        )
        .where(col(file.workspace_id) == ties.WORKSPACE, col(file.student_id) == bindparam("student_id"))
        .where(still_there(bindparam("since")))
        .order_by(col(file.created_at).desc(), col(file.id).desc())
    )


def _line(row: Sequence[Any], actor: Actor) -> FileLine:
    key, name, media_type, size, created_at, removed_at, by = row
    day = long_date(created_at.astimezone(actor.zone).date())
    until = (removed_at + KEPT_REMOVED).astimezone(actor.zone).date() if removed_at else None
    goes = long_date(until) if until else ""
    return FileLine(str(key), name, KINDS[media_type], size_words(size), by or "", day, goes)


def store_of(workspace_id: UUID) -> SealedFiles:
    """The sealed files of one workspace."""
    return SealedFiles(get_settings(), f"{FOLDER}/{workspace_id.hex}", LOST)


def owner_of(workspace_id: UUID, student_id: UUID) -> str:
    """Whose a file is, as its seal says."""
    return f"{workspace_id}/{student_id}"


def _owner(file: Attachment) -> str:
    return owner_of(file.workspace_id, file.student_id)
