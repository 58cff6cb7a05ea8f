"""Whether a student took part in a session and, if not, why: the codes that districts' own words map to."""

from enum import StrEnum

from therapytrack.errors import Invalid

LONGEST_MINUTES = 600


class Attendance(StrEnum):
    """One student's part in a session. Source of the reasons: NYC SESIS, SameGoal TX and CA service logs."""

    PLANNED = "planned"
    PRESENT = "present"
    STUDENT_ABSENT = "student_absent"
    STUDENT_REFUSED = "student_refused"
    PROVIDER_ABSENT = "provider_absent"
    SCHOOL_CLOSED = "school_closed"
    SCHOOL_ACTIVITY = "school_activity"
    PROVIDER_DUTY = "provider_duty"


LABELS = {
    Attendance.PRESENT: "Present",
    Attendance.STUDENT_ABSENT: "Student absent",
    Attendance.STUDENT_REFUSED: "Student refused",
    Attendance.PROVIDER_ABSENT: "Provider absent",
    Attendance.SCHOOL_CLOSED: "School closed",
    Attendance.SCHOOL_ACTIVITY: "School activity",
    Attendance.PROVIDER_DUTY: "Provider on other duty",
}


def parse_attendance(code: str) -> Attendance:
    """The code that a person may choose. Raises Invalid for any other, "planned" included."""
    chosen = next((one for one in LABELS if one == code), None)
    if chosen is None:
        raise Invalid({"attendance": "Choose Present or the reason why the session was missed."})
    return chosen


def parse_minutes(minutes: int) -> int:
    """Minutes of service, 0 to 600. Raises Invalid."""
    if not 0 <= minutes <= LONGEST_MINUTES:
        raise Invalid({"minutes": f"Enter minutes between 0 and {LONGEST_MINUTES}."})
    return minutes
