"""The demo's school year: weekly sessions with trials, counts, attendance and notes, up to today and a week ahead."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from therapytrack.domain.note_content import NoteContent, content_hash
from therapytrack.models import CoSignature, NoteReturn, NoteStatus, SessionEntry, TherapySession
from therapytrack.services.demo_caseload import GROUP, Caseload, DemoStudent, Provider
from therapytrack.services.demo_data import ABSENCES, NOTE_LINES, RETURN_COMMENT
from therapytrack.services.demo_points import Held, add_data
from therapytrack.services.demo_rows import Rows
from therapytrack.services.demo_schedule import Meeting, add_calendar, add_slot, closed_days

ZONE = ZoneInfo("America/New_York")
WEEKEND = 5
SLOTS = (time(8, 30), time(9, 15), time(10, 45), time(11, 15), time(13, 0), time(13, 45))
UNSIGNED_DAYS, WAITING_DAYS = 3, 12


def add_school_year(rows: Rows, caseload: Caseload, today: date, chance: random.Random) -> None:
    """Add every meeting's sessions from the start of the year to a week from today."""
    writer = _Writer(rows, caseload, today, chance)
    schools = add_calendar(rows, caseload)
    for meeting in meetings(caseload, today):
        slot_id = add_slot(rows, caseload, meeting, schools)
        day = caseload.year_start
        while day <= today + timedelta(days=7):
            if _meets(meeting, day, today):
                writer.add_session(meeting, day, slot_id if day.weekday() == meeting.weekday else None)
            day += timedelta(days=1)


def meetings(caseload: Caseload, today: date) -> Iterator[Meeting]:
    """The week: a group of four on today's weekday at ten, everybody else alone or in pairs on the other slots.

    People who share students look at one another's days: no two sessions are at the same time.
    """
    weekday = today.weekday() if today.weekday() < WEEKEND else 0
    name = ("Mon", "Tues", "Wed", "Thurs", "Fri")[weekday]
    group = tuple(caseload.students[:GROUP])
    yield Meeting(f"{name} Group A", weekday, time(10), "Room 12", "clinician", group)
    taken = 0
    for who in ("clinician", "assistant", "supervisor"):
        own = [one for one in caseload.students[GROUP:] if one.provider == who]
        for number, some in enumerate(_together(own, 1 if who == "clinician" else 2)):
            day, slot = taken % WEEKEND, SLOTS[taken // WEEKEND % len(SLOTS)]
            taken += 1
            title = "Individual session" if len(some) == 1 else f"Pair {chr(65 + number % 26)}"
            yield Meeting(title, day, slot, f"Room {4 + number % 9}", who, some)


def _together(students: list[DemoStudent], size: int) -> Iterator[tuple[DemoStudent, ...]]:
    """The students in their order, at most `size` of one school together."""
    rest = list(students)
    while rest:
        some = [one for one in rest if one.school == rest[0].school][:size]
        rest = [one for one in rest if one not in some]
        yield tuple(some)


def _meets(meeting: Meeting, day: date, today: date) -> bool:
    closed = any(first <= day <= last for year in (day.year - 1, day.year) for first, last, _ in closed_days(year))
    if day == today:
        return meeting.weekday == (day.weekday() if day.weekday() < WEEKEND else 0)
    return day.weekday() == meeting.weekday and not closed and day.month not in (7,)


@dataclass
class _Writer:
    rows: Rows
    caseload: Caseload
    today: date
    chance: random.Random
    returned_one: bool = False

    def add_session(self, meeting: Meeting, day: date, slot_id: UUID | None) -> None:
        """One session, of a slot if it is on its day: planned from today on, finished before."""
        provider = self.caseload.people[meeting.who]
        start = datetime.combine(day, meeting.starts, ZONE).astimezone(UTC)
        held = day < self.today
        session_id = self.rows.add(
            TherapySession,
            provider.workspace_id,
            title=meeting.title,
            provider_id=provider.membership_id,
            held_on=day,
            planned_start=start,
            planned_end=start + timedelta(minutes=30),
            place=meeting.place,
            delivery="pull_out",
            slot_id=slot_id,
            slot_on=day if slot_id else None,
            status="finished" if held else "planned",
            started_at=start if held else None,
            finished_at=start + timedelta(minutes=30) if held else None,
        )
        for position, student in enumerate(meeting.students):
            if held:
                self._held(session_id, provider, meeting.who, student, position, start, day)
            else:
                self._entry(session_id, provider, student, position, day)

    def _held(
        self,
        session_id: UUID,
        provider: Provider,
        who: str,
        student: DemoStudent,
        position: int,
        start: datetime,
        day: date,
    ) -> None:
        present = self.chance.random() < 0.91
        attendance = "present" if present else self.chance.choice(ABSENCES)
        status = self._note_status(who, day)
        goals = ", ".join(goal.kind.label for goal in student.goals)
        line = self.chance.choice(NOTE_LINES).format(goals=goals, name=student.name)
        text = line if present else "No session; see attendance."
        text = "" if status == NoteStatus.DRAFT and position else text
        entry_id = self._entry(
            session_id, provider, student, position, day, attendance=attendance, minutes=30 if present else 0
        )
        held = Held(session_id, entry_id, provider, start, day, (day - self.caseload.year_start).days / 7)
        counts = [add_data(self.rows, self.chance, held, goal) for goal in student.goals if present]
        content = NoteContent(
            entry_id, session_id, student.student_id, provider.membership_id, day, attendance, 30 if present else 0,
            tuple(counts), text,
        )  # fmt: skip
        self._seal(entry_id, provider, status, text, content_hash(content), start)

    def _note_status(self, who: str, day: date) -> NoteStatus:
        age = (self.today - day).days
        if who != "assistant":
            return NoteStatus.DRAFT if who == "clinician" and age <= UNSIGNED_DAYS else NoteStatus.SIGNED
        if age > WAITING_DAYS:
            return NoteStatus.COSIGNED
        if age > UNSIGNED_DAYS and not self.returned_one:
            self.returned_one = True
            return NoteStatus.RETURNED
        return NoteStatus.SUBMITTED

    def _entry(
        self,
        session_id: UUID,
        provider: Provider,
        student: DemoStudent,
        position: int,
        day: date,
        *,
        attendance: str = "planned",
        minutes: int = 0,
    ) -> UUID:
        return self.rows.add(
            SessionEntry,
            provider.workspace_id,
            session_id=session_id,
            student_id=student.student_id,
            author_id=provider.membership_id,
            position=position,
            held_on=day,
            attendance=attendance,
            minutes=minutes,
            note="",
            note_version=1,
            note_status=NoteStatus.DRAFT,
            note_saved_at=None,
            submitted_at=None,
            signed_at=None,
            content_hash="",
        )

    def _seal(
        self, entry_id: UUID, provider: Provider, status: NoteStatus, text: str, digest: str, start: datetime
    ) -> None:
        later = start + timedelta(hours=2)
        by_assistant = status in (NoteStatus.SUBMITTED, NoteStatus.COSIGNED, NoteStatus.RETURNED)
        sealed = status != NoteStatus.DRAFT
        self.rows.last(SessionEntry).update(
            note=text,
            note_status=status,
            note_saved_at=later if text else None,
            submitted_at=later if by_assistant else None,
            signed_at=later if sealed and not by_assistant else None,
            content_hash=digest if sealed and status != NoteStatus.RETURNED else "",
        )
        supervisor = self.caseload.people["supervisor"].membership_id
        if status == NoteStatus.COSIGNED:
            self.rows.add(
                CoSignature,
                provider.workspace_id,
                created_at=later + timedelta(days=1),
                entry_id=entry_id,
                addendum_id=None,
                signed_by_id=supervisor,
                content_hash=digest,
            )
        if status == NoteStatus.RETURNED:
            self.rows.add(
                NoteReturn,
                provider.workspace_id,
                entry_id=entry_id,
                returned_by_id=supervisor,
                comment=RETURN_COMMENT,
                returned_text=text,
            )
