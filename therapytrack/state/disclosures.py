"""One student's register of disclosures and log of access: shown for one print, with a form for a new entry."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx
from uuid6 import uuid7

from therapytrack.access.actions import Action
from therapytrack.domain.activity_words import act_in_words
from therapytrack.domain.dates import long_date
from therapytrack.domain.disclosure_form import parse_disclosure
from therapytrack.domain.ids import parse_id
from therapytrack.errors import TherapyTrackError
from therapytrack.services.disclosures import AccessLine, DisclosureLine, open_register, record_disclosure
from therapytrack.state.address import id_after
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import current_actor, requires
from therapytrack.state.record_form import typed_in

NO_ID = UUID(int=0)


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry of the register; `note` says which entry it puts right or which puts it right."""

    id: str
    number: int
    day: str
    party: str
    purpose: str
    what: str
    by: str
    note: str
    corrected: bool


@dataclass(frozen=True, slots=True)
class AccessView:
    """What one person did on one day: "Opened a record 3 times, changed a note"."""

    day: str
    who: str
    acts: str


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry that a new one can put right."""

    value: str
    words: str


class DisclosuresState(SignedInState):
    """`entry_id` is the id of the entry that the form makes: sent twice, it is made once."""

    student: str = ""
    student_id: str = ""
    about: str = ""
    entries: list[EntryView] = []
    access: list[AccessView] = []
    choices: list[Choice] = []
    today: str = ""
    entry_id: str = ""
    said: str = ""
    _student_id: UUID = NO_ID

    @rx.event
    @requires(Action.VIEW_DISCLOSURES)
    async def enter(self) -> None:
        """Open the register of the student in the address; in a tab that has only reconnected what is typed stays."""
        await self._enter()
        self.said, before = "", self._student_id
        try:
            self._student_id = id_after(self.router.url.path, "students")
        except TherapyTrackError as error:
            self._show(error)
        else:
            await self._load(goes_on=self._returned and self.entry_id != "" and self._student_id == before)
        self.ready = True

    @rx.event
    @requires(Action.RECORD_DISCLOSURE)
    async def save(self, form: dict[str, Any]) -> None:
        """Write an entry; on an error everything typed stays."""
        self._clear_messages()
        self.said = ""
        actor = current_actor.get()
        typed = typed_in(form)
        try:
            if actor:
                entry = parse_disclosure(typed, actor.today)
                await self._ask(record_disclosure, self._student_id, parse_id(typed.get("entry_id", "")), entry)
        except TherapyTrackError as error:
            self._show(error)
            return
        await self._load()
        self.said = "Entered. Entries are never changed; a wrong one is put right by another."

    async def _load(self, *, goes_on: bool = False) -> None:
        found = await self._try(open_register, self._student_id)
        if found is None:
            return
        self.student, self.student_id = found.student, str(self._student_id)
        number = f"Student number {found.local_number} · " if found.local_number else ""
        self.about = f"{number}{found.workspace} · {long_date(found.made_on)}"
        self.entries = [_entry_view(one) for one in found.disclosures]
        self.access = [_access_view(one) for one in found.access]
        offered = {one.value for one in self.get_value("choices") if goes_on}
        open_ones = [one for one in found.disclosures if not one.corrected_by or str(one.id) in offered]
        self.choices = [Choice(str(one.id), f"No. {one.number}, {one.party}") for one in open_ones]
        if not goes_on:
            kept, entries = self._kept(), str(len(found.disclosures))
            shown = kept.get("entry", "") if kept.get("entries") == entries else ""
            self.today, self.entry_id = found.made_on.isoformat(), shown or str(uuid7())
            self._keep_open(entry=self.entry_id, entries=entries)


def _entry_view(one: DisclosureLine) -> EntryView:
    notes = [f"puts right no. {one.corrects}" if one.corrects else ""]
    notes += [f"put right by no. {one.corrected_by}" if one.corrected_by else ""]
    return EntryView(
        id=str(one.id),
        number=one.number,
        day=long_date(one.on),
        party=one.party,
        purpose=one.purpose,
        what=one.what,
        by=one.by,
        note="; ".join(note for note in notes if note),
        corrected=bool(one.corrected_by),
    )


def _access_view(one: AccessLine) -> AccessView:
    words = [(act_in_words(act, "done", ""), count) for act, count in one.acts]
    often = {1: "", 2: " twice"}
    told = [f"{act[:1].lower()}{act[1:]}{often.get(count, f' {count} times')}" for act, count in words]
    acts = ", ".join(told)
    return AccessView(long_date(one.on), one.who, f"{acts[:1].upper()}{acts[1:]}")
