"""The live session's page. Marks do not pass through here (they go by plain HTTP); attendance, minutes and notes do."""

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any, TypeVar
from uuid import UUID

import reflex as rx

from therapytrack.access.actions import Action
from therapytrack.domain.entry_facts import entry_facts
from therapytrack.errors import Conflict, NotFound, NotPermitted, TherapyTrackError
from therapytrack.services.entry_times import SavedEntry
from therapytrack.services.narratives import set_narrative
from therapytrack.services.session_sheet import SessionSheet, get_session_sheet, in_session
from therapytrack.services.therapy_sessions import (
    set_attendance,
    set_minutes,
    set_note,
    start_session,
)
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import current_actor, requires
from therapytrack.state.session_times import SessionTimes
from therapytrack.state.session_views import (
    ClosingView,
    CodeView,
    KidView,
    LevelView,
    NoteView,
    changed,
    kid_view,
    notes_of,
    offered_codes,
    texts_of,
)

STEP = 5
NO_LONGER_SHARED = "A student is no longer shared with you, so the card is gone from this page. The others go on."

R = TypeVar("R")


class SessionState(SessionTimes, SignedInState):
    """One therapy session with the students whom this person may view; `second`: she scores along, apart."""

    sheet_id: str = ""
    owner: str = ""
    title: str = ""
    when: str = ""
    place: str = ""
    status: str = ""
    started_at: int = 0
    finished_at: int = 0
    planned: int = 30
    ends: bool = True
    hit: str = ""
    can_record: bool = False
    second: bool = False
    levels: list[LevelView] = []
    codes: list[CodeView] = []
    kids: list[KidView] = []
    notes: dict[str, NoteView] = {}
    texts: dict[str, NoteView] = {}

    # What follows from the cards is read past the framework's proxies, which cost more than the reading; so each says
    # what it hangs on.
    @rx.var(deps=["kids"], auto_deps=False)
    def entries(self) -> list[str]:
        """Entry ids in order, for the tabs."""
        return [kid.entry for kid in self.get_value("kids")]

    @rx.var(deps=["kids"], auto_deps=False)
    def first_names(self) -> list[str]:
        """What the tabs call the students."""
        return [kid.first for kid in self.get_value("kids")]

    @rx.var(deps=["kids"], auto_deps=False)
    def letters(self) -> list[str]:
        """Initials in the order of the tabs."""
        return [kid.initials for kid in self.get_value("kids")]

    @rx.var(deps=["kids", "notes"], auto_deps=False)
    def facts(self) -> dict[str, str]:
        """What the cards show besides the marks: the marks' route tells the page when it is not so any more."""
        notes = self.get_value("notes")
        return {
            kid.entry: entry_facts(kid.choice, kid.minutes, notes[kid.entry].version, kid.standing, kid.part, kid.plan)
            for kid in self.get_value("kids")
        }

    @rx.var(deps=["kids"], auto_deps=False)
    def labels(self) -> dict[str, str]:
        """Goal id to the words of the undo button."""
        return {goal.id: f"{kid.first} · {goal.name}" for kid in self.get_value("kids") for goal in kid.goals}

    @rx.event
    @requires(Action.VIEW)
    async def enter(self) -> None:
        """Load the session of the address."""
        await self._enter()
        self.sheet_id, self.times_entry, self.said, self.closing = "", "", "", ClosingView()
        self.second = self.router.url.query_parameters.get("second") == "1"
        await self._reload(self._address())
        self.ready = True

    @rx.event
    @requires(Action.VIEW)
    async def look_again(self) -> None:
        """The marks' route has told the page that a student, the stage, a fact or a note is not as it shows it."""
        self._clear_messages()
        await self._look_again(self._address())

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def start(self) -> None:
        """Begin a planned session."""
        started = await self._try(start_session, self._address())
        if started:
            await self._reload(started.id)

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def choose_attendance(self, entry: str, code: str) -> None:
        """Say that a student is present, or why not."""
        kid = await self._kid(entry)
        was = kid.choice if kid else ""
        if saved := await self._try_here(entry, set_attendance, code, was):
            self._saved(entry, saved)

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def step_minutes(self, entry: str, steps: int) -> None:
        """Change a student's minutes by so many steps of five."""
        kid = await self._kid(entry)
        was = kid.minutes if kid else 0
        minutes = max(0, (was // STEP + steps) * STEP)
        if saved := await self._try_here(entry, set_minutes, minutes, was):
            self._saved(entry, saved)

    @rx.event
    @requires(Action.DRAFT_NOTE)
    async def save_note(self, entry: str, text: str, version: int) -> None:
        """Save a note; when it was changed elsewhere, show the stored text: the page then offers both."""
        old = self.notes.get(entry, NoteView("", 1, False, ""))
        try:
            saved, visible = await self._ask(in_session, self._address(), set_note, _id(entry), text, version)
        except Conflict as conflict:
            self._note(entry, replace(old, text=conflict.theirs, version=conflict.version))
        except NotPermitted as error:
            self._note(entry, replace(old, read_only=True, why=error.sentence))
        except NotFound:
            await self._look_again(self._address())
        except TherapyTrackError as error:
            self.problem = error.sentence
        else:
            self.problem = ""
            self._note(entry, replace(old, text=saved.text, version=saved.version))
            self._keep(visible)

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def save_text(self, place: str, text: str, version: int) -> None:
        """Save what happened with a goal, `place` being "entry|goal"; a text that was changed elsewhere is offered."""
        old = self.texts.get(place, NoteView("", 0, False, ""))
        entry, _, goal = place.partition("|")
        try:
            saved, visible = await self._ask(
                in_session, self._address(), set_narrative, _id(entry), _id(goal), text, version
            )
        except Conflict as conflict:
            self._text(place, replace(old, text=conflict.theirs, version=conflict.version))
        except NotPermitted as error:
            self._text(place, replace(old, read_only=True, why=error.sentence))
        except NotFound:
            await self._look_again(self._address())
        except TherapyTrackError as error:
            self._show(error)
        else:
            self.problem = ""
            self._text(place, replace(old, text=saved.text, version=saved.version))
            self._keep(visible)

    def _text(self, place: str, text: NoteView) -> None:
        self.texts = {**self.texts, place: text}

    def _address(self) -> UUID:
        return _id(self.router.url.path.strip("/").partition("/")[2].split("/")[0])

    async def _kid(self, entry: str) -> KidView | None:
        """The card of an entry; a server that started again meanwhile reads the session first."""
        if not self.kids:
            await self._reload(self._address())
        return next((kid for kid in self.kids if kid.entry == entry), None)

    async def _try_here(self, entry: str, service: Callable[..., R], *args: Any) -> R | None:
        """As `_try` for one student's part; whoever is not shared any more leaves the page, and the others stay.

        After a conflict the page shows what is stored, and the sentence says whose it is.
        """
        self._clear_messages()
        session_id = self._address()
        try:
            answer, visible = await self._ask(in_session, session_id, service, _id(entry), *args)
        except Conflict as conflict:
            await self._look_again(session_id)
            whose = [f"{kid.first}:" for kid in self.kids if kid.entry == entry]
            self.problem = " ".join([*whose, conflict.sentence])
            return None
        except NotFound:
            await self._look_again(session_id)
            return None
        except TherapyTrackError as error:
            self._show(error)
            return None
        self._keep(visible)
        return answer

    async def _look_again(self, session_id: UUID) -> None:
        before = {kid.entry for kid in self.kids}
        await self._reload(session_id, before)
        if before - {kid.entry for kid in self.kids} and not self.missing:
            self.problem = NO_LONGER_SHARED

    def _keep(self, visible: Collection[str]) -> None:
        """Drop the cards and texts of everybody else."""
        kept = [kid for kid in self.kids if kid.entry in visible]
        if len(kept) == len(self.kids):
            return
        self.kids = kept
        self.notes = {entry: note for entry, note in self.notes.items() if entry in visible}
        self.texts = {place: text for place, text in self.texts.items() if place.partition("|")[0] in visible}
        self.can_record = not all(kid.fixed for kid in kept)
        self.problem = NO_LONGER_SHARED

    async def _reload(self, session_id: UUID, shown: Collection[str] = ()) -> None:
        if sheet := await self._try(get_session_sheet, session_id, shown):
            self._fill(sheet)

    def _fill(self, sheet: SessionSheet) -> None:
        self._set_vars(
            owner=sheet.owner,
            sheet_id=sheet.id,
            title=sheet.title,
            when=sheet.when,
            place=sheet.place,
            status=sheet.status,
            started_at=sheet.started_at,
            finished_at=sheet.finished_at,
            planned=sheet.planned,
            ends=sheet.ends,
            hit="" if sheet.status == "finished" else sheet.hit,
            can_record=any(one.can_record for one in sheet.entries),
            levels=[LevelView(one.rank, one.name, one.definition, one.scale) for one in sheet.levels],
            codes=offered_codes(sheet),
            kids=[kid_view(one) for one in sheet.entries],
            notes=notes_of(sheet),
            texts=texts_of(sheet),
        )

    def _saved(self, entry: str, saved: SavedEntry) -> None:
        if actor := current_actor.get():
            self.kids = [changed(kid, saved, actor) if kid.entry == entry else kid for kid in self.kids]

    def _note(self, entry: str, note: NoteView) -> None:
        self.notes = {**self.notes, entry: note}


def _id(text: str) -> UUID:
    """The id in `text`; for a text that is none, the id of no record, which gets the gate's own answer."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
