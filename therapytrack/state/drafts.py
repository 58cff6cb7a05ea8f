"""The draft page: the words come in, stand beside their sources, and are changed, accepted or thrown away."""

import asyncio
from contextlib import suppress
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import reflex as rx
from reflex.event import EventSpec

from therapytrack.access.actions import Action
from therapytrack.domain.dates import clock_time
from therapytrack.domain.drafting import prompt_of
from therapytrack.errors import Conflict, NotFound, TherapyTrackError
from therapytrack.services.draft_review import (
    ReadDraft,
    SavedDraft,
    accept_draft,
    discard_draft,
    draft_status,
    read_draft,
    save_draft_text,
)
from therapytrack.services.drafts import begin_writing, cancel_draft, fail_draft, store_draft
from therapytrack.state.address import id_after
from therapytrack.state.base import SignedInState
from therapytrack.state.draft_views import DraftHead, SentenceView, head_of, in_batches, sentence_view
from therapytrack.state.guard import current_actor, requires
from therapytrack.state.still_open import whole

BATCH_SECONDS = 0.15
LOOK_SECONDS = 1.0
NO_ID = UUID(int=0)
INTERRUPTED = "The writing was interrupted. Nothing was stored."


class DraftState(SignedInState):
    """One draft; `status` follows the stored one, `shown` is the unchecked text while it comes in."""

    head: DraftHead = DraftHead()
    status: str = ""
    sentences: list[SentenceView] = []
    checks: list[str] = []
    payload: str = ""
    shown: str = ""
    text: str = ""
    editor_key: str = ""
    saved: str = ""
    theirs: str = ""
    _draft_id: UUID = NO_ID
    _version: int = 0
    _stopped_id: UUID = NO_ID

    @rx.event
    @requires(Action.VIEW_PROGRESS)
    async def enter(self) -> Any:
        """Open the draft of the address; a plain draft that waits is written at once, as nothing leaves."""
        await self._enter()
        self._forget_draft()
        try:
            self._draft_id = id_after(self.router.url.path, "drafts")
        except NotFound as error:
            self._show(error)
            return None
        await self._load()
        if (kept := self._kept()).get("editor"):
            self.editor_key, self._version = kept["editor"], whole(kept.get("version", ""))
            self._keep_open(**kept)
        if self.status == "writing":
            return DraftState.follow
        waits = self.status == "prepared" and self.head.may_change and not self.head.asks_ai
        return State.write(True) if waits else None

    @rx.event(background=True)
    @requires(Action.VIEW_PROGRESS)
    async def follow(self) -> None:
        """While another page writes this draft, look every second; ends when it is written or this page is left."""
        draft_id = self._draft_id
        while self.status == "writing" and self._draft_id == draft_id:
            await asyncio.sleep(LOOK_SECONDS)
            now = await self._ask(draft_status, draft_id)
            async with self:
                if self._draft_id == draft_id and now != "writing":
                    await self._load()

    @rx.event
    @requires(Action.VIEW_PROGRESS)
    async def reload(self) -> None:
        """Show what is stored now."""
        await self._load()

    @rx.event(background=True)
    @requires(Action.GENERATE_NOTE)
    async def write(self, plain: bool = False) -> Any:
        """Write the draft and show it as it comes; `plain` asks no AI service. It is checked before it is kept."""
        async with self:
            draft_id, before = self._draft_id, self.status
            self._stopped_id, self.shown, self.status = NO_ID, "", "writing"
            self._clear_messages()
        try:
            await self._write(draft_id, plain)
        except TherapyTrackError as error:
            async with self:
                self.status = before
                self._show(error)
            return DraftState.reload_quietly
        return DraftState.reload

    @rx.event
    @requires(Action.VIEW_PROGRESS)
    async def reload_quietly(self) -> None:
        """Show what is stored now, and keep the message that says what went wrong."""
        said, missing = self.problem, self.missing
        await self._load()
        self.problem, self.missing = said or self.problem, missing or self.missing

    @rx.event
    @requires(Action.VIEW_PROGRESS)
    async def stop(self) -> None:
        """Stop the writing; nothing of it is kept."""
        self._stopped_id = self._draft_id
        await self._try(cancel_draft, self._draft_id)

    @rx.event
    @requires(Action.GENERATE_NOTE)
    async def save(self, text: str) -> None:
        """Save what was typed; when another tab saved first, both texts are shown and none is lost."""
        try:
            done = await self._ask(save_draft_text, self._draft_id, text, self._version)
        except Conflict as conflict:
            self.theirs, self._version, self.text = conflict.theirs, conflict.version, text
            self._keep_open(version=str(self._version))
            self.problem, self.saved = conflict.sentence, "Not saved"
        except TherapyTrackError as error:
            self.saved = "Not saved"
            self._show(error)
        else:
            self._note_saved(done)

    @rx.event
    @requires(Action.GENERATE_NOTE)
    async def keep_mine(self) -> None:
        """After a conflict: store this page's text over the other one."""
        if done := await self._try(save_draft_text, self._draft_id, self.text, self._version):
            self._note_saved(done)

    @rx.event
    @requires(Action.VIEW_PROGRESS)
    async def take_theirs(self) -> None:
        """After a conflict: go on with the stored text."""
        await self._load()

    @rx.event
    @requires(Action.GENERATE_NOTE)
    async def accept(self) -> None:
        """Mark the text as read and mine; nothing is signed or sent."""
        if await self._try(accept_draft, self._draft_id, self._version):
            await self._load()

    @rx.event
    @requires(Action.VIEW_PROGRESS)
    async def discard(self) -> EventSpec | None:
        """Throw the draft away and go back to the student."""
        self._clear_messages()
        try:
            await self._ask(discard_draft, self._draft_id)
        except TherapyTrackError as error:
            self._show(error)
            return None
        return rx.redirect(self.head.student_href)

    async def _write(self, draft_id: UUID, plain: bool) -> None:
        job = await self._ask(begin_writing, draft_id, plain=plain)
        if job is None:
            return
        cancel, text = asyncio.Event(), ""
        try:
            async for batch in in_batches(job.pieces(cancel), BATCH_SECONDS):
                text += batch
                async with self:
                    if self._draft_id == draft_id:
                        self.shown = job.preview(text)
                    if self._stopped_id == draft_id:
                        cancel.set()
            await self._ask(store_draft, draft_id, job.attempt, text)
        except TherapyTrackError as error:
            with suppress(TherapyTrackError):
                await self._ask(fail_draft, draft_id, job.attempt, error.sentence)
            raise

    def _forget_draft(self) -> None:
        self.head, self.status, self.sentences, self.checks = DraftHead(), "", [], []
        self.payload = self.shown = self.text = self.saved = self.theirs = ""
        self._draft_id, self._version = NO_ID, 0

    async def _load(self) -> None:
        if found := await self._try(read_draft, self._draft_id):
            self._fill(found)
        self.ready = True

    def _fill(self, found: ReadDraft) -> None:
        draft = found.draft
        self.head = head_of(found)
        self.status = "interrupted" if found.interrupted else draft.status
        self.problem = INTERRUPTED if found.interrupted else draft.problem
        self.sentences = [sentence_view(one, self.head.student_href) for one in found.sentences]
        self.payload = "\n\n".join(prompt_of(draft.payload)) if draft.payload else ""
        self.text, self._version, self.theirs = draft.text, draft.version, ""
        self.editor_key = f"{draft.id}-{draft.version}"
        self._keep_open(editor=self.editor_key if draft.text else "", version=str(draft.version))
        self._check(found.foreign, found.unsigned)

    def _check(self, foreign: tuple[str, ...], unsigned: int) -> None:
        said = [f"The number {number} is not in the documented data." for number in foreign]
        said += [one.warning for one in self.sentences if one.warning]
        if unsigned:
            said.append(f"{unsigned} of the sessions used here have a note that is not signed yet.")
        self.checks = list(dict.fromkeys(said))

    def _note_saved(self, done: SavedDraft) -> None:
        actor = current_actor.get()
        zone = ZoneInfo(actor.time_zone if actor else "UTC")
        self._version, self.status, self.theirs, self.problem = done.version, done.status, "", ""
        self._keep_open(version=str(done.version))
        self.saved = f"Saved {clock_time(done.at.astimezone(zone))}"
        kept = [said for said in self.checks if not said.startswith("The number ")]
        self.checks = [f"The number {number} is not in the documented data." for number in done.foreign] + kept


State: Any = DraftState
