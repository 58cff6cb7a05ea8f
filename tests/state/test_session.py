"""The live session's page and Today, event by event, without a browser."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select, update
from sqlmodel import Session, col

from tests.databases import as_owner
from tests.harness import Tab, Tabs, running_tabs
from tests.services.live_world import NEW_GOAL, World, batch, build_world
from therapytrack.models import (
    Activity,
    Membership,
    NoteStatus,
    SessionEntry,
    SessionStatus,
    StudentGrant,
    TherapySession,
    new_id,
    utc_now,
)
from therapytrack.services.finishing import finish_session
from therapytrack.services.goals import create_goal
from therapytrack.services.identity import hash_token
from therapytrack.services.live import record_taps
from therapytrack.services.live_marks import list_trials
from therapytrack.services.therapy_sessions import set_attendance, set_minutes, set_note
from therapytrack.state.session import SessionState
from therapytrack.state.session_times import LEFT
from therapytrack.state.today import TICK, TodayState


@pytest.fixture
def world(engine: Engine) -> World:
    with as_owner() as db:
        return build_world(db)


@pytest.fixture
async def tabs() -> AsyncIterator[Tabs]:
    async with running_tabs() as running:
        yield running


async def live(tabs: Tabs, world: World, who: str = "slp") -> Tab:
    """The page of the world's session, as `who` sees it."""
    tab = tabs.tab(hash_token(world.tokens[who]))
    return await tab.open(f"/sessions/{world.session.id}", session_id=str(world.session.id))


def stored(world: World, place: int = 0) -> SessionEntry:
    with as_owner(write=False) as db:
        return db.get_one(SessionEntry, world.places[place].entry.id)


async def test_the_page_shows_its_students(tabs: Tabs, world: World) -> None:
    tab = await live(tabs, world)
    assert [kid.name for kid in tab.var(SessionState.kids)] == ["Ana Test", "Ben Test"]
    assert tab.var(SessionState.first_names) == ["Ana", "Ben"]
    assert not tabs.errors


async def test_a_partner_is_sent_nothing_of_other_students(tabs: Tabs, world: World) -> None:
    tab = await live(tabs, world, "partner")
    assert "Ana" in tab.received
    assert "Ben" not in tab.received
    assert str(world.places[1].entry.id) not in tab.received


async def test_an_outsider_finds_no_such_session(tabs: Tabs, world: World) -> None:
    tab = await live(tabs, world, "outsider")
    assert tab.var(SessionState.missing) is True
    assert "Group A" not in tab.received


async def test_an_address_that_is_none_is_not_found(tabs: Tabs, world: World) -> None:
    tab = await tabs.tab(hash_token(world.tokens["slp"])).open("/sessions/x", session_id="x")
    assert tab.var(SessionState.missing) is True
    assert not tabs.errors


async def test_a_missed_session_closes_the_card(tabs: Tabs, world: World) -> None:
    tab = await live(tabs, world)
    entry = str(world.places[0].entry.id)
    await tab.call(SessionState, "choose_attendance", entry=entry, code="student_absent")
    kid = tab.var(SessionState.kids)[0]
    assert (kid.missed, kid.closed, kid.minutes, kid.attendance_words) == (True, True, 0, "Student absent")


async def test_minutes_step_by_five(tabs: Tabs, world: World) -> None:
    tab = await live(tabs, world)
    for steps in (1, 1, -1):
        await tab.call(SessionState, "step_minutes", entry=str(world.places[0].entry.id), steps=steps)
    assert stored(world).minutes == 35


async def test_a_note_is_saved_and_the_page_gets_its_version(tabs: Tabs, world: World) -> None:
    tab = await live(tabs, world)
    entry = str(world.places[0].entry.id)
    await tab.call(SessionState, "save_note", entry=entry, text="Engaged.", version=1)
    assert stored(world).note == "Engaged."
    assert tab.var(SessionState.notes)[entry].version == 2


async def test_a_server_that_started_again_meanwhile_saves_the_note_of_a_page_that_it_does_not_know(
    tabs: Tabs, world: World
) -> None:
    tab = tabs.tab(hash_token(world.tokens["slp"]))
    tab.path = f"/sessions/{world.session.id}"
    await tab.call(SessionState, "save_note", entry=str(world.places[0].entry.id), text="Engaged.", version=1)
    assert stored(world).note == "Engaged."
    assert not tab.var(SessionState.missing)


async def test_a_note_changed_elsewhere_reaches_the_page_and_nothing_is_overwritten(tabs: Tabs, world: World) -> None:
    tab = await live(tabs, world)
    entry = str(world.places[0].entry.id)
    with as_owner() as db:
        set_note(db, world.actor(db, "slp"), world.places[0].entry.id, "From the tablet.", 1)
    await tab.call(SessionState, "save_note", entry=entry, text="From the laptop.", version=1)
    note = tab.var(SessionState.notes)[entry]
    assert (note.text, note.version) == ("From the tablet.", 2)
    assert stored(world).note == "From the tablet."


async def test_a_partner_cannot_touch_a_student_hidden_from_her(tabs: Tabs, world: World) -> None:
    tab = await live(tabs, world, "partner")
    hidden = str(world.places[1].entry.id)
    await tab.call(SessionState, "choose_attendance", entry=hidden, code="student_absent")
    await tab.call(SessionState, "step_minutes", entry=hidden, steps=3)
    await tab.call(SessionState, "save_note", entry=hidden, text="Mine now.", version=1)
    entry = stored(world, 1)
    assert (entry.attendance, entry.minutes, entry.note) == ("present", 30, "")


async def test_an_id_that_is_none_changes_nothing(tabs: Tabs, world: World) -> None:
    tab = await live(tabs, world)
    await tab.call(SessionState, "choose_attendance", entry="everybody", code="student_absent")
    await tab.call(SessionState, "step_minutes", entry="everybody", steps=1)
    assert not tabs.errors


def revoke(world: World, who: str, *places: int) -> None:
    """Take the students at `places` from `who`, as of now."""
    with as_owner() as db:
        member = world.actor(db, who).membership_id
        for place in places:
            student = world.places[place].student.id
            mine = (col(StudentGrant.student_id) == student, col(StudentGrant.membership_id) == member)
            db.execute(update(StudentGrant).where(*mine).values(ends_at=utc_now()))


async def shared_no_longer(tabs: Tabs, world: World) -> Tab:
    """The page of a session with two notes, from which the second student has just been taken."""
    tab = await live(tabs, world)
    for place, text in ((0, "Ana tried."), (1, "Ben sang.")):
        entry = str(world.places[place].entry.id)
        await tab.call(SessionState, "save_note", entry=entry, text=text, version=1)
    revoke(world, "slp", 1)
    return tab


def shows_only_ana(tab: Tab, world: World) -> bool:
    """Ben's card, text and names have left the page, which says so; Ana's stand."""
    entry = str(world.places[0].entry.id)
    everything = repr(tab.state[SessionState.get_full_name()])
    assert "no longer shared" in tab.var(SessionState.problem)
    assert "Ben" not in everything
    assert str(world.places[1].entry.id) not in everything
    assert tab.var(SessionState.missing) is False
    return [kid.first for kid in tab.var(SessionState.kids)] == ["Ana"] and list(tab.var(SessionState.notes)) == [entry]


@pytest.mark.parametrize(
    ("handler", "arguments"),
    [
        ("step_minutes", {"steps": 1}),
        ("choose_attendance", {"code": "student_absent"}),
        ("save_note", {"text": "Ana tried hard.", "version": 2}),
    ],
)
@pytest.mark.parametrize("place", [0, 1])
async def test_the_next_event_drops_a_student_who_is_not_shared_any_more(
    tabs: Tabs, world: World, handler: str, arguments: dict[str, object], place: int
) -> None:
    tab = await shared_no_longer(tabs, world)
    before = stored(world, place)
    await tab.call(SessionState, handler, entry=str(world.places[place].entry.id), **arguments)
    assert shows_only_ana(tab, world)
    after = stored(world, place)
    changed = (before.note, before.minutes, before.attendance) != (after.note, after.minutes, after.attendance)
    assert changed is (place == 0)


async def test_a_page_that_is_told_to_look_again_drops_who_is_not_shared_any_more(tabs: Tabs, world: World) -> None:
    tab = await shared_no_longer(tabs, world)
    await tab.call(SessionState, "look_again")
    assert shows_only_ana(tab, world)


async def test_a_page_whose_every_student_was_taken_is_not_found(tabs: Tabs, world: World) -> None:
    tab = await live(tabs, world)
    revoke(world, "slp", 0, 1)
    await tab.call(SessionState, "step_minutes", entry=str(world.places[0].entry.id), steps=1)
    assert tab.var(SessionState.missing) is True
    assert tab.var(SessionState.kids) == []


async def test_a_page_that_is_told_to_look_again_shows_a_session_that_a_mark_has_started(
    tabs: Tabs, world: World
) -> None:
    with as_owner() as db:
        db.get_one(TherapySession, world.session.id).status = SessionStatus.PLANNED
    tab = await live(tabs, world)
    with as_owner() as db:
        record_taps(db, world.actor(db, "slp"), world.session.id, batch([world.tap()]))
    await tab.call(SessionState, "look_again")
    assert tab.var(SessionState.status) == SessionStatus.RUNNING
    assert tab.var(SessionState.problem) == ""


async def test_finishing_asks_which_minutes_count_and_goes_on_to_the_notes(tabs: Tabs, world: World) -> None:
    tab = await live(tabs, world)
    await tab.call(SessionState, "finish")
    closing = tab.var(SessionState.closing)
    assert (closing.ask, closing.words) == (True, "Planned 30 min · 0 min passed")
    await tab.call(SessionState, "go_on")
    assert tab.var(SessionState.closing).ask is False
    await tab.call(SessionState, "finish")
    await tab.call(SessionState, "finish_with", credit=closing.planned)
    assert f"/sessions/{world.session.id}/notes" in repr(tab.events)
    with as_owner(write=False) as db:
        assert db.get_one(TherapySession, world.session.id).status == SessionStatus.FINISHED


async def test_a_session_as_long_as_its_plan_is_finished_at_once(tabs: Tabs, world: World) -> None:
    with as_owner() as db:
        db.get_one(TherapySession, world.session.id).started_at = utc_now() - timedelta(minutes=31)
    tab = await live(tabs, world)
    await tab.call(SessionState, "finish")
    assert f"/sessions/{world.session.id}/notes" in repr(tab.events)


async def test_when_a_student_left_stays_in_the_panel_until_it_can_be_taken(tabs: Tabs, world: World) -> None:
    tab = await live(tabs, world)
    entry = str(world.places[0].entry.id)
    await tab.call(SessionState, "open_times", entry=entry)
    await tab.call(SessionState, "save_times", form={"entry": entry, "came": "10:20", "left": "10:10"})
    assert (tab.var(SessionState.times_entry), list(tab.var(SessionState.field_errors))) == (entry, ["left"])
    assert (stored(world).arrived_at, stored(world).left_at, stored(world).minutes) == (None, None, 30)
    await tab.call(SessionState, "save_times", form={"entry": entry, "came": "10:10", "left": "10:22"})
    kid = tab.var(SessionState.kids)[0]
    assert (tab.var(SessionState.times_entry), kid.minutes, kid.came, kid.left) == ("", 12, "10:10", "10:22")
    assert facts(tab) == facts_now(world, "slp")
    await tab.call(SessionState, "leaves_now", entry=str(world.places[1].entry.id))
    assert tab.var(SessionState.kids)[1].left != ""


async def test_a_make_up_is_chosen_on_the_card(tabs: Tabs, world: World) -> None:
    with as_owner() as db:
        missed, session = copied(db, world, timedelta(days=7))
        missed.attendance = "provider_absent"
        db.add(session)
        db.flush()
        db.add(missed)
    tab = await live(tabs, world)
    kid = tab.var(SessionState.kids)[0]
    assert [one.id for one in kid.owed] == [str(missed.id)]
    await tab.call(SessionState, "make_up", entry=kid.entry, missed=str(missed.id))
    assert (tab.var(SessionState.kids)[0].makes_up, stored(world).makes_up_id) == (str(missed.id), missed.id)
    assert facts(tab) == facts_now(world, "slp")
    await tab.call(SessionState, "make_up", entry=kid.entry, missed="")
    assert (tab.var(SessionState.kids)[0].makes_up, stored(world).makes_up_id) == ("", None)


def copied(db: Session, world: World, before: timedelta) -> tuple[SessionEntry, TherapySession]:
    """The first student's part of the session and the session, as they were some time before."""
    session = TherapySession(**db.get_one(TherapySession, world.session.id).model_dump(exclude={"id", "started_at"}))
    session.held_on, session.status = session.held_on - before, "finished"
    session.planned_start, session.planned_end = session.planned_start - before, session.planned_end - before
    entry = SessionEntry(**db.get_one(SessionEntry, world.places[0].entry.id).model_dump(exclude={"id"}))
    entry.session_id, entry.held_on, entry.minutes = session.id, session.held_on, 0
    return entry, session


async def test_why_an_act_cannot_be_done_is_said_on_the_page(tabs: Tabs, world: World) -> None:
    with as_owner() as db:
        db.get_one(TherapySession, world.session.id).status = SessionStatus.CANCELLED
    tab = await live(tabs, world)
    await tab.call(SessionState, "start")
    assert "was cancelled" in tab.var(SessionState.problem)
    entry = str(world.places[1].entry.id)
    await tab.call(SessionState, "choose_attendance", entry=entry, code="student_absent")
    await tab.call(SessionState, "choose_attendance", entry=entry, code="present")
    assert "is called off" in tab.var(SessionState.problem)


async def today(tabs: Tabs, world: World, who: str = "slp") -> Tab:
    return await tabs.tab(hash_token(world.tokens[who])).open("/today")


def form(world: World, **changes: str) -> dict[str, str]:
    chosen = {f"{TICK}{place.student.id}": "on" for place in world.places}
    fields = {"title": "Fluency pair", "starts": "13:00", "ends": "13:30", "place": "", "delivery": "push_in"}
    return fields | chosen | changes


async def test_today_lists_the_sessions_and_the_students_to_choose(tabs: Tabs, world: World) -> None:
    tab = await today(tabs, world)
    assert [one.title for one in tab.var(TodayState.sessions)] == ["Group A"]
    assert len(tab.var(TodayState.students)) == 2


async def test_today_says_to_somebody_without_a_clinical_role_where_her_work_is(tabs: Tabs, world: World) -> None:
    assert (await today(tabs, world)).var(TodayState.sees_students) is True
    with as_owner() as db:
        db.execute(update(Membership).values(clinical_role="none"))
    tab = await today(tabs, world)
    assert (tab.var(TodayState.sees_students), tab.var(TodayState.sessions)) == (False, [])
    assert not tabs.errors


async def test_a_new_group_is_made_once_however_often_the_form_is_sent(tabs: Tabs, world: World) -> None:
    tab = await today(tabs, world)
    await tab.call(TodayState, "open_form")
    for _ in range(3):
        await tab.call(TodayState, "plan", form=form(world))
    assert sorted(one.title for one in tab.var(TodayState.sessions)) == ["Fluency pair", "Group A"]
    assert tab.var(TodayState.form_open) is False


async def test_a_form_sent_again_after_going_back_makes_no_second_group_and_says_so(tabs: Tabs, world: World) -> None:
    tab = await today(tabs, world)
    await tab.call(TodayState, "open_form")
    old = form(world, form_id=tab.var(TodayState.form_id))
    await tab.call(TodayState, "plan", form=old)
    assert tab.var(TodayState.problem) == ""
    await tab.call(TodayState, "open_form")
    await tab.call(TodayState, "plan", form=old)
    assert sorted(one.title for one in tab.var(TodayState.sessions)) == ["Fluency pair", "Group A"]
    assert "already" in tab.var(TodayState.problem)
    await tab.call(TodayState, "open_form")
    await tab.call(TodayState, "plan", form=form(world, title="Another", form_id=tab.var(TodayState.form_id)))
    assert (len(tab.var(TodayState.sessions)), tab.var(TodayState.problem)) == (3, "")


async def test_a_form_with_a_mistake_stays_open_with_a_sentence(tabs: Tabs, world: World) -> None:
    tab = await today(tabs, world)
    await tab.call(TodayState, "open_form")
    await tab.call(TodayState, "plan", form=form(world, ends="12:00"))
    assert "after the start" in tab.var(TodayState.field_errors)["ends"]
    assert tab.var(TodayState.form_open) is True


async def test_a_group_with_a_student_out_of_reach_is_not_made(tabs: Tabs, world: World) -> None:
    tab = await today(tabs, world, "partner")
    await tab.call(TodayState, "open_form")
    await tab.call(TodayState, "plan", form=form(world))
    assert [one.title for one in tab.var(TodayState.sessions)] == ["Group A"]


@pytest.mark.parametrize("session", ["", "x", "01890a5d-ac96-774b-bcce-b302099a8057"])
async def test_starting_what_does_not_exist_goes_nowhere(tabs: Tabs, world: World, session: str) -> None:
    tab = await today(tabs, world)
    await tab.call(TodayState, "start", session=session)
    assert "/sessions/" not in repr(tab.events)
    assert not tabs.errors


def views(world: World) -> int:
    """How often somebody's opening of the session was logged."""
    query = select(func.count()).select_from(Activity).where(col(Activity.action) == "view")
    with as_owner() as db:
        return int(db.execute(query.where(col(Activity.record_id) == world.session.id)).scalar_one())


def facts(tab: Tab) -> dict[str, str]:
    """What the page shows besides the marks, as it tells the browser."""
    shown: dict[str, str] = tab.var(SessionState.facts)
    return shown


def facts_now(world: World, who: str) -> dict[str, str]:
    """What the marks' route tells this person's page."""
    with as_owner() as db:
        return list_trials(db, world.actor(db, who), world.session.id).facts


@pytest.mark.parametrize("who", ["slp", "partner"])
async def test_a_page_and_the_marks_route_agree_before_and_after_each_change_of_its_own(
    tabs: Tabs, world: World, who: str
) -> None:
    tab = await live(tabs, world, who)
    entry = str(world.places[0].entry.id)
    seen = [facts(tab)]
    changes: list[tuple[str, dict[str, object]]] = [
        ("step_minutes", {"steps": 1}),
        ("choose_attendance", {"code": "student_absent"}),
        ("save_note", {"text": "Engaged.", "version": 1}),
    ]
    for handler, arguments in changes:
        await tab.call(SessionState, handler, entry=entry, **arguments)
        seen.append(facts(tab))
        assert seen[-1] == facts_now(world, who)
    assert len({one[entry] for one in seen}) == (4 if who == "slp" else 3)


async def test_what_a_colleague_changed_is_shown_after_a_look_and_is_no_other_view(tabs: Tabs, world: World) -> None:
    tab = await live(tabs, world, "slp")
    opened = views(world)
    with as_owner() as db:
        set_attendance(db, world.actor(db, "partner"), world.places[0].entry.id, "provider_absent", "present")
        finish_session(db, world.actor(db, "slp"), world.session.id)
    assert facts(tab) != facts_now(world, "slp")
    await tab.call(SessionState, "look_again")
    kid = tab.var(SessionState.kids)[0]
    assert (kid.attendance, kid.minutes, tab.var(SessionState.status)) == ("provider_absent", 0, "finished")
    assert facts(tab) == facts_now(world, "slp")
    assert views(world) == opened


async def test_a_colleague_with_one_of_the_students_leaves_and_the_session_goes_on(tabs: Tabs, world: World) -> None:
    mine, hers = await live(tabs, world, "slp"), await live(tabs, world, "partner")
    assert (mine.var(SessionState.ends), hers.var(SessionState.ends)) == (True, False)
    await hers.call(SessionState, "finish")
    assert (hers.var(SessionState.status), hers.var(SessionState.said)) == ("running", LEFT)
    assert (hers.var(SessionState.kids)[0].left != "", hers.var(SessionState.problem)) == (True, "")


async def test_attendance_and_minutes_that_a_colleague_changed_stay_and_the_page_says_so(
    tabs: Tabs, world: World
) -> None:
    tab = await live(tabs, world)
    entry = world.places[0].entry.id
    with as_owner() as db:
        set_minutes(db, world.actor(db, "partner"), entry, 20, 30)
    await tab.call(SessionState, "step_minutes", entry=str(entry), steps=1)
    assert "Ana: The minutes were set to 20 elsewhere" in tab.var(SessionState.problem)
    assert tab.var(SessionState.kids)[0].minutes == stored(world).minutes == 20
    with as_owner() as db:
        set_attendance(db, world.actor(db, "partner"), entry, "provider_absent", "present")
    await tab.call(SessionState, "choose_attendance", entry=str(entry), code="student_absent")
    assert "“provider absent” elsewhere" in tab.var(SessionState.problem)
    assert tab.var(SessionState.kids)[0].attendance == stored(world).attendance == "provider_absent"
    await tab.call(SessionState, "choose_attendance", entry=str(entry), code="student_absent")
    assert (tab.var(SessionState.problem), stored(world).attendance) == ("", "student_absent")


async def test_a_server_that_started_again_meanwhile_steps_from_the_minutes_that_are_stored(
    tabs: Tabs, world: World
) -> None:
    tab = tabs.tab(hash_token(world.tokens["slp"]))
    tab.path = f"/sessions/{world.session.id}"
    await tab.call(SessionState, "step_minutes", entry=str(world.places[0].entry.id), steps=1)
    assert stored(world).minutes == 35


async def test_a_goal_added_meanwhile_is_in_the_grid_after_a_look(tabs: Tabs, world: World) -> None:
    tab = await live(tabs, world)
    with as_owner() as db:
        student = world.places[0].student.id
        create_goal(db, world.actor(db, "slp"), student, new_id(), NEW_GOAL)
    assert facts(tab) != facts_now(world, "slp")
    await tab.call(SessionState, "look_again")
    assert [goal.name for goal in tab.var(SessionState.kids)[0].goals] == ["goal 0", "goal 1", "goal 9"]
    assert facts(tab) == facts_now(world, "slp")


async def test_a_note_that_is_signed_elsewhere_closes_the_card(tabs: Tabs, world: World) -> None:
    tab = await live(tabs, world)
    with as_owner() as db:
        db.get_one(SessionEntry, world.places[0].entry.id).note_status = NoteStatus.SIGNED
    assert facts(tab) != facts_now(world, "slp")
    await tab.call(SessionState, "look_again")
    assert [kid.fixed for kid in tab.var(SessionState.kids)] == [True, False]
