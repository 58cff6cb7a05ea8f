"""What an open page of a session shows of one student's part besides the marks, as one line to compare."""

from datetime import datetime


def entry_facts(attendance: str, minutes: int, note_version: int, standing: str, part: str, plan: int) -> str:
    """The line that the server and the page both make: where the two differ, the page is out of date.

    `standing`: the note's status, and what the person may do with the data and the note. `part`: as `times_line`, and
    the missed session that this one makes up. `plan`: the student's goals, as `Student.plan_version`.
    """
    return f"{attendance} {minutes} {note_version} {standing} {part} {plan}"


def times_line(arrived: datetime | None, left: datetime | None) -> str:
    """When a student came and left, to compare."""
    return "–".join(f"{one:%H%M}" if one else "" for one in (arrived, left))
