"""Calendar files from outside: what is taken from them, and that whatever is wrong with one ends in a sentence."""

import signal
import sys
from datetime import date, time
from time import process_time

import pytest

from therapytrack.domain import calendar_file
from therapytrack.domain.calendar_file import FileAsked, FileRead, read_calendar_file
from therapytrack.domain.school_calendar import DayKind
from therapytrack.services import calendar_reading

YEAR = (date(2026, 7, 1), date(2028, 6, 30))
THANKSGIVING = "UID:t\r\nDTSTART;VALUE=DATE:20261126\r\nDTEND;VALUE=DATE:20261128\r\nSUMMARY:No School - Thanksgiving"


def calendar(*events: str, head: str = "VERSION:2.0\r\nPRODID:x") -> bytes:
    lines = [f"BEGIN:VEVENT\r\n{one}\r\nEND:VEVENT" for one in events]
    return "\r\n".join(["BEGIN:VCALENDAR", head, *lines, "END:VCALENDAR", ""]).encode()


def read(data: bytes, *, all_events: bool = False, closes_at: time | None = None) -> FileRead:
    return read_calendar_file(FileAsked(data, "America/New_York", *YEAR, all_events, closes_at))


def days(found: FileRead) -> list[tuple[date, date, str]]:
    return [(one.first, one.last, one.label) for one in found.days]


def test_an_all_day_event_ends_on_the_day_before_its_end() -> None:
    found = read(calendar(THANKSGIVING))
    assert days(found) == [(date(2026, 11, 26), date(2026, 11, 27), "No School - Thanksgiving")]
    assert (found.days[0].kind, found.left_out, found.problem) == (DayKind.CLOSED, 0, "")


def test_the_same_file_gives_the_same_keys() -> None:
    without_uid = THANKSGIVING.removeprefix("UID:t\r\n")
    for events in ((THANKSGIVING,), (without_uid,)):
        assert [one.uid for one in read(calendar(*events)).days] == [one.uid for one in read(calendar(*events)).days]


def test_events_that_say_nothing_of_the_kind_are_left_out_unless_all_count() -> None:
    others = [
        f"UID:{number}\r\nDTSTART;VALUE=DATE:20261201\r\nSUMMARY:{words}"
        for number, words in enumerate(["Board meeting", "Holiday concert", "Book fair"])
    ]
    found = read(calendar(THANKSGIVING, *others))
    assert (len(found.days), found.left_out) == (1, 3)
    assert len(read(calendar(THANKSGIVING, *others), all_events=True).days) == 4


@pytest.mark.parametrize(
    ("hours", "closes_at"),
    [
        ("DTSTART;TZID=America/New_York:20261216T123000\r\nDTEND;TZID=America/New_York:20261216T150000", time(12, 30)),
        ("DTSTART:20261216T173000Z\r\nDTEND:20261216T200000Z", time(12, 30)),
        ("DTSTART:20261216T080000\r\nDTEND:20261216T113000", time(11, 30)),
        ("DTSTART;VALUE=DATE:20261216", time(13)),
    ],
)
def test_an_early_release_ends_by_the_workspaces_clock(hours: str, closes_at: time) -> None:
    found = read(calendar(f"UID:e\r\n{hours}\r\nSUMMARY:Early release, staff meeting"), closes_at=time(13))
    assert [(one.first, one.kind, one.closes_at) for one in found.days] == [
        (date(2026, 12, 16), DayKind.EARLY_RELEASE, closes_at)
    ]


def test_what_repeats_is_taken_day_by_day_with_its_exceptions_within_the_two_years() -> None:
    rule = "UID:r\r\nDTSTART;VALUE=DATE:20260601\r\nRRULE:FREQ=MONTHLY;BYDAY=1MO\r\nEXDATE;VALUE=DATE:20261005"
    moved = "UID:r\r\nRECURRENCE-ID;VALUE=DATE:20261102\r\nDTSTART;VALUE=DATE:20261103\r\nSUMMARY:No school"
    found = read(calendar(f"{rule}\r\nSUMMARY:No school", moved))
    firsts = [one.first for one in found.days]
    assert firsts[:5] == [date(2026, month, day) for month, day in ((7, 6), (8, 3), (9, 7), (11, 3), (12, 7))]
    assert firsts[-1] == date(2028, 6, 5)


ZONE_LOOP = "VERSION:2.0\r\nBEGIN:VTIMEZONE\r\nTZID:x\r\nEND:VTIMEZONE"
HOSTILE = {
    "empty": (b"", calendar_file.NO_CALENDAR),
    "no calendar": (b"PK\x03\x04 a spreadsheet", calendar_file.NO_CALENDAR),
    "a page": (b"<html><body>Sign in</body></html>", calendar_file.NO_CALENDAR),
    "UTF-16": ("BEGIN:VCALENDAR\r\n".encode("utf-16"), calendar_file.NOT_UTF8),
    "Latin": (calendar(THANKSGIVING).replace(b"School", b"\xc9cole"), calendar_file.NOT_UTF8),
    "cut off": (calendar(THANKSGIVING)[:90], calendar_file.NO_CALENDAR),
    "nested": (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 20_000, calendar_file.NO_CALENDAR),
    "an event alone": (b"BEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\n", calendar_file.NO_CALENDAR),
    "no start": (calendar("UID:1\r\nSUMMARY:No school"), calendar_file.NO_START.format(number=1)),
    "no such day": (
        calendar("UID:1\r\nDTSTART:20261345\r\nSUMMARY:No school"),
        calendar_file.NO_START.format(number=1),
    ),
    "a word": (calendar("UID:1\r\nDTSTART:soon\r\nSUMMARY:No school"), calendar_file.NO_START.format(number=1)),
    "ends first": (
        calendar(THANKSGIVING, "UID:2\r\nDTSTART:20261201T100000\r\nDTEND:20261201T090000\r\nSUMMARY:No school"),
        calendar_file.ENDS_FIRST.format(number=2),
    ),
    "each second": (
        calendar(THANKSGIVING + "\r\nRRULE:FREQ=SECONDLY"),
        calendar_file.TOO_OFTEN.format(number=1),
    ),
    "each second of a day": (
        calendar(THANKSGIVING + "\r\nRRULE:FREQ=DAILY;BYHOUR=0,1,2;BYSECOND=0,1,2,3"),
        calendar_file.TOO_OFTEN.format(number=1),
    ),
    "no rule": (calendar(THANKSGIVING + "\r\nRRULE:FREQ=EVERY"), calendar_file.TOO_OFTEN.format(number=1)),
    "too many": (
        calendar(*[THANKSGIVING.replace("UID:t", f"UID:{one}") for one in range(2001)]),
        calendar_file.TOO_MANY,
    ),
    "too many days": (
        calendar(*[f"{THANKSGIVING.replace('UID:t', f'UID:{one}')}\r\nRRULE:FREQ=DAILY" for one in range(40)]),
        calendar_file.TOO_MANY,
    ),
}


@pytest.mark.parametrize("name", list(HOSTILE))
def test_a_file_that_is_wrong_gets_a_sentence_and_gives_nothing(name: str) -> None:
    data, sentence = HOSTILE[name]
    assert read(data) == FileRead(problem=sentence)


@pytest.mark.parametrize(
    "event",
    [
        THANKSGIVING + "\r\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        THANKSGIVING.replace("20261126", "00010101").replace("20261128", "00010102"),
        THANKSGIVING.replace("20261126", "99991231").replace("DTEND;VALUE=DATE:20261128\r\n", ""),
        "UID:z\r\nDTSTART;TZID=Nowhere/Else:20261126T000000\r\nSUMMARY:No school",
        "UID:z\r\nDTSTART:20261126T000000Z\r\nDURATION:P9999999D\r\nSUMMARY:No school",
    ],
)
def test_an_odd_file_gives_days_or_a_sentence_and_never_a_fault(event: str) -> None:
    found = read(calendar(event))
    assert all(one.first <= one.last for one in found.days)


@pytest.fixture
def swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The signal may come while something is tidied away, by a test's own library too: Python only reports it then."""
    monkeypatch.setattr(sys, "unraisablehook", lambda _: None)
    monkeypatch.setattr(calendar_reading, "AGAIN_SECONDS", 0.05)


@pytest.mark.usefixtures("swallowed")
def test_a_rule_that_means_endless_work_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar_reading, "LONGEST_SECONDS", 0.3)
    endless = THANKSGIVING + "\r\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31"
    data = calendar(*[endless.replace("UID:t", f"UID:{one}") for one in range(400)])
    asked = FileAsked(data, "America/New_York", *YEAR, all_events=True, closes_at=None)
    assert calendar_reading.read_file(asked) == FileRead(problem=calendar_reading.TOO_LONG)


@pytest.mark.usefixtures("swallowed")
def test_a_reading_that_swallows_the_signal_gets_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    class Tidied:
        def __del__(self) -> None:
            work_until(1)

    def work_until(seconds: float) -> None:
        until = process_time() + seconds
        while process_time() < until:
            pass

    def look(_asked: FileAsked) -> FileRead:
        Tidied()
        work_until(10)
        return FileRead(left_out=1)

    monkeypatch.setattr(calendar_reading, "LONGEST_SECONDS", 0.05)
    monkeypatch.setattr(calendar_reading, "read_calendar_file", look)
    asked = FileAsked(b"", "America/New_York", *YEAR, all_events=True, closes_at=None)
    assert calendar_reading.read_file(asked) == FileRead(problem=calendar_reading.TOO_LONG)


def test_the_clock_counts_the_processors_time_once_the_libraries_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[float] = []

    def look(_asked: FileAsked) -> FileRead:
        assert {"icalendar", "recurring_ical_events"} <= set(sys.modules)
        seen.extend(signal.getitimer(one)[0] for one in (signal.ITIMER_PROF, signal.ITIMER_REAL))
        return FileRead(left_out=1)

    for name in ("icalendar", "recurring_ical_events"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(calendar_reading, "read_calendar_file", look)
    asked = FileAsked(b"", "America/New_York", *YEAR, all_events=True, closes_at=None)
    assert calendar_reading.read_file(asked) == FileRead(left_out=1)
    assert 0 < calendar_reading.LONGEST_SECONDS - 5 < seen[0]
    assert seen[1] == 0, "a clock of the wall ends what only waits for the processor"


def test_a_label_is_a_line_of_the_length_that_is_kept() -> None:
    found = read(calendar(THANKSGIVING.replace("Thanksgiving", "x\\n" * 200)))
    assert len(found.days[0].label) <= 120
    assert "\n" not in found.days[0].label
