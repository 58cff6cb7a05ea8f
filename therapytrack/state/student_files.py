"""The files of a student on her page: remove one, and bring it back. They are added and fetched by plain HTTP."""

from uuid import UUID

import reflex as rx

from therapytrack.access.actions import Action
from therapytrack.services.attachments import FilesTab, remove_file, restore_file
from therapytrack.state.address import as_id
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import requires


class StudentFiles(SignedInState, mixin=True):
    """`files`: those of the student, while their tab is open."""

    files: FilesTab = FilesTab()
    _student_id: UUID = UUID(int=0)

    @rx.event
    @requires(Action.ATTACH)
    async def remove_file(self, file: str) -> None:
        """Take a file away; its line stays, with Undo."""
        await self._try(remove_file, self._student_id, as_id(file))
        await self._load()

    @rx.event
    @requires(Action.ATTACH)
    async def restore_file(self, file: str) -> None:
        """Bring a removed file back."""
        await self._try(restore_file, self._student_id, as_id(file))
        await self._load()

    async def _load(self, done: str = "") -> None:
        raise NotImplementedError
