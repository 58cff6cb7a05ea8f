"""Bytes of files that nothing holds any more: found by what the database tells of each workspace, and removed.

It works before anybody is signed in and for nobody, so its functions take no actor.
"""

import asyncio
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlmodel import col

from therapytrack.db import transaction
from therapytrack.errors import TherapyTrackError
from therapytrack.models import Attachment, Student, Workspace, utc_now
from therapytrack.services.attachments import FOLDER, KEPT_REMOVED, still_there, store_of
from therapytrack.settings import get_settings

UNKNOWN_KEPT: Final = timedelta(hours=1)
"""How long bytes may lie there of which no row tells: those of an upload that is under way, or was cut off."""
SWEEP_SECONDS = 3600


async def remove_what_is_over() -> None:
    """Remove the bytes of files whose time is over, now and every hour, as long as the server runs."""
    while True:
        await asyncio.to_thread(sweep_files)
        await asyncio.sleep(SWEEP_SECONDS)


def sweep_files() -> int:
    """Remove the bytes of files that were removed long ago, and those of which no row tells; answers how many.

    A workspace that the database does not know keeps its files: the data directory may stand beside another database.
    """
    gone = 0
    for folder in sorted((get_settings().data_dir / FOLDER).glob("*")):
        try:
            gone += _sweep(UUID(hex=folder.name))
        except (ValueError, OSError, TherapyTrackError):  # no folder of ours, or what does not answer just now
            continue
    return gone


def _sweep(workspace_id: UUID) -> int:
    with transaction(workspace_id, write=False) as db:
        if db.execute(select(col(Workspace.id)).where(col(Workspace.id) == workspace_id)).first() is None:
            return 0
        on_hold = select(col(Student.id)).where(
            col(Student.workspace_id) == workspace_id, col(Student.on_hold).is_(True)
        )
        wanted = select(col(Attachment.id)).where(
            col(Attachment.workspace_id) == workspace_id,
            or_(still_there(utc_now() - KEPT_REMOVED - UNKNOWN_KEPT), col(Attachment.student_id).in_(on_hold)),
        )
        kept = {one.hex for one in db.execute(wanted).scalars()}
    return store_of(workspace_id).remove_old(UNKNOWN_KEPT, kept)
