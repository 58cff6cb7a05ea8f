"""The demo workspace: loaded once, whole and true to the rules that real data follow."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from tests.conftest import KINDS, OpenDb
from tests.services import demo_copies
from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor, resolve_actor
from therapytrack.domain.date_range import DateRange
from therapytrack.domain.goal_chart import GoalChart
from therapytrack.domain.note_content import content_hash
from therapytrack.domain.points import Metric
from therapytrack.domain.report_content import content_from, text_hash
from therapytrack.models import (
    Account,
    Goal,
    GoalPoint,
    Membership,
    NoteStatus,
    ProgressReport,
    ProgressReportGoal,
    ReportAddendum,
    ReportAnswer,
    ReportPeriod,
    SessionEntry,
    SignIn,
    Student,
    SupervisionContact,
    TherapySession,
    Trial,
    Workspace,
    new_id,
    utc_now,
)
from therapytrack.services.caseload import list_caseload
from therapytrack.services.demo import CLINICIANS_STUDENTS, PLACES, load_demo_workspace
from therapytrack.services.demo_accounts import DEMO_ACCOUNTS
from therapytrack.services.demo_caseload import Caseload, Provider
from therapytrack.services.demo_data import STUDENTS
from therapytrack.services.demo_rows import Rows
from therapytrack.services.demo_sessions import meetings
from therapytrack.services.identity import hash_token, start_sign_in
from therapytrack.services.note_contents import contents_of
from therapytrack.services.progress import get_goal_progress
from therapytrack.services.report_contents import draft_of, see_report
from therapytrack.services.student_page import open_student
from therapytrack.services.summaries import gather_summary


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, clean_settings: None) -> Iterator[str]:
    """The address of this test's own copy of the demo, once as SQLite and once as PostgreSQL."""
    with demo_copies.copy_of_demo(request, request.param) as url:
        yield url


@pytest.fixture
def loaded(db: OpenDb) -> OpenDb:
    return db


def test_the_demo_is_loaded_once(loaded: OpenDb) -> None:
    assert load_demo_workspace() is False


def test_the_cast_has_one_of_each_role_and_a_stranger_in_another_workspace(loaded: OpenDb) -> None:
    with loaded() as session:
        rows = session.execute(
            select(col(Account.email), col(Membership.clinical_role), col(Workspace.name))
            .join(Membership, col(Membership.account_id) == col(Account.id))
            .join(Workspace, col(Workspace.id) == col(Membership.workspace_id))
        ).all()
    assert {row[0] for row in rows} == {one.email for one in DEMO_ACCOUNTS.values()}
    assert Counter(row[2] for row in rows) == {"Lincoln USD": 5, "Harbor Learning": 1}


def test_the_counts_that_charts_read_equal_the_trials(loaded: OpenDb) -> None:
    place = (col(Trial.entry_id), col(Trial.goal_id), col(Trial.purpose))
    with loaded() as session:
        events = select(*place, func.count()).where(col(Trial.outcome) != "start").group_by(*place)
        counted = {row[:3]: row[3] for row in session.execute(events)}
        points = {
            (one.entry_id, one.goal_id, one.purpose): one.trials for one in session.execute(select(GoalPoint)).scalars()
        }
    assert counted == points
    assert len(points) > 1000


def test_every_sealed_note_is_the_note_whose_hash_was_kept(loaded: OpenDb) -> None:
    with loaded() as session:
        entries = session.execute(select(SessionEntry).where(col(SessionEntry.content_hash) != "")).scalars().all()
        contents = contents_of(session, actor_of_demo(session), entries)
        wrong = [one.id for one in entries if content_hash(contents[one.id]) != one.content_hash]
    assert wrong == []
    assert {one.note_status for one in entries} == {NoteStatus.SIGNED, NoteStatus.SUBMITTED, NoteStatus.COSIGNED}


def test_todays_group_has_four_students_with_three_goals_each(loaded: OpenDb) -> None:
    with loaded() as session:
        group = (
            session.execute(
                select(TherapySession)
                .where(col(TherapySession.title).like("%Group A"), col(TherapySession.status) == "planned")
                .order_by(col(TherapySession.held_on))
            )
            .scalars()
            .first()
        )
        assert group is not None
        goals = session.execute(
            select(col(Student.given_name), func.count(col(Goal.id)))
            .join(SessionEntry, col(SessionEntry.student_id) == col(Student.id))
            .join(Goal, col(Goal.student_id) == col(Student.id))
            .where(col(SessionEntry.session_id) == group.id)
            .group_by(col(Student.given_name))
        ).all()
    assert {row[0]: row[1] for row in goals} == {"Mateo": 3, "Aaliyah": 3, "Noah": 3, "Priya": 3}


GRADES = ("K", "1", "2", "3", "4", "5", "6", "7", "8")
OF_SCHOOL = {"Lincoln ES": GRADES[:6], "Oak MS": GRADES[6:], "Riverside K-8": GRADES}


def test_every_student_is_at_a_school_that_has_her_grade(loaded: OpenDb) -> None:
    with loaded() as session:
        found = session.execute(select(col(Student.school), col(Student.grade))).all()
    assert [(school, grade) for school, grade in found if grade not in OF_SCHOOL[school]] == []
    assert {school for school, _ in found} == set(OF_SCHOOL)


def test_nobody_has_two_sessions_at_once(loaded: OpenDb) -> None:
    columns = (col(TherapySession.provider_id), col(TherapySession.planned_start), col(TherapySession.planned_end))
    with loaded() as session:
        found = sorted(tuple(row) for row in session.execute(select(*columns)))
    assert [(one, two) for one, two in pairwise(found) if one[0] == two[0] and two[1] < one[2]] == []


def test_no_two_sessions_of_a_week_are_at_once_and_each_is_at_one_school() -> None:
    monday = date(2026, 11, 23)
    for today in (monday + timedelta(days=number) for number in range(7)):
        caseload = Caseload(Rows(), {who: Provider(new_id(), new_id()) for who in PLACES}, today, random.Random(1))
        for number, student in enumerate(STUDENTS):
            caseload.add_student(number, student, "clinician" if number < CLINICIANS_STUDENTS else "supervisor")
        found = list(meetings(caseload, today))
        busy = Counter((one.weekday, one.starts) for one in found)
        assert max(busy.values()) == 1
        assert all(len({student.school for student in one.students}) == 1 for one in found)


def test_nothing_was_held_on_a_weekend(loaded: OpenDb) -> None:
    with loaded() as session:
        contacts = session.execute(select(col(SupervisionContact.held_on))).scalars().all()
        held = select(col(TherapySession.held_on)).where(col(TherapySession.status) == "finished")
        sessions = session.execute(held).scalars().all()
    assert [day for day in (*contacts, *sessions) if day.weekday() >= 5] == []
    assert len(contacts) == 13


def actor_of_demo(session: Session) -> Actor:
    """The demo's clinician as an actor, for reading what the demo holds."""
    query = select(Membership, Account).join(Account, col(Account.id) == col(Membership.account_id))
    email = DEMO_ACCOUNTS["clinician"].email
    membership, account = session.execute(query.where(col(Account.email) == email)).one()
    token, _device = start_sign_in(session, account, membership, utc_now())
    session.flush()
    actor = resolve_actor(session, hash_token(token))
    assert actor is not None
    return actor


def test_lists_pages_charts_and_prints_say_the_same_of_every_goal(loaded: OpenDb) -> None:
    with loaded() as session:
        actor = actor_of_demo(session)
        said = {}
        for facts in list_caseload(session, actor)[0]:
            student_id = facts.seen.student.id
            lines = open_student(session, actor, student_id).goals
            print_ = gather_summary(session, actor, student_id, DateRange(actor.today, actor.today))
            for listed, line, printed in zip(facts.goals, lines, print_.goals, strict=True):
                chart = get_goal_progress(session, actor, student_id, listed.id).chart
                assert chart is not None
                if chart.metric is Metric.NOTHING:
                    continue
                said[listed.id] = listed.standing.status.label
                why = (listed.standing.status.label, listed.standing.sentence)
                assert why == (line.standing, line.why)
                assert [why, why] == [against_aim(chart), against_aim(printed.chart)]
    assert len(said) == 74
    assert set(said.values()) == {"On track", "Watch", "Off track", "Cannot say yet"}


def against_aim(chart: GoalChart) -> tuple[str, str]:
    """What a chart says beside it about the aim line."""
    return next((fact.headline, fact.detail) for fact in chart.facts if fact.key == "aim")


def test_everybody_of_the_demo_was_here_before_and_nobody_is_in(loaded: OpenDb) -> None:
    with loaded() as session:
        seen = session.execute(select(SignIn)).scalars().all()
    assert len({one.account_id for one in seen}) == len(DEMO_ACCOUNTS)
    assert all(one.ended_at and one.last_active_at < utc_now() for one in seen)


def test_a_period_has_reports_in_every_state_true_to_their_texts(loaded: OpenDb) -> None:
    with loaded() as session:
        reports = session.execute(select(ProgressReport)).scalars().all()
        assert Counter(one.status for one in reports) == {
            "draft": 1, "signed": 3, "cosigned": 1, "submitted": 2, "returned": 1,
        }  # fmt: skip
        for one in reports:
            rows = session.execute(select(ProgressReportGoal).where(col(ProgressReportGoal.report_id) == one.id))
            written = {(str(row.goal_id), row.code, row.words) for row in rows.scalars()}
            assert written
            if one.content:
                content = content_from(one.content)
                assert one.content_hash == text_hash(one.content)
                assert {(goal.goal_id, goal.code, goal.words) for goal in content.goals} == written
        assert session.execute(select(func.count()).select_from(ReportAddendum)).scalar_one() == 1
        back = session.execute(select(ReportAnswer).where(col(ReportAnswer.kind) == "returned")).scalars().all()
        assert len([one for one in back if one.returned_text]) == 2


def test_where_the_data_settle_on_a_code_the_demos_set_has_it(loaded: OpenDb) -> None:
    said = Counter[str]()
    with loaded() as session:
        actor = actor_of_demo(session)
        period = session.execute(select(ReportPeriod).order_by(col(ReportPeriod.last_on))).scalars().first()
        assert period
        for facts in list_caseload(session, actor)[0]:
            seen = see_report(session, actor, facts.seen.student.id, period.id, Action.VIEW)
            goals = draft_of(session, actor, seen).goals
            said += Counter(goal.suggestion.code or goal.suggestion.reason for goal in goals)
    assert not [words for words in said if words.startswith("Your code set has no code")]
    assert set(said) >= {"A", "PS", "PG", "PI"}, "and they differ"
