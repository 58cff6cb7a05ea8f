"""How each figure of the ledger was made, in sentences that somebody can follow with a pencil."""

from collections.abc import Iterable, Sequence

from therapytrack.domain.attendance import LABELS, Attendance
from therapytrack.domain.dates import long_date, short_date
from therapytrack.domain.ledger import Line, Sums
from therapytrack.domain.make_ups import Missed
from therapytrack.domain.mandates import PER_WORDS, SETTING_WORDS, Plan, asked
from therapytrack.domain.minutes import Period


def days_words(period: Period) -> str:
    """ "Nov 1 – Nov 30, 2026"."""
    return f"{short_date(period.start)} – {long_date(period.end)}"


def line_words(line: Line) -> str:
    """What a line is about: "Month, group · Nov 1 – Nov 30, 2026"."""
    per = PER_WORDS[line.claim.per]
    setting = f", {SETTING_WORDS[line.claim.setting].lower()}" if line.claim.setting else ""
    return f"{per[0].upper()}{per[1:]}{setting} · {days_words(line.within)}"


def allowable_words(line: Line, plan: Plan) -> str:
    """ "4 x 30 min each month, for 14 of 30 days: 56; 6 x 30 min each month, for 16 of 30 days: 96"."""
    parts = []
    for one in line.claim.mandates:
        days = sum(part.days for part in plan.active(one, line.within))
        if days:
            share = f", for {days} of {line.period.days} days" if days != line.period.days else ""
            parts.append(f"{one.words}{share}: {asked(plan, one, line.period, line.within)}")
    return "; ".join(parts)


def provided_words(sums: Sums) -> str:
    """ "90, of them 30 in make-ups, 15 more than the mandate asks for"."""
    made_up = f", of them {sums.made_up} in make-ups" if sums.made_up else ""
    over = f", {sums.over} more than the mandate asks for" if sums.over else ""
    return f"{sums.provided}{made_up}{over}"


def reasons_words(sums: Sums) -> str:
    """ "Student absent 30, School closed 60"; "" where nothing was lost."""
    return ", ".join(f"{LABELS.get(one, 'Missed')} {minutes}" for one, minutes in sums.not_provided.items() if minutes)


def rest_words(sums: Sums) -> str:
    """What became of the minutes that nobody accounted for: "62, with 30 scheduled"."""
    scheduled = f", with {sums.planned} scheduled" if sums.planned else ""
    return f"{sums.not_accounted}{scheduled}"


def identity_words(sums: Sums) -> str:
    """ "120 = 90 provided + 30 not provided + 0 not accounted for"."""
    return (
        f"{sums.allowable} = {sums.counted} provided + {sums.lost} not provided + "
        f"{sums.not_accounted} not accounted for"
    )


def owed_by_reason(missed: Iterable[Missed]) -> str:
    """What is to be made up of these, by why they were missed: "30 (Provider absent 30)"; "" for nothing."""
    by_reason: dict[Attendance, int] = {}
    for one in missed:
        by_reason[one.attendance] = by_reason.get(one.attendance, 0) + one.left
    found = {one: minutes for one, minutes in by_reason.items() if minutes}
    words = ", ".join(f"{LABELS.get(one, 'Missed')} {minutes}" for one, minutes in found.items())
    return f"{sum(found.values())} ({words})" if found else ""


def last_end(lines: Sequence[Line]) -> Period | None:
    """The days from the first to the last of these lines; None without any."""
    if not lines:
        return None
    return Period(min(one.within.start for one in lines), max(one.within.end for one in lines))
