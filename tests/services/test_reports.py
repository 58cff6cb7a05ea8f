"""Progress reports: begun with the first act, signed as shown, locked afterwards, co-signed by rule 6, corrected by
addenda; every act is logged."""

import json
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from tests.conftest import OpenDb
from tests.factories import acts_of_people, add_session
from tests.services.report_world import ReportWorld, build_reports, coded, rename, shown
from therapytrack.access.actions import Action
from therapytrack.access.reports import access_report
from therapytrack.domain.progress_codes import parse_code_set
from therapytrack.domain.report_content import content_from, text_hash
from therapytrack.domain.report_periods import parse_period
from therapytrack.errors import Conflict, Invalid, NotFound, NotPermitted
from therapytrack.models import GoalVersion, ProgressReport, ReportAddendum, ReportAnswer, new_id
from therapytrack.services import report_settings, reports
from therapytrack.services.report_answers import (
    co_sign_report,
    co_sign_report_addendum,
    return_report,
    return_report_addendum,
)
from therapytrack.services.report_export import export_report
from therapytrack.services.report_queue import next_due, open_report_queue
from therapytrack.services.report_settings import (
    get_report_settings,
    hold_period,
    list_periods,
    remove_period,
    save_code_set,
    save_period,
    use_code_set,
)
from therapytrack.services.reports import (
    add_report_addendum,
    revise_report_addendum,
    save_text,
    set_code,
    sign_report,
    submit_report,
    use_made_text,
)


@pytest.fixture
def world(db: OpenDb) -> ReportWorld:
    with db() as session:
        return build_reports(session)


def signed(db: Session, world: ReportWorld) -> ProgressReport:
    return sign_report(db, world.actor(db, "slp"), coded(db, world))


def submitted(db: Session, world: ReportWorld) -> ProgressReport:
    return submit_report(db, world.actor(db, "slpa"), coded(db, world, "slpa"))


def test_a_report_begins_with_its_first_act_and_is_signed_as_it_was_shown(db: OpenDb, world: ReportWorld) -> None:
    with db() as session:
        report = signed(session, world)
        assert (report.status, report.content_hash) == ("signed", text_hash(report.content))
        content = content_from(report.content)
        assert [one.code_words for one in content.goals] == ["C: Goal met", "D: Not yet introduced"]
        assert content.goals[0].paragraph.startswith("5 probes on 5 days from ")
        assert (content.student, content.first_name, content.code_set) == (
            "Maya Rivera (May)", "May", "Mississippi, version 1",
        )  # fmt: skip
        assert content.goals[0].family_es.endswith("May alcanzó esta meta.")
        assert "<svg" in content.goals[0].chart
        assert content.goals[1].chart == ""
        again = sign_report(session, world.actor(session, "slp"), shown(session, world))
        assert again.id == report.id
    with db() as session:
        assert [one.action for one in acts_of_people(session)] == [
            "draft report", "code report goal", "code report goal", "sign report",
        ]  # fmt: skip


def test_what_was_signed_is_not_what_the_data_say_later(db: OpenDb, world: ReportWorld) -> None:
    with db() as session:
        before = signed(session, world).content
        version = session.execute(select(GoalVersion).where(col(GoalVersion.goal_id) == world.goals[0])).scalar_one()
        student = access_report(session, world.actor(session, "slp"), *world.at, Action.VIEW).seen.student
        add_session(session, world.cast, student, world.today, scores=[(version, 20, 2)])
        rename(session, world, "Mia")
        assert session.get_one(ProgressReport, access_id(session, world)).content == before


def access_id(db: Session, world: ReportWorld) -> object:
    report = access_report(db, world.actor(db, "slp"), *world.at, Action.VIEW).report
    assert report is not None
    return report.id


def test_data_that_changed_after_the_page_was_opened_are_not_signed_unseen(db: OpenDb, world: ReportWorld) -> None:
    with db() as session:
        seen = coded(session, world)
        version = session.execute(select(GoalVersion).where(col(GoalVersion.goal_id) == world.goals[0])).scalar_one()
        student = access_report(session, world.actor(session, "slp"), *world.at, Action.VIEW).seen.student
        add_session(session, world.cast, student, world.today, scores=[(version, 20, 2)])
        with pytest.raises(Conflict, match="data changed"):
            sign_report(session, world.actor(session, "slp"), seen)


def test_a_text_saved_elsewhere_is_not_signed_unseen(db: OpenDb, world: ReportWorld) -> None:
    with db() as session:
        seen = coded(session, world)
        save_text(session, world.actor(session, "slp"), *world.at, world.goals[0], "words", "At home too.", 1)
        with pytest.raises(Conflict, match="changed elsewhere"):
            sign_report(session, world.actor(session, "slp"), seen)


def test_every_goal_needs_a_code_or_words_why_none_fits(db: OpenDb, world: ReportWorld) -> None:
    with db() as session:
        actor = world.actor(session, "slp")
        set_code(session, actor, *world.at, world.goals[0], "C")
        with pytest.raises(Invalid) as error:
            sign_report(session, actor, shown(session, world))
        assert list(error.value.fields) == [f"goal:{world.goals[1]}"]
        save_text(session, actor, *world.at, world.goals[1], "words", "Begins in January.", 1)
        assert sign_report(session, actor, shown(session, world)).status == "signed"


def test_no_suggestion_is_applied_by_itself(db: OpenDb, world: ReportWorld) -> None:
    with db() as session:
        assert [one.code for one in shown(session, world).goals] == ["", ""]


def test_texts_are_saved_over_the_version_that_was_seen(db: OpenDb, world: ReportWorld) -> None:
    with db() as session:
        actor, goal = world.actor(session, "slp"), world.goals[0]
        assert save_text(session, actor, *world.at, goal, "family_es", "Muy bien.", 1).version == 2
        assert save_text(session, actor, *world.at, goal, "family_es", "Muy bien.", 1).version == 2
        with pytest.raises(Conflict) as error:
            save_text(session, actor, *world.at, goal, "family_es", "Bien.", 1)
        assert (error.value.theirs, error.value.version) == ("Muy bien.", 2)
        with pytest.raises(NotFound):
            save_text(session, actor, *world.at, goal, "code", "C", 1)
        with pytest.raises(Invalid):
            save_text(session, actor, *world.at, goal, "words", "x" * 5001, 1)
        use_made_text(session, actor, *world.at, goal, "family_es")
        draft = shown(session, world)
        assert draft.goals[0].versions == (1, 1, 3)


def test_a_code_of_another_set_is_refused(db: OpenDb, world: ReportWorld) -> None:
    with db() as session, pytest.raises(Invalid):
        set_code(session, world.actor(session, "slp"), *world.at, world.goals[0], "4")


Act = Callable[[Session, ReportWorld, str], object]
ACTS: dict[str, Act] = {
    "code": lambda db, w, who: set_code(db, w.actor(db, who), *w.at, w.goals[0], "A"),
    "text": lambda db, w, who: save_text(db, w.actor(db, who), *w.at, w.goals[0], "words", "No.", 1),
    "sign": lambda db, w, who: sign_report(db, w.actor(db, who), shown(db, w)),
    "submit": lambda db, w, who: submit_report(db, w.actor(db, who), shown(db, w)),
    "co-sign": lambda db, w, who: co_sign_report(db, w.actor(db, who), *w.at, "0" * 64),
    "return": lambda db, w, who: return_report(db, w.actor(db, who), *w.at, "0" * 64, "Why?"),
    "addendum": lambda db, w, who: add_report_addendum(db, w.actor(db, who), *w.at, new_id(), "More."),
    "export": lambda db, w, who: export_report(db, w.actor(db, who), *w.at, "report"),
}
# Of a draft that the clinician began: nobody else writes it, and nobody at all answers, adds or exports.
REFUSED = [
    (act, who)
    for act in ACTS
    for who in ("owner", "reader", "slpa", "supervisor", "slp", "outsider")
    if (act, who) not in {("code", "slp"), ("text", "slp"), ("sign", "slp")}
]


def test_who_may_not_is_refused_and_a_stranger_learns_nothing(db: OpenDb, world: ReportWorld) -> None:
    with db() as session:
        coded(session, world)
    for act, who in REFUSED:
        wanted = NotFound if who in ("owner", "outsider") else (NotPermitted, Invalid)
        with pytest.raises(wanted), db() as session:
            ACTS[act](session, world, who)


def test_an_assistant_submits_and_does_not_sign(db: OpenDb, world: ReportWorld) -> None:
    with db() as session:
        seen = coded(session, world, "slpa")
        with pytest.raises(NotPermitted, match="Assistants submit"):
            sign_report(session, world.actor(session, "slpa"), seen)
        assert submit_report(session, world.actor(session, "slpa"), seen).status == "submitted"


def test_an_assistants_words_are_held_against_her_license(db: OpenDb, world: ReportWorld) -> None:
    with db() as session:
        actor = world.actor(session, "slpa")
        coded(session, world, "slpa")
        save_text(session, actor, *world.at, world.goals[0], "words", "She presents with a severe delay.", 1)
        with pytest.raises(NotPermitted, match="Assistants state data"):
            submit_report(session, actor, shown(session, world, "slpa"))


def test_a_supervisor_co_signs_what_she_was_shown_once(db: OpenDb, world: ReportWorld) -> None:
    with db() as session:
        report = submitted(session, world)
        supervisor = world.actor(session, "supervisor")
        with pytest.raises(NotPermitted):
            co_sign_report(session, supervisor, *world.at, "0" * 64)
        with pytest.raises(NotPermitted):
            co_sign_report(session, world.actor(session, "slp"), *world.at, report.content_hash)
        first = co_sign_report(session, supervisor, *world.at, report.content_hash)
        assert co_sign_report(session, supervisor, *world.at, report.content_hash).id == first.id
        assert report.status == "cosigned"
    with db() as session:
        assert acts_of_people(session)[-1].action == "co-sign report"


def test_a_returned_report_goes_back_to_its_author_and_comes_again(db: OpenDb, world: ReportWorld) -> None:
    with db() as session:
        report = submitted(session, world)
        with pytest.raises(Invalid):
            return_report(session, world.actor(session, "supervisor"), *world.at, report.content_hash, " ")
        return_report(session, world.actor(session, "supervisor"), *world.at, report.content_hash, "Add the cues.")
        assert report.status == "returned"
        save_text(session, world.actor(session, "slpa"), *world.at, world.goals[0], "words", "2 cues.", 1)
        again = submit_report(session, world.actor(session, "slpa"), shown(session, world, "slpa"))
        assert (again.status, content_from(again.content).goals[0].words) == ("submitted", "2 cues.")


def test_a_correction_is_an_addendum_and_an_assistants_waits_for_a_signature(db: OpenDb, world: ReportWorld) -> None:
    with db() as session:
        report = signed(session, world)
        key = new_id()
        mine = add_report_addendum(session, world.actor(session, "slp"), *world.at, key, "The date was Nov 3.")
        assert add_report_addendum(session, world.actor(session, "slp"), *world.at, key, "Again.").id == mine.id
        hers = add_report_addendum(session, world.actor(session, "slpa"), *world.at, new_id(), "Data sheet lost.")
        assert (mine.status, hers.status) == ("signed", "submitted")
        with pytest.raises(NotFound):
            add_report_addendum(session, world.actor(session, "slp"), *world.at, UUID(int=0), "Of no form.")
        supervisor = world.actor(session, "supervisor")
        return_report_addendum(session, supervisor, hers.id, hers.content_hash, "Which one?")
        again = revise_report_addendum(session, world.actor(session, "slpa"), hers.id, "Data sheet of Nov 3 lost.")
        co_sign_report_addendum(session, supervisor, hers.id, again.content_hash)
        assert (again.status, report.status) == ("cosigned", "signed")
        file = export_report(session, world.actor(session, "slp"), *world.at, "report")
        assert [words for _, words in file.printed.addenda] == ["The date was Nov 3.", "Data sheet of Nov 3 lost."]


OF_SIGNED = (
    "UPDATE progress_report SET content = '{}'",
    "UPDATE progress_report SET content_hash = 'x'",
    "UPDATE progress_report SET status = 'draft'",
    "UPDATE progress_report SET signed_at = NULL",
    "UPDATE progress_report SET author_id = student_id",
    "DELETE FROM progress_report",
    "UPDATE progress_report_goal SET code = 'A'",
    "DELETE FROM progress_report_goal",
    "UPDATE report_addendum SET text = 'x'",
    "DELETE FROM report_addendum",
)


def test_the_database_refuses_to_change_a_signed_report(db: OpenDb, world: ReportWorld) -> None:
    with db() as session:
        signed(session, world)
        add_report_addendum(session, world.actor(session, "slp"), *world.at, new_id(), "More.")
    for statement in OF_SIGNED:
        with pytest.raises(IntegrityError), db() as session:
            session.execute(text(statement))


def test_the_database_refuses_to_change_an_answer(db: OpenDb, world: ReportWorld) -> None:
    with db() as session:
        report = submitted(session, world)
        co_sign_report(session, world.actor(session, "supervisor"), *world.at, report.content_hash)
    for statement in ("UPDATE report_answer SET comment = 'x'", "DELETE FROM report_answer"):
        with pytest.raises(IntegrityError), db() as session:
            session.execute(text(statement))


def test_the_queue_says_where_each_report_stands_and_what_is_missing(db: OpenDb, world: ReportWorld) -> None:
    with db() as session:
        (line,) = open_report_queue(session, world.actor(session, "slp"), None).lines
        assert (line.name, line.state, line.missing) == (
            "May Rivera", "due", "2 codes missing and 1 goal without data",
        )  # fmt: skip
        assert (line.mine, line.answers, line.prints) == (True, False, False)
        submitted(session, world)
        of = {who: open_report_queue(session, world.actor(session, who), None) for who in ("slp", "supervisor")}
        assert [(one.lines[0].state, one.lines[0].mine, one.lines[0].answers) for one in of.values()] == [
            ("submitted", False, False), ("submitted", False, True),
        ]  # fmt: skip
        assert next_due(of["slp"], uuid4()) is None
        assert open_report_queue(session, world.actor(session, "outsider"), world.period_id).period is None


def test_an_export_is_logged_with_its_days(db: OpenDb, world: ReportWorld) -> None:
    with db() as session:
        signed(session, world)
        file = export_report(session, world.actor(session, "reader"), *world.at, "family-es")
        assert (file.filename, file.printed.language) == (f"family-es-900-123-{world.today.isoformat()}.pdf", "es")
    with db() as session:
        act = acts_of_people(session)[-1]
        assert (act.action, act.detail["medium"]) == ("export progress report", "pdf")


def test_the_office_keeps_periods_and_sets_and_a_used_set_stays_as_it_was(db: OpenDb, world: ReportWorld) -> None:
    with db() as session:
        owner = world.actor(session, "owner")
        report = signed(session, world)
        settings = get_report_settings(session, owner)
        assert [(one.name, one.in_use, one.verified) for one in settings.sets] == [
            ("California", False, False), ("Mississippi", True, False),
        ]  # fmt: skip
        mine = {"set_name": "mississippi", "codes": "A = Achieved | met\nN = Not yet", "source": "Our guide"}
        save_code_set(session, owner, parse_code_set(mine))
        newest = get_report_settings(session, owner).sets[1]
        assert (newest.name, newest.number, newest.in_use) == ("Mississippi", 2, True)
        assert json.loads(report.content)["code_set"] == "Mississippi, version 1"
        use_code_set(session, owner, settings.sets[0].id)
        assert [one.in_use for one in get_report_settings(session, owner).sets] == [True, False]
        with pytest.raises(NotPermitted):
            use_code_set(session, world.actor(session, "slp"), newest.id)


def test_a_period_with_reports_keeps_its_days(db: OpenDb, world: ReportWorld) -> None:
    days = {"first_on": "2026-09-01", "last_on": "2026-11-20", "due_on": "2026-11-25"}
    with db() as session:
        owner = world.actor(session, "owner")
        made = save_period(session, owner, None, 0, parse_period({"name": "Autumn", **days}))
        with pytest.raises(Invalid):
            save_period(session, owner, None, 0, parse_period({"name": "autumn", **days}))
        next_year = {name: day.replace("2026", "2027") for name, day in days.items()}
        save_period(session, owner, None, 0, parse_period({"name": "Autumn", **next_year}))
        save_period(session, owner, made, 1, parse_period({"name": "Fall", **days}))
        with pytest.raises(Conflict):
            save_period(session, owner, made, 1, parse_period({"name": "Term 1", **days}))
        signed(session, world)
        with pytest.raises(Invalid):
            save_period(session, owner, world.period_id, 1, parse_period({"name": "Quarter 1", **days}))
        with pytest.raises(NotPermitted):
            save_period(session, world.actor(session, "slp"), None, 0, parse_period({"name": "Mine", **days}))


def test_a_period_that_nobody_has_begun_a_report_in_can_be_removed_by_the_office(
    db: OpenDb, world: ReportWorld
) -> None:
    days = {"first_on": "2026-09-01", "last_on": "2026-11-20", "due_on": "2026-11-25"}
    with db() as session:
        made = save_period(session, world.actor(session, "owner"), None, 0, parse_period({"name": "Fall", **days}))
    for who, version, refusal in (("slp", 1, NotPermitted), ("owner", 2, Conflict), ("outsider", 1, NotFound)):
        with db() as session, pytest.raises(refusal):
            remove_period(session, world.actor(session, who), made, version)
    with db() as session:
        assert hold_period(session, world.actor(session, "slp"), made)
        assert not hold_period(session, world.actor(session, "outsider"), made)
        remove_period(session, world.actor(session, "owner"), made, 1)
    with db() as session:
        assert not hold_period(session, world.actor(session, "slp"), made)
        assert [one.id for one in list_periods(session, world.actor(session, "owner"))] == [world.period_id]
        assert acts_of_people(session)[-1].action == "remove reporting period"
        with pytest.raises(NotFound):
            access_report(session, world.actor(session, "slp"), world.student_id, made, Action.DRAFT_NOTE)


def test_a_period_with_a_report_stays_and_it_is_said_why(db: OpenDb, world: ReportWorld) -> None:
    with db() as session:
        save_text(session, world.actor(session, "slp"), *world.at, world.goals[0], "words", "Begun.", 1)
    with db() as session, pytest.raises(Conflict, match="has reports, so it stays"):
        remove_period(session, world.actor(session, "owner"), world.period_id, 1)
    with db() as session:
        assert [one.id for one in list_periods(session, world.actor(session, "owner"))] == [world.period_id]


def test_a_period_that_was_removed_meanwhile_takes_no_report(
    db: OpenDb, world: ReportWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "hold_period", lambda *_: False)
    with db() as session, pytest.raises(NotFound):
        save_text(session, world.actor(session, "slp"), *world.at, world.goals[0], "words", "Begun.", 1)


def test_as_many_periods_sets_and_versions_as_are_kept_and_then_a_sentence(
    db: OpenDb, world: ReportWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = {"first_on": "2026-09-01", "last_on": "2026-11-20", "due_on": "2026-11-25"}
    for name, most in (("MOST_PERIODS", 2), ("MOST_SETS", 3), ("MOST_VERSIONS", 2)):
        monkeypatch.setattr(report_settings, name, most)
    with db() as session:
        owner = world.actor(session, "owner")

        def code_set(name: str, meaning: str) -> None:
            form = {"set_name": name, "codes": f"A = {meaning} | met\nN = Not yet"}
            save_code_set(session, owner, parse_code_set(form))

        made = save_period(session, owner, None, 0, parse_period({"name": "Fall", **days}))
        with pytest.raises(Invalid) as caught:
            save_period(session, owner, None, 0, parse_period({"name": "Spring", **days}))
        assert caught.value.fields == {"name": report_settings.PERIODS_FULL}
        save_period(session, owner, made, 1, parse_period({"name": "Spring", **days}))
        code_set("Ours", "Met")
        with pytest.raises(Invalid) as caught:
            code_set("Theirs", "Met")
        assert caught.value.fields == {"set_name": report_settings.SETS_FULL}
        code_set("Ours", "Achieved")
        with pytest.raises(Invalid) as caught:
            code_set("Ours", "Mastered")
        assert caught.value.fields == {"codes": report_settings.VERSIONS_FULL}
        code_set("Ours", "Achieved")


def test_a_report_and_its_answers_stand_in_their_tables(db: OpenDb, world: ReportWorld) -> None:
    with db() as session:
        report = submitted(session, world)
        co_sign_report(session, world.actor(session, "supervisor"), *world.at, report.content_hash)
        answer = session.execute(select(ReportAnswer)).scalar_one()
        assert (answer.kind, answer.content_hash, answer.created_at - report.created_at < timedelta(minutes=5)) == (
            "cosigned", report.content_hash, True,
        )  # fmt: skip
        assert session.execute(select(ReportAddendum)).first() is None
