"""Signing, submitting and adding to notes, on both databases."""

from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from tests.conftest import OpenDb
from tests.services.note_world import NoteWorld, build_notes, note_as_shown
from therapytrack.access.licence import overstep
from therapytrack.domain.note_content import content_hash
from therapytrack.errors import Conflict, Invalid, NotFound, NotPermitted
from therapytrack.models import (
    Account,
    Activity,
    GoalPoint,
    GoalVersion,
    Membership,
    NoteAddendum,
    NoteStatus,
    SessionEntry,
    SessionStatus,
    StudentGrant,
    SupervisionLink,
    SupervisionRule,
    TherapySession,
    new_id,
    utc_now,
)
from therapytrack.services.licence import scope_hint
from therapytrack.services.narratives import set_narrative
from therapytrack.services.note_contents import content_of
from therapytrack.services.note_readings import ShownNote
from therapytrack.services.notes import add_addendum, sign_note, sign_notes, submit_note
from therapytrack.services.therapy_sessions import set_attendance, set_note


@pytest.fixture
def world(db: OpenDb) -> NoteWorld:
    with db() as session:
        return build_notes(session)


def count(db: Session, action: str) -> int:
    return int(db.execute(select(func.count()).where(col(Activity.action) == action)).scalar_one())


def test_a_clinician_signs_her_own_note_and_its_hash_is_kept(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        actor = world.actor(session, "slp")
        entry = sign_note(session, actor, note_as_shown(session, world, "ana"))
        assert (entry.note_status, entry.signed_at) == (NoteStatus.SIGNED, actor.at)
        assert entry.content_hash == content_hash(content_of(session, actor, entry))
    with db() as session:
        assert count(session, "sign note") == 1


def test_text_typed_since_the_last_save_is_saved_and_signed_together(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        entry = sign_note(
            session, world.actor(session, "slp"), note_as_shown(session, world, "ana", text="Final words.")
        )
        assert (entry.note, entry.note_status, entry.note_version) == ("Final words.", NoteStatus.SIGNED, 2)


def test_a_double_click_makes_one_signature(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        what = note_as_shown(session, world, "ana")
        first = sign_note(session, world.actor(session, "slp"), what).signed_at
    with db() as session:
        assert sign_note(session, world.actor(session, "slp"), what).signed_at == first
        assert count(session, "sign note") == 1


def test_a_signed_note_cannot_be_signed_with_other_words(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        what = note_as_shown(session, world, "ana")
        sign_note(session, world.actor(session, "slp"), what)
        with pytest.raises(NotPermitted, match="Add an addendum"):
            sign_note(session, world.actor(session, "slp"), note_as_shown(session, world, "ana", text="Other words."))


def test_data_that_changed_since_they_were_shown_are_not_signed(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        what = note_as_shown(session, world, "ana")
        point = session.execute(select(GoalPoint).where(col(GoalPoint.entry_id) == what.entry_id)).scalar_one()
        point.trials += 1
        session.flush()
        with pytest.raises(Conflict, match="data changed"):
            sign_note(session, world.actor(session, "slp"), what)


def test_attendance_that_changed_since_it_was_shown_is_not_signed(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        what = note_as_shown(session, world, "ana")
        set_attendance(session, world.actor(session, "supervisor"), what.entry_id, "student_absent", "present")
        session.flush()
        with pytest.raises(Conflict, match="data changed"):
            sign_note(session, world.actor(session, "slp"), what)


def test_words_saved_elsewhere_in_between_come_back_as_a_conflict(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        mine = note_as_shown(session, world, "ana", text="Mine.")
        set_note(session, world.actor(session, "slp"), mine.entry_id, "Theirs.", mine.version)
        with pytest.raises(Conflict) as conflict:
            sign_note(session, world.actor(session, "slp"), mine)
        assert (conflict.value.theirs, conflict.value.version) == ("Theirs.", 2)


def test_a_note_of_a_running_session_waits_for_its_end(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        session.get_one(TherapySession, world.session_id).status = SessionStatus.RUNNING
        with pytest.raises(Invalid) as error:
            sign_note(session, world.actor(session, "slp"), note_as_shown(session, world, "ana"))
        assert "Finish it first" in error.value.fields["note"]


def test_an_empty_note_is_signed_only_for_a_missed_session(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        actor = world.actor(session, "slp")
        with pytest.raises(Invalid):
            sign_note(session, actor, note_as_shown(session, world, "ana", text=" \n"))
    with db() as session:
        set_attendance(session, world.actor(session, "slp"), world.entries["ana"], "student_absent", "present")
        session.flush()
        entry = sign_note(session, world.actor(session, "slp"), note_as_shown(session, world, "ana", text=""))
        assert entry.note_status == NoteStatus.SIGNED


def test_signing_many_signs_all_or_none(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        ana = note_as_shown(session, world, "ana")
        foreign = note_as_shown(session, world, "ben")
    with pytest.raises(NotPermitted), db() as session:
        sign_notes(session, world.actor(session, "slp"), [ana, foreign])
    with db() as session:
        assert session.get_one(SessionEntry, ana.entry_id).note_status == NoteStatus.DRAFT


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("supervisor", NotPermitted),
        ("other_supervisor", NotPermitted),
        ("slpa", NotPermitted),
        ("reader", NotPermitted),
        ("owner", NotFound),
        ("outsider", NotFound),
    ],
)
@pytest.mark.parametrize("verb", [sign_note, submit_note])
def test_nobody_signs_or_submits_another_persons_note(
    db: OpenDb,
    world: NoteWorld,
    who: str,
    error: type[Exception],
    verb: Callable[[Session, object, ShownNote], SessionEntry],
) -> None:
    with db() as session:
        shown = note_as_shown(session, world, "ana")
        with pytest.raises(error):
            verb(session, world.actor(session, who), shown)
    with db() as session:
        assert session.get_one(SessionEntry, world.entries["ana"]).note_status == NoteStatus.DRAFT


def test_an_assistant_submits_and_cannot_sign(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        with pytest.raises(NotPermitted, match="supervisor co-signs"):
            sign_note(session, world.actor(session, "slpa"), note_as_shown(session, world, "ben"))
        actor = world.actor(session, "slpa")
        entry = submit_note(session, actor, note_as_shown(session, world, "ben"))
        assert (entry.note_status, entry.submitted_at, entry.signed_at) == (NoteStatus.SUBMITTED, actor.at, None)
        assert entry.content_hash != ""


def test_a_clinician_signs_and_does_not_submit(db: OpenDb, world: NoteWorld) -> None:
    with db() as session, pytest.raises(NotPermitted):
        submit_note(session, world.actor(session, "slp"), note_as_shown(session, world, "ana"))


def test_an_assistant_without_a_live_supervisor_cannot_submit_and_keeps_the_draft(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        link = session.execute(select(SupervisionLink)).scalar_one()
        link.ends_at = link.starts_at
        session.flush()
        with pytest.raises(NotPermitted, match="supervisor of your discipline"):
            submit_note(session, world.actor(session, "slpa"), note_as_shown(session, world, "ben"))
        assert session.get_one(SessionEntry, world.entries["ben"]).note != ""


def test_an_author_whose_right_to_edit_ended_cannot_sign(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        grants = select(StudentGrant).where(
            col(StudentGrant.membership_id) == world.members["slp"],
            col(StudentGrant.student_id) == world.students["ana"],
        )
        session.execute(grants).scalar_one().can_edit = False
        session.flush()
        with pytest.raises(NotPermitted):
            sign_note(session, world.actor(session, "slp"), note_as_shown(session, world, "ana"))


def test_two_signatures_at_the_same_moment_make_one(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        what = note_as_shown(session, world, "ana")
    failures: list[BaseException] = []

    def sign() -> None:
        try:
            with db() as session:
                sign_note(session, world.actor(session, "slp"), what)
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
            failures.append(error)

    threads = [Thread(target=sign) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db() as session:
        assert failures == []
        assert count(session, "sign note") == 1


def test_an_addendum_of_a_clinician_is_signed_and_leaves_the_note_alone(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        entry = sign_note(session, world.actor(session, "slp"), note_as_shown(session, world, "ana"))
        addendum = add_addendum(session, world.actor(session, "slp"), entry.id, new_id(), " Minutes were 25. ")
        assert (addendum.text, addendum.status) == ("Minutes were 25.", NoteStatus.SIGNED)
        assert entry.note == "Worked on sounds with ana."


def test_an_addendum_of_an_assistant_is_itself_submitted(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        sign_note(session, world.actor(session, "slp"), note_as_shown(session, world, "ana"))
        addendum = add_addendum(session, world.actor(session, "slpa"), world.entries["ana"], new_id(), "She said more.")
        assert (addendum.status, addendum.signed_at) == (NoteStatus.SUBMITTED, None)


def test_the_same_addendum_sent_twice_is_stored_once(db: OpenDb, world: NoteWorld) -> None:
    key = new_id()
    with db() as session:
        sign_note(session, world.actor(session, "slp"), note_as_shown(session, world, "ana"))
        for _ in range(2):
            add_addendum(session, world.actor(session, "slp"), world.entries["ana"], key, "More.")
        assert session.execute(select(func.count()).select_from(NoteAddendum)).scalar_one() == 1


def test_an_addendum_needs_words_a_signed_note_and_the_right_to_edit(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        with pytest.raises(NotPermitted, match="once the note is signed"):
            add_addendum(session, world.actor(session, "slp"), world.entries["ana"], new_id(), "More.")
        sign_note(session, world.actor(session, "slp"), note_as_shown(session, world, "ana"))
        with pytest.raises(Invalid):
            add_addendum(session, world.actor(session, "slp"), world.entries["ana"], new_id(), " ")
        for who, error in (("reader", NotPermitted), ("owner", NotFound), ("outsider", NotFound)):
            with pytest.raises(error):
                add_addendum(session, world.actor(session, who), world.entries["ana"], new_id(), "More.")


def test_a_foreign_addendum_id_answers_not_found(db: OpenDb, world: NoteWorld) -> None:
    key = new_id()
    with db() as session:
        sign_note(session, world.actor(session, "slp"), note_as_shown(session, world, "ana"))
        add_addendum(session, world.actor(session, "slp"), world.entries["ana"], key, "More.")
        with pytest.raises(NotFound):
            add_addendum(session, world.actor(session, "supervisor"), world.entries["ana"], key, "Mine.")


CONCLUSION = "8 of 10 correct. He has met the goal."


@pytest.mark.parametrize("text", ["8 of 10 correct with one cue.", "Per Supervisor, he has met the goal."])
def test_an_assistant_submits_statements_of_data(db: OpenDb, world: NoteWorld, text: str) -> None:
    with db() as session:
        entry = submit_note(session, world.actor(session, "slpa"), note_as_shown(session, world, "ben", text=text))
        assert (entry.note_status, entry.note) == (NoteStatus.SUBMITTED, text)


def test_an_assistants_conclusion_is_refused_with_its_words_and_her_text_stays(db: OpenDb, world: NoteWorld) -> None:
    with pytest.raises(NotPermitted) as caught, db() as session:
        submit_note(session, world.actor(session, "slpa"), note_as_shown(session, world, "ben", text=CONCLUSION))
    assert "“He has met the goal.” draws a conclusion" in caught.value.sentence
    with db() as session:
        assert session.get_one(SessionEntry, world.entries["ben"]).note_status == NoteStatus.DRAFT


def test_an_assistants_addendum_states_data_too(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        sign_note(session, world.actor(session, "slp"), note_as_shown(session, world, "ana"))
    with pytest.raises(NotPermitted), db() as session:
        add_addendum(
            session, world.actor(session, "slpa"), world.entries["ana"], new_id(), "I recommend more sessions."
        )


def test_a_clinician_concludes(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        entry = sign_note(session, world.actor(session, "slp"), note_as_shown(session, world, "ana", text=CONCLUSION))
        assert entry.note_status == NoteStatus.SIGNED


@pytest.mark.parametrize(("us_state", "days", "allowed"), [("NY", 0, True), ("NY", -1, False), ("TX", 0, False)])
def test_a_dated_rule_of_her_state_may_let_an_assistant_conclude(
    db: OpenDb, world: NoteWorld, us_state: str, days: int, allowed: bool
) -> None:
    today = utc_now().date()
    with db() as session:
        since = today - timedelta(days=9)
        until = None if days == 0 else today + timedelta(days=days)
        rule: dict[str, Any] = {
            "us_state": us_state,
            "discipline": "slp",
            "starts_on": since,
            "ends_on": until,
            "may_interpret": True,
        }
        session.add(SupervisionRule(workspace_id=world.workspace_id, **rule))
    with db() as session:
        actor, shown = world.actor(session, "slpa"), note_as_shown(session, world, "ben", text=CONCLUSION)
        if allowed:
            assert submit_note(session, actor, shown).note_status == NoteStatus.SUBMITTED
            return
        with pytest.raises(NotPermitted):
            submit_note(session, actor, shown)


@pytest.mark.parametrize(("office", "own", "allowed"), [(None, "TX", False), ("TX", "NY", True), ("NY", "TX", False)])
def test_the_office_and_not_her_profile_says_which_states_rule_binds_an_assistant(
    db: OpenDb, world: NoteWorld, office: str | None, own: str, allowed: bool
) -> None:
    with db() as session:
        member = session.get_one(Membership, world.members["slpa"])
        member.us_state = office
        session.get_one(Account, member.account_id).us_state = own
        since = utc_now().date() - timedelta(days=9)
        rule: dict[str, Any] = {"us_state": "TX", "discipline": "slp", "starts_on": since, "may_interpret": True}
        session.add(SupervisionRule(workspace_id=world.workspace_id, **rule))
    with db() as session:
        actor = world.actor(session, "slpa")
        assert bool(scope_hint(session, actor)) != allowed
        assert bool(overstep(session, actor, CONCLUSION)) != allowed


def test_what_an_assistant_told_of_a_goal_is_held_against_her_license_like_her_note(
    db: OpenDb, world: NoteWorld
) -> None:
    with db() as session:
        goal = world.goals["ben"]
        version = session.execute(select(GoalVersion).where(col(GoalVersion.goal_id) == goal)).scalar_one()
        version.measure = "narrative"
        set_narrative(session, world.actor(session, "slpa"), world.entries["ben"], goal, CONCLUSION, 0)
    with db() as session, pytest.raises(NotPermitted):
        submit_note(session, world.actor(session, "slpa"), note_as_shown(session, world, "ben"))
    with db() as session:
        set_narrative(session, world.actor(session, "slpa"), world.entries["ben"], goal, "Greeted twice.", 1)
        submit_note(session, world.actor(session, "slpa"), note_as_shown(session, world, "ben"))
