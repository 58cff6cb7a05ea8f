"""The demo's supervision contacts: most of the assistant's students are seen every few weeks, one is not."""

from datetime import UTC, date, datetime, time, timedelta

from therapytrack.models import SupervisionContact
from therapytrack.services.demo_caseload import Caseload
from therapytrack.services.demo_rows import Rows
from therapytrack.services.demo_sessions import ZONE

TOPICS = ("Cueing hierarchy, faded in the second half", "Probe procedure", "Pace of a mixed group", "Data sheet")
MEETING_WEEKS = 6


def add_supervision(rows: Rows, caseload: Caseload, today: date) -> None:
    """Direct contacts about all but one of the assistant's students, and a weekly talk."""
    own = [one for one in caseload.students if one.provider == "assistant"]
    for number, student in enumerate(own[1:]):
        _add(
            rows, caseload, today - timedelta(days=3 + 4 * number), 20, TOPICS[number % len(TOPICS)], student.student_id
        )
    for week in range(MEETING_WEEKS):
        _add(rows, caseload, today - timedelta(days=2 + 7 * week), 15, "Notes and next week's plan", None)


def _school_day(day: date) -> date:
    """The day, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def _add(rows: Rows, caseload: Caseload, day: date, minutes: int, topic: str, student_id: object) -> None:
    supervisor, assistant = caseload.people["supervisor"], caseload.people["assistant"]
    rows.add(
        SupervisionContact,
        supervisor.workspace_id,
        created_at=datetime.combine(_school_day(day), time(16), ZONE).astimezone(UTC),
        supervisor_id=supervisor.membership_id,
        assistant_id=assistant.membership_id,
        student_id=student_id,
        kind="direct" if student_id else "indirect",
        method="in_person" if student_id else "meeting",
        held_on=_school_day(day),
        minutes=minutes,
        topic=topic,
        struck_out_why="",
    )
