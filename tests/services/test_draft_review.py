"""What a person does with a draft: read with sources, change, accept, discard."""

import pytest

from tests.services.draft_world import SINCE, UNTIL, OpenDb, World, make_world, session
from therapytrack.errors import Conflict, Invalid, NotFound, NotPermitted
from therapytrack.models import Draft, GoalPoint, Student
from therapytrack.services.draft_review import (
    ReadDraft,
    SavedDraft,
    accept_draft,
    discard_draft,
    read_draft,
    save_draft_text,
)
from therapytrack.services.drafts import begin_writing, prepare_draft, store_draft


@pytest.fixture
def world(db: OpenDb) -> World:
    """A world with a written draft."""
    world = make_world(db)
    actor = world.actor("slp")
    with world.open() as session_:
        prepare_draft(session_, actor, world.student, SINCE, UNTIL, world.draft)
        job = begin_writing(session_, actor, world.draft)
        assert job is not None
        store_draft(session_, actor, world.draft, job.attempt, job.plain)
    return world


def read(world: World, who: str = "slp") -> ReadDraft:
    with world.open() as db:
        return read_draft(db, world.actor(who), world.draft)


def save(world: World, text: str, version: int) -> SavedDraft:
    with world.open() as db:
        return save_draft_text(db, world.actor("slp"), world.draft, text, version)


def accept(world: World, version: int) -> Draft:
    with world.open() as db:
        return accept_draft(db, world.actor("slp"), world.draft, version)


def discard(world: World) -> None:
    with world.open() as db:
        discard_draft(db, world.actor("slp"), world.draft)


def test_each_sentence_leads_to_the_rows_behind_it(world: World) -> None:
    first = read(world).sentences[0]
    assert first.sentence.text.startswith("From Sep 1, 2026")
    assert {source.kind for source in first.sentence.sources} == {"entry"}
    assert len(first.sentence.sources) == 8


def test_sentences_whose_data_changed_are_marked(world: World) -> None:
    assert not any(one.stale for one in read(world).sentences)
    world.add(*session(world, UNTIL, 20))
    stale = [one.sentence.text for one in read(world).sentences if one.stale]
    assert any("8 sessions" in text for text in stale)
    assert not any("missed" in text for text in stale)


def test_a_corrected_value_marks_its_sentence(world: World) -> None:
    with world.open() as db:
        from sqlmodel import select

        point = db.exec(select(GoalPoint).where(GoalPoint.correct == 19)).one()
        point.correct = 18
    assert any("19 of 20" in one.sentence.text for one in read(world).sentences if one.stale)


def test_only_the_author_reads_a_draft(world: World) -> None:
    for who in ("supervisor", "reader", "owner", "outsider"):
        with pytest.raises(NotFound):
            read(world, who)


def test_reading_is_logged(world: World) -> None:
    read(world)
    assert world.acts()[-1] == "view"


def test_an_edit_is_kept_and_its_foreign_numbers_are_pointed_out(world: World) -> None:
    save(world, "Mateo attended 8 sessions and scored 91%.", read(world).draft.version)
    found = read(world)
    assert (found.draft.text, found.foreign) == ("Mateo attended 8 sessions and scored 91%.", ("91",))


def test_the_second_of_two_savers_sees_the_first_text_and_loses_none(world: World) -> None:
    version = read(world).draft.version
    save(world, "First.", version)
    with pytest.raises(Conflict) as caught:
        save(world, "Second.", version)
    assert (caught.value.theirs, caught.value.version) == ("First.", version + 1)
    assert save(world, "Second.", caught.value.version).text == "Second."


def test_saving_the_same_text_again_changes_nothing(world: World) -> None:
    version = read(world).draft.version
    assert save(world, "First.", version).version == version + 1
    assert save(world, "First.", version).version == version + 1


def test_a_text_that_is_too_long_is_refused(world: World) -> None:
    with pytest.raises(Invalid):
        save(world, "x" * 20_001, read(world).draft.version)


def test_accepting_is_bound_to_the_text_that_was_shown(world: World) -> None:
    version = read(world).draft.version
    save(world, "Changed.", version)
    with pytest.raises(Conflict):
        accept(world, version)
    assert accept(world, version + 1).status == "accepted"


def test_accepting_signs_and_sends_nothing(world: World) -> None:
    accept(world, read(world).draft.version)
    assert [act for act in world.acts() if "sign" in act or "send" in act] == []


def test_editing_an_accepted_draft_opens_it_again(world: World) -> None:
    version = accept(world, read(world).draft.version).version
    assert save(world, "Changed.", version).status == "written"


def test_a_discarded_draft_leaves_no_words_and_is_gone(world: World) -> None:
    discard(world)
    discard(world)
    stored = world.stored()
    assert (stored.status, stored.text, stored.generated_text) == ("discarded", "", "")
    with pytest.raises(NotFound):
        read(world)
    with pytest.raises(Invalid):
        save(world, "Back.", stored.version)


def test_a_hold_keeps_drafts(world: World) -> None:
    world.change(Student, world.student, on_hold=True)
    with pytest.raises(NotPermitted):
        discard(world)
    assert world.stored().text


def test_without_the_right_to_generate_a_draft_is_read_only(world: World) -> None:
    from therapytrack.models import utc_now

    world.change(Student, world.student, archived_at=utc_now())
    assert not read(world).may_change
    with pytest.raises(NotPermitted):
        save(world, "Changed.", world.stored().version)
