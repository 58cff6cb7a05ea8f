"""A world with a row in every table, for tests that ask something of all tables."""

from datetime import time, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from tests.worlds import World, make_world
from therapytrack.domain.slots import key_of
from therapytrack.models import (
    Alarm,
    AttendanceCode,
    BankGoal,
    CalendarFeed,
    CoSignature,
    Disclosure,
    Enrollment,
    GoalNarrative,
    GoalPhase,
    GoalVersion,
    Invite,
    InviteGrant,
    KnownDevice,
    Mandate,
    Membership,
    NoteAddendum,
    NoteReading,
    NoteReturn,
    NoteTemplate,
    Objective,
    OwnershipOffer,
    PasswordReset,
    Presence,
    ProgressCodeSet,
    ProgressReport,
    ProgressReportGoal,
    PromptLevel,
    ReportAddendum,
    ReportAnswer,
    ReportBatch,
    ScheduleSlot,
    School,
    SchoolCalendarDay,
    SchoolTravel,
    SecondTrial,
    SignInThrottle,
    SlotDay,
    SlotStudent,
    StudentBusyTime,
    StudentEvent,
    SupervisionContact,
    SupervisionLink,
    SupervisionRule,
    metadata,
    utc_now,
)
from therapytrack.services import refusal_tally
from therapytrack.services.activity import record_before_actor
from therapytrack.services.alarms import MANY_EXPORTS

# Records of these kinds are asked for by an id of their own.
FURTHER: dict[str, Any] = {
    "addendum_id": NoteAddendum,
    "alarm_id": Alarm,
    "bank_id": BankGoal,
    "code_id": AttendanceCode,
    "code_set_id": ProgressCodeSet,
    "contact_id": SupervisionContact,
    "disclosure_id": Disclosure,
    "enrollment_id": Enrollment,
    "link_id": SupervisionLink,
    "mandate_id": Mandate,
    "objective_id": Objective,
    "phase_id": GoalPhase,
    "report_addendum_id": ReportAddendum,
    "school_id": School,
    "student_event_id": StudentEvent,
    "template_id": NoteTemplate,
}


def make_full_world(db: Session) -> World:
    """The sweep's world, and what it leaves out."""
    world = make_world(db)
    here: dict[str, Any] = {"workspace_id": world.cast.workspace_id}
    _log_and_doors(db, world, here)
    _people(db, world, here)
    _notes(db, world, here)
    _schedule(db, world, here)
    _reports(db, world, here)
    db.flush()
    for kind, table in FURTHER.items():
        world.ids[kind] = str(db.exec(select(table.id).where(table.workspace_id == world.cast.workspace_id)).first())
    return world


def _log_and_doors(db: Session, world: World, here: dict[str, Any]) -> None:
    now = utc_now()
    account = db.exec(select(Membership).where(col(Membership.id) == world.cast.members["slp"])).one().account_id
    record_before_actor(db, "view", **here, account_id=account)
    kind = refusal_tally.Kind(world.cast.workspace_id, account, world.cast.members["slp"], "view", "student")
    refusal_tally.count(db, kind, now)
    db.add(KnownDevice(account_id=account, token_hash="device", last_seen_at=now))
    db.add(PasswordReset(account_id=account, token_hash="reset", expires_at=now))
    db.add(SignInThrottle(subject="site", window_started_at=now, last_failure_at=now))


def _people(db: Session, world: World, here: dict[str, Any]) -> None:
    now, student, members = utc_now(), world.student_id, world.cast.members
    pair: dict[str, Any] = {"supervisor_id": members["supervisor"], "assistant_id": members["slpa"]}
    invite = Invite(
        **here,
        email="new@example.org",
        token_hash="token",
        admin_role="none",
        clinical_role="reader",
        invited_by_id=members["owner"],
        sent_at=now,
        expires_at=now + timedelta(days=7),
    )
    db.add(invite)
    db.flush()
    db.add_all(
        [
            InviteGrant(**here, invite_id=invite.id, student_id=student),
            OwnershipOffer(**here, from_id=members["owner"], to_id=members["slp"], expires_at=now),
            SupervisionContact(
                **here, **pair, student_id=student, kind="direct", method="in person", held_on=now.date(), minutes=30
            ),
            SupervisionRule(**here, discipline="slp", starts_on=now.date()),
            Disclosure(
                **here,
                student_id=student,
                party="District",
                purpose="Transfer",
                disclosed_on=now.date(),
                what="Goals",
                recorded_by_id=members["slp"],
            ),
            Alarm(
                **here,
                kind=MANY_EXPORTS,
                detail={"count": 4, "limit": 3},
                membership_id=members["slp"],
                told_id=members["owner"],
                student_id=student,
            ),
            Presence(**here, session_id=UUID(world.ids["session_id"]), membership_id=members["slp"], seen_at=now),
        ]
    )


def _notes(db: Session, world: World, here: dict[str, Any]) -> None:
    entry, members, now = UUID(world.ids["entry_id"]), world.cast.members, utc_now()
    goal: dict[str, Any] = {"goal_id": UUID(world.ids["goal_id"])}
    version = db.exec(select(GoalVersion).where(col(GoalVersion.goal_id) == goal["goal_id"])).first()
    assert version is not None
    db.add_all(
        [
            PromptLevel(**here, rank=1, name="Minimal", definition="One light cue."),
            GoalPhase(**here, goal_id=UUID(world.ids["goal_id"]), name="Baseline", starts_on=utc_now().date()),
            Objective(
                **here,
                **goal,
                text="In words.",
                mastery={"target": 60},
                target_on=now.date(),
                entered_by_id=members["slp"],
            ),
            StudentEvent(
                **here,
                student_id=world.student_id,
                happened_on=now.date(),
                text="New hearing aids",
                entered_by_id=members["slp"],
                changed_at=now,
            ),
            NoteAddendum(
                **here, entry_id=entry, author_id=members["slp"], text="More.", status="signed", content_hash="x"
            ),
            NoteReturn(**here, entry_id=entry, returned_by_id=members["supervisor"], comment="Why?", returned_text=""),
            CoSignature(**here, entry_id=entry, signed_by_id=members["supervisor"], content_hash="x"),
            BankGoal(
                **here, label="/s/", condition="a", behavior="b", criterion="c", target_value=80, search="/s/ a b c"
            ),
            NoteTemplate(**here, name="Short", setting="group", text="{results}"),
            NoteReading(**here, entry_id=entry, reader_id=members["slp"], note_version=1, facts_hash="x", read_at=now),
            GoalNarrative(
                **here, **goal, entry_id=entry, goal_version_id=version.id, held_on=now.date(), text="It.", saved_at=now
            ),
            SecondTrial(
                **here,
                **goal,
                session_id=UUID(world.ids["session_id"]),
                entry_id=entry,
                scorer_id=members["supervisor"],
                outcome="correct",
                purpose="practice",
                tapped_at=now,
                changed_at=now,
            ),
        ]
    )


def _schedule(db: Session, world: World, here: dict[str, Any]) -> None:
    today, slp = utc_now().date(), world.cast.members["slp"]
    db.add(AttendanceCode(**here, label="Snow day", reason="school_closed"))
    near, far = School(**here, name="Maple Elementary"), School(**here, name="Oak Middle")
    slot = ScheduleSlot(
        **here, provider_id=slp, title="Weekly", starts_on=today, rule="FREQ=WEEKLY", starts=time(9), minutes=30
    )
    db.add_all([near, far, slot])
    db.flush()
    world.ids["slot_key"] = key_of(slot.id, today)
    first, second = sorted((near.id, far.id))
    closed: dict[str, Any] = {"first_on": today, "last_on": today, "kind": "closed", "label": "Snow"}
    db.add_all(
        [
            SchoolTravel(**here, from_id=first, to_id=second, minutes=20),
            SchoolCalendarDay(**here, school_id=near.id, **closed),
            SlotStudent(**here, slot_id=slot.id, student_id=world.student_id),
            SlotDay(
                **here,
                slot_id=slot.id,
                on_date=today,
                to_date=today + timedelta(days=1),
                starts=time(10),
                minutes=30,
                changed_by_id=slp,
            ),
            StudentBusyTime(
                **here, student_id=world.student_id, weekday=0, starts=time(12), ends=time(12, 30), label="lunch"
            ),
            Enrollment(**here, student_id=world.student_id, school="Maple Elementary", starts_on=today),
            CalendarFeed(**here, membership_id=slp, token_hash="feed"),
        ]
    )


def _reports(db: Session, world: World, here: dict[str, Any]) -> None:
    slp, boss = (world.cast.members[who] for who in ("slp", "supervisor"))
    code_set = db.exec(select(ProgressCodeSet).where(col(ProgressCodeSet.in_use))).first()
    assert code_set is not None
    report = ProgressReport(
        **here,
        student_id=world.student_id,
        period_id=UUID(world.ids["period_id"]),
        author_id=slp,
        code_set_id=code_set.id,
    )
    db.add(report)
    db.flush()
    db.add_all(
        [
            ProgressReportGoal(**here, report_id=report.id, goal_id=UUID(world.ids["goal_id"]), code="A"),
            ReportAddendum(**here, report_id=report.id, author_id=slp, text="More.", status="signed", content_hash="x"),
            ReportAnswer(**here, report_id=report.id, answered_by_id=boss, kind="returned", comment="Why?"),
            ReportBatch(
                **here, membership_id=slp, period_id=report.period_id, kind="report", status="ready", moved_at=utc_now()
            ),
        ]
    )


def tables() -> list[str]:
    """Every table of the product, parents first."""
    return [table.name for table in metadata.sorted_tables]
