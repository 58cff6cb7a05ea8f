"""One student's school year worked out by hand: what happened, and the figures that follow from it.

Two mandates: 2 x 30 minutes each week from Sep 1, 2025 to Jan 18, 2026, then 6 x 30 minutes each month to Jun 12, 2026.
School is closed on Sep 1, from Nov 26 to 28, from Dec 22 to Jan 2 and from Apr 6 to 10. Sessions are on Tuesday and on
Thursday; "-" is a day of which nobody said anything.

A week counts in the month that holds its Thursday: that of Sep 29 (Thursday Oct 2) in October, that of Dec 29 (Thursday
Jan 1) in January. January asks 180 x 13/31 = 75.48 of the second mandate, so 75; June 180 x 12/30 = 72.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from therapytrack.domain.attendance import Attendance
from therapytrack.domain.ledger import Given, Happened, Lost
from therapytrack.domain.mandates import DatedMandate, Plan, Setting
from therapytrack.domain.minutes import Mandate, Per

ABSENT, REFUSED, AWAY = Attendance.STUDENT_ABSENT, Attendance.STUDENT_REFUSED, Attendance.PROVIDER_ABSENT
CLOSED, TRIP = Attendance.SCHOOL_CLOSED, Attendance.SCHOOL_ACTIVITY
ALONE = Setting.INDIVIDUAL
PLAN = Plan(
    [
        DatedMandate(Mandate(30, 2, Per.WEEK, date(2025, 9, 1), date(2026, 1, 18))),
        DatedMandate(Mandate(30, 6, Per.MONTH, date(2026, 1, 19), date(2026, 6, 12))),
    ]
)
AFTER = date(2026, 7, 1)


@dataclass(frozen=True)
class Figures:
    """Allowable, provided (`made_up` and `over` of it), not provided by reason, not accounted for."""

    allowable: int
    provided: int
    made_up: int
    over: int
    lost: dict[Attendance, int]
    rest: int


# Monday, Tuesday's and Thursday's session ("30" minutes or a reason), and the week's figures.
WEEKS: list[tuple[date, object, object, Figures]] = [
    (date(2025, 9, 1), 30, 30, Figures(60, 60, 0, 0, {}, 0)),
    (date(2025, 9, 8), 30, 30, Figures(60, 60, 0, 0, {}, 0)),
    (date(2025, 9, 15), ABSENT, 30, Figures(60, 30, 0, 0, {ABSENT: 30}, 0)),
    (date(2025, 9, 22), 30, "-", Figures(60, 30, 0, 0, {}, 30)),
    (date(2025, 9, 29), 30, 45, Figures(60, 75, 0, 15, {}, 0)),  # longer than planned: 15 beyond the mandate
    (date(2025, 10, 6), "made up", 30, Figures(60, 60, 30, 0, {}, 0)),  # Tuesday's, made up on Oct 17
    (date(2025, 10, 13), 30, 30, Figures(60, 60, 0, 0, {}, 0)),  # the make-up of Oct 17 is none of this week
    (date(2025, 10, 20), ABSENT, ABSENT, Figures(60, 0, 0, 0, {ABSENT: 60}, 0)),
    (date(2025, 10, 27), 30, "partly", Figures(60, 50, 20, 0, {AWAY: 10}, 0)),  # 20 of 30 made up on Nov 5
    (date(2025, 11, 3), 30, 30, Figures(60, 60, 0, 0, {}, 0)),
    (date(2025, 11, 10), REFUSED, 30, Figures(60, 30, 0, 0, {REFUSED: 30}, 0)),
    (date(2025, 11, 17), 30, 30, Figures(60, 60, 0, 0, {}, 0)),
    (date(2025, 11, 24), 30, CLOSED, Figures(60, 30, 0, 0, {CLOSED: 30}, 0)),  # Thanksgiving
    (date(2025, 12, 1), "-", "-", Figures(60, 0, 0, 0, {}, 60)),
    (date(2025, 12, 8), 15, 30, Figures(60, 45, 0, 0, {}, 15)),
    (date(2025, 12, 15), 30, 30, Figures(60, 60, 0, 0, {}, 0)),
    (date(2025, 12, 22), "-", "-", Figures(60, 0, 0, 0, {CLOSED: 60}, 0)),  # no school the whole week
    (date(2025, 12, 29), "-", "-", Figures(60, 0, 0, 0, {CLOSED: 60}, 0)),
    (date(2026, 1, 5), 30, 30, Figures(60, 60, 0, 0, {}, 0)),
    (date(2026, 1, 12), 30, TRIP, Figures(60, 30, 0, 0, {TRIP: 30}, 0)),
]
# Sessions of the second mandate: (day, minutes or a reason).
LATER: list[tuple[date, object]] = [
    (date(2026, 1, 20), 30), (date(2026, 1, 22), 30),
    (date(2026, 2, 3), 30), (date(2026, 2, 5), 30), (date(2026, 2, 10), 30), (date(2026, 2, 12), ABSENT),
    (date(2026, 2, 17), 30), (date(2026, 2, 24), 30),
    (date(2026, 3, 3), 30), (date(2026, 3, 5), 30), (date(2026, 3, 10), 30), (date(2026, 3, 12), 30),
    (date(2026, 3, 17), 30), (date(2026, 3, 19), 30), (date(2026, 3, 24), 30),
    (date(2026, 4, 7), CLOSED), (date(2026, 4, 9), CLOSED),
    (date(2026, 4, 14), 30), (date(2026, 4, 16), 30), (date(2026, 4, 21), 30), (date(2026, 4, 28), 30),
    (date(2026, 5, 5), 25), (date(2026, 5, 7), 25), (date(2026, 5, 12), 25), (date(2026, 5, 14), 25),
    (date(2026, 5, 19), 25), (date(2026, 5, 26), 25),
    (date(2026, 6, 2), 30), (date(2026, 6, 4), 30),
]  # fmt: skip
MONTHS: list[tuple[date, date, Figures]] = [
    (date(2025, 9, 1), date(2025, 9, 30), Figures(240, 180, 0, 0, {ABSENT: 30}, 30)),
    (date(2025, 10, 1), date(2025, 10, 31), Figures(300, 245, 50, 15, {ABSENT: 60, AWAY: 10}, 0)),
    (date(2025, 11, 1), date(2025, 11, 30), Figures(240, 180, 0, 0, {REFUSED: 30, CLOSED: 30}, 0)),
    (date(2025, 12, 1), date(2025, 12, 31), Figures(240, 105, 0, 0, {CLOSED: 60}, 75)),
    (date(2026, 1, 1), date(2026, 1, 31), Figures(255, 150, 0, 0, {CLOSED: 60, TRIP: 30}, 15)),
    (date(2026, 2, 1), date(2026, 2, 28), Figures(180, 150, 0, 0, {ABSENT: 30}, 0)),
    (date(2026, 3, 1), date(2026, 3, 31), Figures(180, 210, 0, 30, {}, 0)),
    (date(2026, 4, 1), date(2026, 4, 30), Figures(180, 120, 0, 0, {CLOSED: 60}, 0)),
    (date(2026, 5, 1), date(2026, 5, 31), Figures(180, 150, 0, 0, {}, 30)),
    (date(2026, 6, 1), date(2026, 6, 30), Figures(72, 60, 0, 0, {}, 12)),
]
YEAR = Figures(2067, 1550, 50, 45, {ABSENT: 120, REFUSED: 30, AWAY: 10, CLOSED: 210, TRIP: 30}, 162)


def what_happened() -> Happened:
    """The year's sessions as the ledger takes them."""
    given: list[Given] = []
    lost: list[Lost] = []
    held = [(monday + timedelta(days=offset), what) for monday, tuesday, thursday, _ in WEEKS
            for offset, what in ((1, tuesday), (3, thursday))]  # fmt: skip
    for day, what in held + LATER:
        if isinstance(what, int):
            given.append(Given(day, what, ALONE))
        elif isinstance(what, Attendance):
            lost.append(Lost(day, 30, what))
        elif what == "made up":
            given.append(Given(day, 30, ALONE, made_up=True))
        elif what == "partly":
            given.append(Given(day, 20, ALONE, made_up=True))
            lost.append(Lost(day, 10, AWAY))
    return Happened(given, lost, closed=frozenset(_closed()))


def _closed() -> list[date]:
    spans = [(date(2025, 9, 1), 1), (date(2025, 11, 26), 3), (date(2025, 12, 22), 12), (date(2026, 4, 6), 5)]
    return [first + timedelta(days=number) for first, days in spans for number in range(days)]
