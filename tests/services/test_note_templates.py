"""Templates: kept by the office, offered by discipline and setting, filled from data, and never over what was typed."""

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from tests.conftest import OpenDb
from tests.services.note_world import NoteWorld, build_notes, grant, note_as_shown
from therapytrack.domain.note_template_defaults import DEFAULT_TEMPLATES
from therapytrack.domain.note_templates import TemplateForm
from therapytrack.errors import Conflict, Invalid, NotFound, NotPermitted
from therapytrack.models import NoteStatus, NoteTemplate, SessionEntry, new_id
from therapytrack.services import note_templates as templates
from therapytrack.services.note_offers import fill_empty_notes
from therapytrack.services.note_queue import open_notes
from therapytrack.services.note_readings import mark_read
from therapytrack.services.notes import NotRead, sign_note, sign_notes
from therapytrack.services.therapy_sessions import set_note

SHORT = TemplateForm("Short", "slp", "group", "{student}: {minutes}. {results}")


@pytest.fixture
def world(db: OpenDb) -> NoteWorld:
    with db() as session:
        made = build_notes(session)
        templates.add_default_templates(session, made.workspace_id)
        return made


def both_are_hers(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        grant(session, world, "slp", "ben", edit=True)
        entry = session.get_one(SessionEntry, world.entries["ben"])
        entry.author_id, entry.note = world.members["slp"], ""
        session.get_one(SessionEntry, world.entries["ana"]).note = ""


def test_the_office_keeps_templates_and_others_read_them(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        owner = world.actor(session, "owner")
        key = templates.add_template(session, owner, SHORT)
        with pytest.raises(Invalid):
            templates.add_template(session, owner, SHORT)
        templates.change_template(session, owner, key, 1, TemplateForm("Shorter", "", "group", "{student}."))
        with pytest.raises(Conflict):
            templates.change_template(session, owner, key, 1, SHORT)
        templates.put_template_away(session, owner, key)
    with db() as session:
        found = templates.get_templates(session, world.actor(session, "slp"))
        assert (found.may_edit, len(found.templates)) == (False, len(DEFAULT_TEMPLATES) + 1)
        assert (found.templates[-1].name, found.templates[-1].away) == ("Shorter", True)
        with pytest.raises(NotPermitted):
            templates.add_template(session, world.actor(session, "slp"), SHORT)
        with pytest.raises(NotFound):
            templates.bring_template_back(session, world.actor(session, "owner"), new_id())


def test_a_note_is_offered_its_disciplines_templates_those_of_its_setting_first(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        offers = open_notes(session, world.actor(session, "slp"), None, world.entries["ana"]).offers
        assert [one.name for one in offers] == ["SLP group", "SLP individual", "SLP consult"]
        assert "in a group of 2" in offers[0].filled.text
        assert "/s/ of ana: 2 of 4 correct (50%), 1 with minimal cues." in offers[0].filled.text
        sources = {one.value: one.source for one in offers[0].filled.values}
        assert sources["30 minutes"] == "minutes recorded"
        assert sources["/s/ of ana: 2 of 4 correct (50%), 1 with minimal cues."] == "4 practice trials of this session"


def test_a_colleague_is_offered_nothing_for_a_note_that_is_not_hers(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        sign_note(session, world.actor(session, "slp"), note_as_shown(session, world, "ana"))
    with db() as session:
        assert not open_notes(session, world.actor(session, "supervisor"), None, world.entries["ana"]).offers


def test_filling_writes_empty_notes_alone_and_never_twice(db: OpenDb, world: NoteWorld) -> None:
    both_are_hers(db, world)
    with db() as session:
        slp = world.actor(session, "slp")
        set_note(session, slp, world.entries["ben"], "Typed.", 1)
        assert fill_empty_notes(session, slp, world.session_id) == 1
    with db() as session:
        assert session.get_one(SessionEntry, world.entries["ben"]).note == "Typed."
        assert session.get_one(SessionEntry, world.entries["ana"]).note.startswith("Ana took part in 30 minutes")
        with pytest.raises(Invalid):
            fill_empty_notes(session, world.actor(session, "slp"), world.session_id)


def test_an_absent_student_is_given_the_absences_sentence(db: OpenDb, world: NoteWorld) -> None:
    both_are_hers(db, world)
    with db() as session:
        ben = session.get_one(SessionEntry, world.entries["ben"])
        ben.attendance, ben.minutes = "student_absent", 0
    with db() as session:
        fill_empty_notes(session, world.actor(session, "slp"), world.session_id)
    with db() as session:
        text = session.get_one(SessionEntry, world.entries["ben"]).note
        assert text.startswith("Ben did not receive service on")
        assert "Student absent" in text
        assert "individually" in session.get_one(SessionEntry, world.entries["ana"]).note


def test_notes_are_signed_together_only_when_each_was_read_as_it_stands(db: OpenDb, world: NoteWorld) -> None:
    both_are_hers(db, world)
    with db() as session:
        fill_empty_notes(session, world.actor(session, "slp"), world.session_id)
    with db() as session:
        shown = [note_as_shown(session, world, one) for one in ("ana", "ben")]
        with pytest.raises(NotRead) as refused:
            sign_notes(session, world.actor(session, "slp"), shown, opened=world.entries["ana"])
        assert refused.value.entry_ids == (world.entries["ben"],)
        session.rollback()
    with db() as session:
        slp, ben = world.actor(session, "slp"), shown[1]
        assert mark_read(session, slp, ben.entry_id, ben.version, ben.facts)
        assert mark_read(session, slp, ben.entry_id, ben.version, ben.facts)
        saved = set_note(session, slp, ben.entry_id, "Other words since.", ben.version)
        assert not mark_read(session, slp, ben.entry_id, ben.version, ben.facts)
    with db() as session:
        shown[1] = note_as_shown(session, world, "ben")
        with pytest.raises(NotRead):
            sign_notes(session, world.actor(session, "slp"), shown, opened=world.entries["ana"])
        session.rollback()
    with db() as session:
        slp = world.actor(session, "slp")
        mark_read(session, slp, shown[1].entry_id, saved.version, shown[1].facts)
        signed = sign_notes(session, slp, shown, opened=world.entries["ana"])
        assert {one.note_status for one in signed} == {NoteStatus.SIGNED}


def test_a_signed_note_keeps_its_words_when_its_template_changes(db: OpenDb, world: NoteWorld) -> None:
    both_are_hers(db, world)
    with db() as session:
        fill_empty_notes(session, world.actor(session, "slp"), world.session_id)
    with db() as session:
        words = sign_note(session, world.actor(session, "slp"), note_as_shown(session, world, "ana")).note
        one = session.execute(select(NoteTemplate).where(col(NoteTemplate.name) == "SLP group")).scalar_one()
        templates.change_template(session, world.actor(session, "owner"), one.id, 1, SHORT)
    with db() as session:
        assert session.get_one(SessionEntry, world.entries["ana"]).note == words
        assert session.execute(select(func.count()).select_from(NoteTemplate)).scalar_one() == len(DEFAULT_TEMPLATES)


def test_the_list_of_templates_has_an_end(db: OpenDb, world: NoteWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    with db() as session:
        monkeypatch.setattr(
            templates, "MOST_TEMPLATES", len(templates.list_templates(session, world.actor(session, "owner")))
        )
        with pytest.raises(Invalid):
            templates.add_template(session, world.actor(session, "owner"), SHORT)
