"""Submitted progress reports wait for a supervisor where her notes wait, with what changed since she returned them."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import Session

from tests.conftest import OpenDb
from tests.services.report_world import ReportWorld, build_reports, coded, shown
from therapytrack.domain.dates import long_date
from therapytrack.models import Enrollment, ProgressReport, ReportPeriod, Student, StudentGrant, SupervisionLink, new_id
from therapytrack.services.co_sign_queue import open_queue
from therapytrack.services.report_answers import (
    co_sign_report,
    co_sign_report_addendum,
    return_report,
    return_report_addendum,
)
from therapytrack.services.report_page import open_report
from therapytrack.services.reports import (
    add_report_addendum,
    revise_report_addendum,
    save_text,
    set_code,
    sign_report,
    submit_report,
)
from therapytrack.services.today import get_day
from therapytrack.services.work_queue import count_waiting


@pytest.fixture
def world(db: OpenDb) -> ReportWorld:
    with db() as session:
        return build_reports(session)


def submitted(db: Session, world: ReportWorld) -> ProgressReport:
    return submit_report(db, world.actor(db, "slpa"), coded(db, world, "slpa"))


def desk(db: Session, world: ReportWorld, who: str = "supervisor") -> list[tuple[str, str, bool, bool]]:
    """What waits for `who`, which is what she counts."""
    actor = world.actor(db, who)
    found = open_queue(db, actor, None).reports
    assert count_waiting(db, actor).to_cosign == len(found)
    return [(one.student, one.author, one.is_addendum, one.again) for one in found]


def test_a_submitted_report_waits_for_its_writers_supervisor_alone(db: OpenDb, world: ReportWorld) -> None:
    with db() as session:
        seen = coded(session, world, "slpa")
        assert desk(session, world) == []
        report = submit_report(session, world.actor(session, "slpa"), seen)
        assert desk(session, world) == [("May Rivera", "Slpa", False, False)]
        others = ("slpa", "slp", "reader", "owner", "outsider", "other_supervisor")
        assert [desk(session, world, who) for who in others if who in world.cast.members] == [[]] * 5
        (one,) = open_queue(session, world.actor(session, "supervisor"), None).reports
        assert (one.student_id, one.period_id, one.period) == (*world.at, "Quarter 1")
        co_sign_report(session, world.actor(session, "supervisor"), *world.at, report.content_hash)
        assert desk(session, world) == []


def test_a_report_that_came_back_says_so_and_shows_what_changed(db: OpenDb, world: ReportWorld) -> None:
    with db() as session:
        report, boss = submitted(session, world), world.actor(session, "supervisor")
        first = open_report(session, boss, *world.at)
        assert (first.rights.answer, first.comment, first.changes) == (True, "", ())
        return_report(session, boss, *world.at, report.content_hash, "Which cues?")
        assert desk(session, world) == []
        hers = open_report(session, world.actor(session, "slpa"), *world.at)
        assert (hers.comment, hers.changes) == ("Which cues?", ())
        save_text(session, world.actor(session, "slpa"), *world.at, world.goals[0], "words", "With 2 cues.", 1)
        set_code(session, world.actor(session, "slpa"), *world.at, world.goals[1], "B")
        submit_report(session, world.actor(session, "slpa"), shown(session, world, "slpa"))
        assert desk(session, world) == [("May Rivera", "Slpa", False, True)]
        again = open_report(session, world.actor(session, "supervisor"), *world.at)
        assert again.comment == "Which cues?"
        assert [one.place for one in again.changes] == ["Initial /s/: words", "Retell: code"]
        assert [(one.kind, one.text) for one in again.changes[0].pieces] == [("inserted", "With 2 cues.")]
        deleted = "".join(one.text for one in again.changes[1].pieces if one.kind != "inserted")
        assert deleted == "D: Not yet introduced"
        reader = open_report(session, world.actor(session, "slp"), *world.at)
        assert (reader.comment, reader.changes) == ("", ())


def test_a_submitted_addendum_waits_and_shows_its_difference(db: OpenDb, world: ReportWorld) -> None:
    with db() as session:
        sign_report(session, world.actor(session, "slp"), coded(session, world))
        hers = add_report_addendum(session, world.actor(session, "slpa"), *world.at, new_id(), "Sheet lost.")
        assert desk(session, world) == [("May Rivera", "Slpa", True, False)]
        boss = world.actor(session, "supervisor")
        return_report_addendum(session, boss, hers.id, hers.content_hash, "Which one?")
        assert desk(session, world) == []
        again = revise_report_addendum(session, world.actor(session, "slpa"), hers.id, "Sheet of Nov 3 lost.")
        assert desk(session, world) == [("May Rivera", "Slpa", True, True)]
        (line,) = open_report(session, boss, *world.at).addenda
        assert (line.comment, "".join(one.text for one in line.pieces if one.kind == "inserted")) == (
            "Which one?", "of Nov 3 ",
        )  # fmt: skip
        co_sign_report_addendum(session, boss, hers.id, again.content_hash)
        assert desk(session, world) == []


def test_a_returned_addendum_is_read_by_its_author_and_by_her_own_supervisor(db: OpenDb, world: ReportWorld) -> None:
    """Whoever wrote the report itself, which here is nobody's supervisee (rule 7)."""
    with db() as session:
        sign_report(session, world.actor(session, "slp"), coded(session, world))
        hers = add_report_addendum(session, world.actor(session, "slpa"), *world.at, new_id(), "Sheet lost.")
        boss = world.actor(session, "supervisor")
        return_report_addendum(session, boss, hers.id, hers.content_hash, "Which one?")

        def reads(who: str) -> list[tuple[str, str, bool]]:
            found = open_report(session, world.actor(session, who), *world.at).addenda
            return [(one.text, one.comment, one.mine) for one in found]

        assert reads("slpa") == [("Sheet lost.", "Which one?", True)]
        assert reads("supervisor") == [("Sheet lost.", "Which one?", False)]
        assert reads("slp") == reads("reader") == []
        session.execute(update(SupervisionLink).values(ends_at=boss.at - timedelta(minutes=1)))
        assert reads("supervisor") == []


def test_nothing_waits_without_the_tie_or_the_right_to_see_the_student(db: OpenDb, world: ReportWorld) -> None:
    with db() as session:
        submitted(session, world)
        everybody = update(StudentGrant).values(can_view=False, can_edit=False, can_export=False, can_generate=False)
        session.execute(everybody)
        assert desk(session, world) == []
        session.execute(update(StudentGrant).values(can_view=True, can_edit=True))
        assert len(desk(session, world)) == 1
        ended = world.actor(session, "supervisor").at - timedelta(minutes=1)
        session.execute(update(SupervisionLink).values(ends_at=ended))
        assert desk(session, world) == []


def test_today_says_which_reports_are_due_and_when_their_period_ends(db: OpenDb, world: ReportWorld) -> None:
    with db() as session:
        due = get_day(session, world.actor(session, "slp")).reports
        assert due is not None
        assert (due.period_id, due.name, due.words, due.tone) == (
            world.period_id, "Quarter 1", "1 report not signed, due in 5 days", "warn",
        )  # fmt: skip
        assert due.ends.startswith("Ends ")
        assert get_day(session, world.actor(session, "owner")).reports is None
        session.execute(update(ReportPeriod).values(due_on=world.today - timedelta(days=2)))
        late = get_day(session, world.actor(session, "slp")).reports
        assert late is not None
        assert (late.words, late.tone) == ("1 report not signed, 2 days overdue", "bad")
        session.execute(update(ReportPeriod).values(last_on=world.today - timedelta(days=3)))
        report = submitted(session, world)
        before = get_day(session, world.actor(session, "slpa")).reports
        assert before is not None
        assert before.ends.startswith("Ended ")
        co_sign_report(session, world.actor(session, "supervisor"), *world.at, report.content_hash)
        assert get_day(session, world.actor(session, "slp")).reports is None


def test_a_student_who_moved_within_the_period_has_both_schools_with_their_days(db: OpenDb, world: ReportWorld) -> None:
    came = world.today - timedelta(days=20)
    stays = (("Oak MS", world.today - timedelta(days=300), came - timedelta(days=1)), ("Lincoln ES", came, None))
    with db() as session:
        before = open_report(session, world.actor(session, "slp"), *world.at).content.school
        for school, first, last in stays:
            session.add(
                Enrollment(
                    workspace_id=world.cast.workspace_id,
                    student_id=world.student_id,
                    school=school,
                    starts_on=first,
                    ends_on=last,
                )
            )
        session.flush()
        moved = open_report(session, world.actor(session, "slp"), *world.at).content.school
        assert moved == f"Lincoln ES since {long_date(came)}; Oak MS until {long_date(came - timedelta(days=1))}"
        assert before == session.get_one(Student, world.student_id).school
