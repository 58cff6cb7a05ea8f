"""The pages of progress reports: a suggestion waits for its tap, what is signed was shown, all signed are printed."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
from sqlmodel import Session

from tests.conftest import OpenDb
from tests.harness import SUFFIX, Tab, running_tabs
from tests.services.report_world import ReportWorld, build_reports
from tests.services.test_report_batches import add_signed
from therapytrack.access.actor import Actor
from therapytrack.domain.dates import span_words
from therapytrack.errors import Unavailable
from therapytrack.models import ReportPeriod
from therapytrack.services.report_batches import (
    BatchLine,
    begin_batch,
    cancel_batch,
    fail_batch,
    look_at_batch,
    newest_batch,
    open_batch,
)
from therapytrack.state import reports as reports_state
from therapytrack.state.base import run_service
from therapytrack.state.note_views import record_id
from therapytrack.state.report import ReportState
from therapytrack.state.report_views import Choice
from therapytrack.state.reports import ReportsState
from therapytrack.state.settings_reports import SettingsReportsState


@pytest.fixture
def world(db: OpenDb) -> ReportWorld:
    with db() as session:
        return build_reports(session)


def address(world: ReportWorld) -> str:
    return f"/reports/{world.period_id}/{world.student_id}"


async def sign(tab: Tab, world: ReportWorld) -> None:
    for goal, code in zip(tab.var(ReportState.goals), ("C", "D"), strict=True):
        await tab.call(ReportState, "give_code", goal_id=goal.id, code=code)
    await tab.call(ReportState, "sign", then="")


async def test_a_report_from_its_queue_to_its_addendum(world: ReportWorld) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["slp"]).open("/reports")
        (line,) = tab.var(ReportsState.lines)
        assert (line.href, line.state) == (address(world), "Due")
        assert tab.var(ReportsState.tally) == "1 due"
        await tab.open(line.href)
        met, other = tab.var(ReportState.goals)
        assert (met.suggested, met.code, other.suggested) == ("C", "", "D")
        assert met.reason.startswith("Suggested C, met on ")
        await tab.call(ReportState, "sign", then="")
        assert [one.error != "" for one in tab.var(ReportState.goals)] == [True, True]
        await tab.call(ReportState, "save_text", record=f"{met.id}:words", text="At the table.", version=1)
        assert tab.var(ReportState.goals)[0].words_version == 2
        await tab.call(ReportState, "save_text", record=f"{met.id}:words", text="Late.", version=1)
        assert tab.var(ReportState.goals)[0].words == "At the table."
        await sign(tab, world)
        report = tab.var(ReportState.report)
        assert (report.state, report.done, report.export, tab.var(ReportState.said)) == (
            "Signed",
            True,
            True,
            "Signed.",
        )
        words, key = "The date was Nov 3.", tab.var(ReportState.new_addendum)
        form = {"record": f"{world.period_id}/{world.student_id}", "key": key, "addendum": words}
        for _ in range(2):
            await tab.call(ReportState, "add", form=form)
        assert [one.text for one in tab.var(ReportState.addenda)] == [words]
        assert tab.var(ReportState.new_addendum) not in ("", key)
        assert tabs.errors == []


async def test_an_assistant_submits_and_her_supervisor_returns_and_co_signs(world: ReportWorld) -> None:
    async with running_tabs() as tabs:
        hers = await tabs.tab(world.cast.tokens["slpa"]).open(address(world))
        for goal, code in zip(hers.var(ReportState.goals), ("C", "D"), strict=True):
            await hers.call(ReportState, "give_code", goal_id=goal.id, code=code)
        other = await tabs.tab(world.cast.tokens["slp"]).open(address(world))
        assert [one.code for one in other.var(ReportState.goals)] == ["", ""]
        assert "still being written by Slpa" in other.var(ReportState.report).hidden
        await hers.call(ReportState, "submit", then="")
        boss = await tabs.tab(world.cast.tokens["supervisor"]).open(address(world))
        one = boss.var(ReportState.report)
        assert (one.answer, one.state) == (True, "To co-sign")
        back = {"record": one.record, "shown": one.hash, "comment": "Which cues?"}
        await boss.call(ReportState, "send_back", form=back)
        await hers.open(address(world))
        assert hers.var(ReportState.report).comment == "Which cues?"
        await hers.call(ReportState, "submit", then="next")
        await boss.open(address(world))
        await boss.call(ReportState, "co_sign", shown=boss.var(ReportState.report).hash)
        assert boss.var(ReportState.report).state == "Co-signed"
        assert tabs.errors == []


async def test_all_signed_reports_are_printed_in_one_run(
    world: ReportWorld, db: OpenDb, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(render: Callable[[Any], Any], data: Any) -> Any:
        return render(data)

    monkeypatch.setattr(reports_state, "in_worker", at_once)
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["slp"]).open("/reports")
        await tab.call(ReportsState, "print_all", form={"kind": "report"})
        assert tab.var(ReportsState.problem).startswith("None of these reports is signed")
        await tab.open(address(world))
        await sign(tab, world)
        await tab.open("/reports")
        await tab.call(ReportsState, "print_all", form={"kind": "family-es"})
        assert (tab.var(ReportsState.made), tab.var(ReportsState.of), tab.var(ReportsState.run)) == (1, 1, "")
        assert tabs.errors == []
    with db() as session:
        actor = world.actor(session, "slp")
    batch = record_id(tab.var(ReportsState.batch))
    name, data = run_service(actor, open_batch, batch, "merged")
    assert (name, data[:5]) == ("reports-quarter-1-family-es.pdf", b"%PDF-")


async def test_the_bar_of_a_run_grows_by_each_report_that_is_made(
    world: ReportWorld, db: OpenDb, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(render: Callable[[Any], Any], data: Any) -> Any:
        return render(data)

    monkeypatch.setattr(reports_state, "in_worker", at_once)
    with db() as session:
        for number in range(11):
            add_signed(session, world, number)
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["slp"]).open(address(world))
        await sign(tab, world)
        await tab.open("/reports")
        tab.deltas.clear()
        await tab.call(ReportsState, "print_all", form={"kind": "report"})
        assert tabs.errors == []
        name = f"made{SUFFIX}"
        bar = [values[name] for delta in tab.deltas for values in delta.values() if name in values]
    assert (list(dict.fromkeys(bar)), tab.var(ReportsState.of)) == ([*range(13)], 12)
    with db() as session:
        ready = open_batch(session, world.actor(session, "slp"), record_id(tab.var(ReportsState.batch)), "each")[1]
    assert len(ZipFile(BytesIO(ready)).namelist()) == 12


async def test_a_run_that_is_canceled_elsewhere_stops_here_and_can_be_repeated(
    world: ReportWorld, db: OpenDb, monkeypatch: pytest.MonkeyPatch
) -> None:
    canceled: list[bool] = []

    async def at_once(render: Callable[[Any], Any], data: Any) -> Any:
        if not canceled:
            with db() as session:
                actor = world.actor(session, "slp")
                newest = newest_batch(session, actor, world.period_id)
                canceled.append(newest is not None and cancel_batch(session, actor, newest.id))
        return render(data)

    monkeypatch.setattr(reports_state, "in_worker", at_once)
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["slp"]).open(address(world))
        await sign(tab, world)
        await tab.open("/reports")
        await tab.call(ReportsState, "print_all", form={"kind": "report"})
        assert canceled == [True]
        assert (tab.var(ReportsState.run), tab.var(ReportsState.batch)) == ("", "")
        assert tab.var(ReportsState.halted).startswith("The last run was canceled: 0 of 1 were made")
        await tab.call(ReportsState, "print_all", form={"kind": "report"})
        assert (tab.var(ReportsState.halted), tab.var(ReportsState.batch) != "") == ("", True)
        again = await tabs.tab(world.cast.tokens["slp"]).open("/reports")
        assert again.var(ReportsState.batch) == tab.var(ReportsState.batch)
        assert again.var(ReportsState.kind_words) == "Report"
        assert tabs.errors == []


async def test_a_page_follows_a_run_that_another_process_began_and_tells_of_its_failure(
    world: ReportWorld, db: OpenDb, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []

    def look(session: Session, actor: Actor, batch_id: UUID) -> BatchLine:
        looked.append(len(looked))
        if len(looked) == 2:
            fail_batch(session, actor, batch_id)
        return look_at_batch(session, actor, batch_id)

    monkeypatch.setattr(reports_state, "look_at_batch", look)
    monkeypatch.setattr(reports_state, "LOOK_SECONDS", 0)
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["slp"]).open(address(world))
        await sign(tab, world)
        with db() as session:
            begin_batch(session, world.actor(session, "slp"), world.period_id, "family-en")
        await tab.open("/reports")
        assert (looked, tab.var(ReportsState.of), tab.var(ReportsState.run)) == ([0, 1], 1, "")
        assert tab.var(ReportsState.halted).startswith("The last run failed: 0 of 1 were made")
        assert tabs.errors == []


async def test_a_second_tab_is_told_of_the_first_ones_run_and_looks_at_it(
    world: ReportWorld, db: OpenDb, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(session: Session, actor: Actor, batch_id: UUID) -> BatchLine:
        fail_batch(session, actor, batch_id)
        return look_at_batch(session, actor, batch_id)

    monkeypatch.setattr(reports_state, "look_at_batch", look)
    monkeypatch.setattr(reports_state, "LOOK_SECONDS", 0)
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["slp"]).open(address(world))
        await sign(tab, world)
        with db() as session:
            today, due = world.today, world.today + timedelta(days=400)
            here = world.cast.workspace_id
            later = ReportPeriod(workspace_id=here, name="Later", first_on=today, last_on=today, due_on=due)
            session.add(later)
            later_id = later.id
        tab, other = (
            await tab.open("/reports"),
            await tabs.tab(world.cast.tokens["slp"]).open(f"/reports?period={later_id}"),
        )
        with db() as session:
            begin_batch(session, world.actor(session, "slp"), world.period_id, "report")
        await other.call(ReportsState, "print_all", form={"kind": "report"})
        told = "You are printing the reports of Quarter 1 already"
        assert (other.var(ReportsState.first).partition(",")[0], other.var(ReportsState.run)) == (told, "")
        assert other.var(ReportsState.elsewhere) == f"/reports?period={world.period_id}"
        await tab.call(ReportsState, "print_all", form={"kind": "report"})
        assert (tab.var(ReportsState.first).partition(",")[0], tab.var(ReportsState.elsewhere)) == (told, "")
        assert tab.var(ReportsState.halted).startswith("The last run failed: 0 of 1 were made")
        assert tabs.errors == []


async def test_a_document_that_cannot_be_made_ends_the_run_in_words(
    world: ReportWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(render: Callable[[Any], Any], data: Any) -> Any:
        raise Unavailable("The document could not be made just now.")

    monkeypatch.setattr(reports_state, "in_worker", broken)
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["slp"]).open(address(world))
        await sign(tab, world)
        await tab.open("/reports")
        await tab.call(ReportsState, "print_all", form={"kind": "report"})
        assert tab.var(ReportsState.problem) == "The document could not be made just now."
        assert tab.var(ReportsState.halted).startswith("The last run failed")
        assert (tab.var(ReportsState.run), tabs.errors) == ("", [])


async def test_the_office_sets_periods_and_codes(world: ReportWorld) -> None:
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["owner"]).open("/settings/reports")
        days = {"first_on": "2026-09-01", "last_on": "2026-08-01", "due_on": "2026-11-25"}
        await tab.call(SettingsReportsState, "save_period", form={"name": "", **days})
        assert set(tab.var(SettingsReportsState.field_errors)) == {"name", "last_on"}
        await tab.call(SettingsReportsState, "save_period", form={"name": "Fall", **days, "last_on": "2026-11-20"})
        assert tab.var(SettingsReportsState.done) == "Saved."
        fall = next(one for one in tab.var(SettingsReportsState.periods) if one.name == "Fall")
        others = [one for one in tab.var(SettingsReportsState.periods) if one != fall]
        await tab.call(SettingsReportsState, "edit_period", period_id=fall.id)
        await tab.call(SettingsReportsState, "ask_remove", period_id=fall.id)
        assert tab.var(SettingsReportsState.removing) == fall
        late = await tabs.tab(world.cast.tokens["owner"]).open("/settings/reports")
        await late.call(SettingsReportsState, "edit_period", period_id=fall.id)
        keys = late.var(SettingsReportsState.period_key), late.var(SettingsReportsState.set_key)
        tabs.restart()
        for one in (late, tab):
            await one.come_back()
        assert late.var(SettingsReportsState.editing) == fall
        await tab.call(SettingsReportsState, "remove_period", period_id=fall.id)
        assert tab.var(SettingsReportsState.done) == "Removed."
        assert tab.var(SettingsReportsState.periods) == others
        assert {tab.var(SettingsReportsState.removing).id, tab.var(SettingsReportsState.editing).id} == {""}
        await late.come_back()
        assert (late.var(SettingsReportsState.editing), late.var(SettingsReportsState.periods)) == (fall, others)
        await late.call(SettingsReportsState, "save_period", form={"name": "Mine", **days, "last_on": "2026-11-20"})
        assert late.var(SettingsReportsState.problem).startswith("We could not find that.")
        assert (late.var(SettingsReportsState.period_key), late.var(SettingsReportsState.set_key)) == keys
        await tab.call(SettingsReportsState, "save_set", form={"set_name": "Ours", "codes": "A = Met | met\nB = Not"})
        ours = next(one for one in tab.var(SettingsReportsState.sets) if one.name == "Ours")
        await tab.call(SettingsReportsState, "use_set", set_id=ours.id)
        assert [one.in_use for one in tab.var(SettingsReportsState.sets)] == [False, False, True]
        assert tabs.errors == []


async def test_a_period_with_a_report_is_kept_and_the_office_reads_why(world: ReportWorld) -> None:
    async with running_tabs() as tabs:
        await sign(await tabs.tab(world.cast.tokens["slp"]).open(address(world)), world)
        tab = await tabs.tab(world.cast.tokens["owner"]).open("/settings/reports")
        (quarter,) = tab.var(SettingsReportsState.periods)
        await tab.call(SettingsReportsState, "ask_remove", period_id=quarter.id)
        await tab.call(SettingsReportsState, "remove_period", period_id=quarter.id)
        assert "has reports, so it stays" in tab.var(SettingsReportsState.problem)
        assert tab.var(SettingsReportsState.removing) == quarter, "the question stays, with the answer in it"
        assert tab.var(SettingsReportsState.periods) == [quarter]
        assert tabs.errors == []


async def test_periods_of_earlier_school_years_are_in_a_list(db: OpenDb, world: ReportWorld) -> None:
    before = world.today - timedelta(days=400)
    with db() as session:
        old = ReportPeriod(
            workspace_id=world.cast.workspace_id,
            name="Old quarter",
            first_on=before - timedelta(days=30),
            last_on=before,
            due_on=before,
        )
        session.add(old)
        session.flush()
        key = str(old.id)
    async with running_tabs() as tabs:
        tab = await tabs.tab(world.cast.tokens["slp"]).open("/reports")
        assert len(tab.var(ReportsState.periods)) == 1
        days = span_words(before - timedelta(days=30), before)
        assert tab.var(ReportsState.earlier) == [Choice(key, f"Old quarter ({days})")]
        assert tab.var(ReportsState.shown_earlier) == ""
        await tab.call(ReportsState, "choose_period", period=key)
        await tab.open(f"/reports?period={key}")
        assert (tab.var(ReportsState.period), tab.var(ReportsState.shown_earlier)) == ("Old quarter", key)
        assert [one.current for one in tab.var(ReportsState.periods)] == [False]
        assert tabs.errors == []
