"""The notes page, for all of a person's notes and for those of one session: read, write, sign, go on."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import reflex as rx
from reflex.event import EventSpec

from therapytrack.access.actions import Action
from therapytrack.errors import Conflict, TherapyTrackError
from therapytrack.services.note_lists import NoteTab
from therapytrack.services.note_offers import fill_empty_notes
from therapytrack.services.note_queue import NotesPage, open_notes, open_session_notes
from therapytrack.services.note_readings import ShownNote, mark_read
from therapytrack.services.notes import (
    NO_TEXT,
    NotRead,
    add_addendum,
    revise_addendum,
    sign_note,
    sign_notes,
    submit_note,
)
from therapytrack.services.therapy_sessions import set_note
from therapytrack.state.base import SignedInState
from therapytrack.state.claim_views import QuestionView, question_views
from therapytrack.state.guard import current_actor, requires
from therapytrack.state.note_list_views import (
    GOES_ON,
    SIGN,
    SIGN_ALL,
    SIGN_NEXT,
    SUBMIT,
    SUBMIT_NEXT,
    OfferView,
    acts_of,
    empty_of,
    following,
    marked,
    offer_views,
    still_empty,
    still_unread,
)
from therapytrack.state.note_tabs import TabView, tab_views
from therapytrack.state.note_views import (
    NO_RECORD,
    RowView,
    SheetView,
    neighbours,
    record_id,
    row_view,
    sheet_view,
    text_of,
)

DONE = {SIGN: "Signed.", SIGN_NEXT: "Signed.", SIGN_ALL: "All signed.", SUBMIT: "Submitted.", SUBMIT_NEXT: "Submitted."}
VERBS: dict[str, Callable[..., Any]] = {
    SIGN: sign_note,
    SIGN_NEXT: sign_note,
    SUBMIT: submit_note,
    SUBMIT_NEXT: submit_note,
}


class NotesState(SignedInState):
    """A list of notes and the one that is open. The address holds list and note."""

    title: str = "Notes"
    session_id: str = ""
    tab: str = NoteTab.UNSIGNED
    tabs: list[TabView] = []
    rows: list[RowView] = []
    sheet: SheetView = SheetView()
    answer: int = 0
    said: str = ""
    scope: str = ""
    questions: list[QuestionView] = []
    offers: list[OfferView] = []
    can_fill: int = 0
    new_addendum: str = ""
    _refused: dict[str, str] = {}
    previous_href: str = ""
    next_href: str = ""

    @rx.event
    @requires(Action.READ_NOTE)
    async def enter(self) -> None:
        """Load the list and the note of the address."""
        await self._enter()
        self.said = ""
        await self._load()
        self.ready = True

    @rx.event
    @requires(Action.EDIT_NOTE)
    async def save_note(self, entry: str, text: str, version: int) -> None:
        """Save the open note; when it was changed elsewhere, the page gets the stored text and offers both."""
        if entry != self.sheet.id:
            await self._save_left_note(entry, text, version)
            return
        try:
            saved = await self._ask(set_note, record_id(entry), text, version)
        except Conflict as conflict:
            self._show_text(conflict.theirs, conflict.version)
        except TherapyTrackError as error:
            self._show(error)
        else:
            self.problem = ""
            self._show_text(saved.text, saved.version)

    @rx.event
    @requires(Action.EDIT_NOTE)
    async def act(self, action: str, entry: str, text: str, version: int) -> EventSpec | None:
        """Sign or submit the open note as it is shown (or sign all of the session's), and go on if asked to."""
        self.said, self._refused = "", {}
        done = await self._seal(action, entry, text, version)
        onward = following(self.get_value("rows"), entry) if done and action in GOES_ON else ""
        problem = self.field_errors.get("note", self.problem)
        await self._load(entry)
        self.answer += 1
        if not done:
            self.problem, self.rows = problem, marked(self.get_value("rows"), self._refused)
            return None
        self.said = DONE[action]
        await self._recount()
        return rx.redirect(onward) if onward else None

    @rx.event
    @requires(Action.READ_NOTE)
    async def note_read(self, entry: str, version: int) -> None:
        """The open note, with its text of this version, has been on the screen for a moment."""
        if entry != self.sheet.id or not any(one.id == entry and one.can_sign for one in self.get_value("rows")):
            return
        try:
            read = await self._ask(mark_read, record_id(entry), version, self.sheet.facts)
        except TherapyTrackError:
            return
        if read:
            self.rows = [replace(one, read=True) if one.id == entry else one for one in self.rows]

    @rx.event
    @requires(Action.EDIT_NOTE)
    async def fill_notes(self) -> None:
        """Write the setting's template into each of her notes of this session that is still empty."""
        self.said = ""
        filled = await self._try(fill_empty_notes, record_id(self.session_id))
        problem = self.field_errors.get("note", self.problem)
        await self._load()
        self.problem = problem
        if filled:
            self.said = f"{filled} {'note' if filled == 1 else 'notes'} filled from the template. Read each, then sign."

    @rx.event
    @requires(Action.ADD_ADDENDUM)
    async def add_addendum(self, form: dict[str, Any]) -> None:
        """Add the typed addendum to the open note; sent twice it is stored once."""
        self.said = ""
        key = record_id(text_of(form, "key"))
        if key == NO_RECORD:
            return
        added = await self._try(add_addendum, record_id(self.sheet.id), key, text_of(form, "addendum"))
        if added:
            await self._load(self.sheet.id)
            self.new_addendum = str(uuid4())
            self.said = "Addendum added."

    @rx.event
    @requires(Action.SUBMIT_NOTE)
    async def revise_addendum(self, form: dict[str, Any]) -> None:
        """Submit a returned addendum again, as it is typed now."""
        self.said = ""
        if await self._try(revise_addendum, record_id(text_of(form, "key")), text_of(form, "revised")):
            await self._load(self.sheet.id)
            self.said = "Addendum submitted."
        elif sentence := self.field_errors.get("addendum"):
            self.field_errors = {"revised": sentence}

    async def _load(self, keep: str = "") -> None:
        """The page of the address, with the note `keep` open when the address names none; messages stay."""
        session_id, tab, entry_id = self._address()
        if entry_id is None and keep:
            entry_id = record_id(keep)
        try:
            if session_id:
                page = await self._ask(open_session_notes, session_id, entry_id)
            else:
                page = await self._ask(open_notes, tab, entry_id)
        except TherapyTrackError as error:
            self._show(error)
            return
        self._fill(page, session_id)
        self.scope = page.hint
        self.questions = question_views(page.questions) if page.questions else []
        self.offers = offer_views(page.offers)

    async def _seal(self, action: str, entry: str, text: str, version: int) -> bool:
        facts = self.sheet.facts if entry == self.sheet.id else ""
        if action == SIGN_ALL:
            return await self._seal_all(entry, text)
        verb = VERBS.get(action)
        return bool(verb and await self._try(verb, ShownNote(record_id(entry), text, version, facts)))

    async def _seal_all(self, entry: str, text: str) -> bool:
        """Sign all of her notes of the session; where that is refused, `_refused` keeps whose notes were why."""
        rows = [replace(one, text=text) if one.id == entry else one for one in self.rows if one.can_sign]
        shown = [ShownNote(record_id(one.id), one.text, one.version, one.facts) for one in rows]
        self._clear_messages()
        try:
            await self._ask(sign_notes, shown, record_id(entry) if entry == self.sheet.id else None)
        except NotRead as error:
            unread = {str(one) for one in error.entry_ids}
            self._refused, self.problem = dict.fromkeys(unread, "Not read yet"), still_unread(rows, unread)
            return False
        except TherapyTrackError as error:
            self._show(error)
            if self.field_errors.get("note") == NO_TEXT:
                self._refused = {one.id: "Nothing written" for one in empty_of(rows)}
                self.field_errors = {"note": still_empty(rows)}
            return False
        return True

    async def _save_left_note(self, entry: str, text: str, version: int) -> None:
        """Text of a note that was left before its last words were saved: stored, or told when it could not be."""
        try:
            await self._ask(set_note, record_id(entry), text, version)
        except TherapyTrackError:
            self.problem = "The last words of the note before this one were not saved. Open it and look again."

    def _address(self) -> tuple[UUID | None, NoteTab | None, UUID | None]:
        parts = self.router.url.path.strip("/").split("/")
        asked = self.router.url.query_parameters
        tab = next((one for one in NoteTab if one == asked["tab"]), NoteTab.UNSIGNED) if "tab" in asked else None
        entry_id = record_id(asked["note"]) if asked.get("note") else None
        return (record_id(parts[1]) if parts[0] == "sessions" else None), tab, entry_id

    def _fill(self, page: NotesPage, session_id: UUID | None) -> None:
        self.title = page.title or "Notes"
        self.session_id = str(session_id or "")
        self.tab = page.tab
        opened = page.sheet.entry_id if page.sheet else None
        self.rows = [row_view(one, self._href(one.entry_id), current=one.entry_id == opened) for one in page.rows]
        self.can_fill = sum(one.to_fill for one in page.rows)
        self.previous_href, self.next_href = neighbours(self.rows)
        self.tabs = [] if session_id else tab_views(page.counts, page.tab)
        actor = current_actor.get()
        shown = self.sheet.id
        self.sheet = SheetView()
        if page.sheet and actor:
            acts = acts_of(page.sheet, sum(one.can_sign for one in page.rows))
            self.sheet = sheet_view(page.sheet, actor.time_zone, acts)
        if self.sheet.id != shown or not self.new_addendum:  # else what is typed there stays
            self.new_addendum = str(uuid4())

    def _href(self, entry_id: UUID) -> str:
        return (
            f"/sessions/{self.session_id}/notes?note={entry_id}"
            if self.session_id
            else (f"/notes?tab={self.tab}&note={entry_id}")
        )

    def _show_text(self, text: str, version: int) -> None:
        self.sheet = replace(self.sheet, text=text, version=version)
        self.rows = [
            replace(one, text=text if self.session_id else text[:140], version=version)
            if one.id == self.sheet.id
            else one
            for one in self.rows
        ]
