"""Students by school: who moved within the days of her ledger stands once for each of her schools."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cache

from therapytrack.access.actor import Actor
from therapytrack.domain.handover_words import count_words
from therapytrack.domain.ledger import Ledger
from therapytrack.domain.minutes import Period
from therapytrack.domain.names import folded
from therapytrack.domain.school_calendar import closed_on
from therapytrack.domain.school_shares import Closed, Kept, by_school, stays_of
from therapytrack.services.ledger import Books, StudentMinutes

MOVED = (
    "moved within these days: minutes count with the school of their day, and what is allowable is shared by the "
    "school days at each. What one school gave or missed beyond its part is not asked of the other."
)


def at_schools(books: Books, actor: Actor, chosen: Period | None) -> list[StudentMinutes]:
    """Every student with a line, at each of the schools that she was at on its days: see `school_shares`.

    Each has that school's part of the lines, and what is to be made up of the days there. The books are of `chosen`.
    """
    keys = {folded(name): key for key, name in books.schools.names.items()}

    @cache
    def closed(school: str, day: date) -> bool:
        return closed_on(books.calendar, day, keys.get(folded(school))) is not None

    return [part for one in books.students if one.lines for part in _parts(one, actor.today, chosen, closed)]


def moved_words(students: Iterable[StudentMinutes]) -> str:
    """How those are counted whom `at_schools` gives more than once; "" for nobody."""
    times = Counter(one.seen.student.id for one in students)
    moved = sum(number > 1 for number in times.values())
    return f"{count_words(moved, 'student')} {MOVED}" if moved else ""


def _parts(one: StudentMinutes, today: date, chosen: Period | None, closed: Closed) -> list[StudentMinutes]:
    stays = stays_of(one.plan, one.lines, one.seen.student.school)
    if len({*stays.schools}) == 1:
        return [replace(one, school=stays.schools[0])]
    kept = Kept(one.plan, one.happened, one.lines, chosen, today)
    return [
        replace(
            one,
            school=school,
            ledger=Ledger(lines),
            to_make_up=[each for each in one.to_make_up if stays.school_on(each.held_on) == school],
            missed=[each for each in one.missed if stays.school_on(each.held_on) == school],
        )
        for school, lines in by_school(kept, stays, closed).items()
    ]
