"""One student's summary as data: what every rendering of it (PDF, page, draft) says."""

from dataclasses import dataclass
from datetime import date

from therapytrack.domain.date_range import DateRange
from therapytrack.domain.dates import long_date
from therapytrack.domain.goal_chart import ChartRow, GoalChart


@dataclass(frozen=True, slots=True)
class GoalSummary:
    """One goal: its words, the chart of all data up to the last day, and the points within the range."""

    number: int
    label: str
    text: str
    mastery: str
    versions: str
    chart: GoalChart
    rows: tuple[ChartRow, ...]


@dataclass(frozen=True, slots=True)
class StudentSummary:
    """Everything that a summary says. `attendance` counts sessions by what happened, `minutes` were delivered."""

    student: str
    local_number: str
    grade: str
    school: str
    range: DateRange
    goals: tuple[GoalSummary, ...]
    attendance: tuple[tuple[str, int], ...]
    minutes: int
    author: str
    workspace: str
    made_on: date

    @property
    def title(self) -> str:
        """What the document is called: never the student's name, which would show in windows and file lists."""
        return f"Progress summary, {self.range.words}"

    @property
    def about(self) -> tuple[tuple[str, str], ...]:
        """The lines under the name: what, value."""
        lines = [
            ("Student number", self.local_number),
            ("Grade", self.grade),
            ("School", self.school),
            ("Period", self.range.words),
            ("Prepared by", f"{self.author}, {self.workspace}"),
            ("Prepared on", long_date(self.made_on)),
        ]
        return tuple((what, value) for what, value in lines if value)

    @property
    def service_sentence(self) -> str:
        """Attendance and minutes in one sentence."""
        if not self.attendance:
            return "No session is documented in this period."
        counts = ", ".join(f"{words.lower()} {count}" for words, count in self.attendance)
        sessions = sum(count for _, count in self.attendance)
        return f"{sessions} {'session' if sessions == 1 else 'sessions'} ({counts}), {self.minutes} minutes delivered."
