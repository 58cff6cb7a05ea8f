"""What an open page of a session shows of one student's part besides the marks, as one line to compare."""


def entry_facts(attendance: str, minutes: int, note_version: int, standing: str, plan: int) -> str:
    """The line that the server and the page both make: where the two differ, the page is out of date.

    `standing`: the note's status, and what the person may do with the data and the note. `plan`: the student's goals,
    as `Student.plan_version`.
    """
    return f"{attendance} {minutes} {note_version} {standing} {plan}"
