"""Decision rules of progress monitoring as prompts to look, never verdicts: each says what it looks at and why.

Point rules are less accurate than rules of the trend, and ten to twelve weeks of data make both better (Van Norman and
Christ 2016, and the studies they cite), so a prompt says on how little it stands.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median

from therapytrack.domain.chart_facts import slope_text
from therapytrack.domain.dates import long_date
from therapytrack.domain.points import Direction, Metric
from therapytrack.domain.trend import (
    CANNOT_SAY,
    LAST_POINTS,
    POINTS_FOR_A_STATUS,
    AimLine,
    Interval,
    Line,
    against_aim,
    theil_sen_with_interval,
)
from therapytrack.domain.units import UNITS, value_text

Valued = tuple[date, float]
Trend = tuple[Line | None, Interval | None]

DAYS_OF_THE_RULE = 3
SIX_WEEKS = timedelta(weeks=5)
"""Six weekly points: five weeks lie between the first and the last."""
RELIABLE = timedelta(weeks=9)
BREAK_DAYS = 15
TOUCHES = 1e-9
KEEP_ON = "Go on as now"
CHANGE = "Consider a change in instruction"
RAISE = "Consider a new goal"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a rule suggests looking at: `headline` in a few words, `detail` what it saw, and the rule itself."""

    key: str
    name: str
    headline: str
    detail: str
    definition: str
    source: str


@dataclass(frozen=True, slots=True)
class Course:
    """What the rules look at: the points (by date) since the present aim line holds, and that line; `trend`, where it
    is known, is Theil-Sen's through these very points."""

    points: tuple[Valued, ...]
    aim: AimLine
    direction: Direction
    metric: Metric
    changed_on: date | None
    trend: Trend | None = None

    @property
    def better(self) -> str:
        """Which side of the line is the better one."""
        return "above" if self.direction is Direction.UP else "below"

    @property
    def worse(self) -> str:
        """Which side of the line is the worse one."""
        return "below" if self.direction is Direction.UP else "above"

    def lead(self, day: date, value: float) -> float:
        """How far `value` is on the better side of the line on `day`; 0 on the line."""
        sign = 1 if self.direction is Direction.UP else -1
        lead = sign * (value - self.aim.value_on(day))
        return 0.0 if abs(lead) < TOUCHES else lead


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its definition and source; `look` answers a headline and what it saw."""

    key: str
    name: str
    definition: str
    source: str
    look: Callable[[Course], tuple[str, str]]

    def prompt(self, headline: str, detail: str) -> Prompt:
        """What the rule says."""
        return Prompt(self.key, self.name, headline, detail, self.definition, self.source)


def prompts(
    values: Sequence[Valued],
    aim: AimLine | None,
    direction: Direction,
    metric: Metric,
    changed_on: date | None = None,
    trend: Trend | None = None,
) -> tuple[Prompt, ...]:
    """The three rules over `values` (by date, after baseline) against `aim`.

    Only points since the line begins, and since `changed_on`, the day from which the goal asks for what it asks now.
    `trend`: Theil-Sen's line and interval through all `values`, where they were drawn already.
    """
    if aim is None:
        return silent_prompts("There is no aim line: it needs a baseline and a later goal date.")
    since = max(aim.start, changed_on or aim.start)
    points = tuple(sorted(pair for pair in values if pair[0] >= since))
    changed = changed_on if changed_on and changed_on >= aim.start else None
    course = Course(points, aim, direction, metric, changed, trend if len(points) == len(values) else None)
    return tuple(rule.prompt(*rule.look(course)) for rule in _RULES)


def silent_prompts(why: str) -> tuple[Prompt, ...]:
    """The three rules where there is no aim line, with the sentence that says `why`."""
    return tuple(rule.prompt(CANNOT_SAY, why) for rule in _RULES)


def _four_points(course: Course) -> tuple[str, str]:
    word = against_aim(course.points, course.aim, course.direction).status.label
    if why := _too_little(course):
        return CANNOT_SAY, why if word == CANNOT_SAY else f"{why} By the last {LAST_POINTS} alone: {word.lower()}."
    last = course.points[-LAST_POINTS:]
    leads = [course.lead(day, value) for day, value in last]
    with_breaks = _breaks([day for day, _ in last])
    if all(lead < 0 for lead in leads):
        return CHANGE, f"{word}: the last {LAST_POINTS} points lie {course.worse} the aim line.{with_breaks}"
    if all(lead > 0 for lead in leads):
        return RAISE, f"{word}: the last {LAST_POINTS} points lie {course.better} the aim line.{with_breaks}"
    return KEEP_ON, f"{word}: of the last {LAST_POINTS} points, {_sides(course, leads)}.{with_breaks}"


def _sides(course: Course, leads: Sequence[float]) -> str:
    counts = (
        (sum(lead > 0 for lead in leads), course.better),
        (sum(lead < 0 for lead in leads), course.worse),
        (sum(lead == 0 for lead in leads), "on"),
    )
    said = [f"{number} {place}" for number, place in counts if number]
    return f"{', '.join(said)} the aim line"


def _theil_sen(points: Sequence[Valued]) -> Trend:
    return theil_sen_with_interval([float(day.toordinal()) for day, _ in points], [value for _, value in points])


def _three_days(course: Course) -> tuple[str, str]:
    days = list(dict.fromkeys(day for day, _ in course.points))[-DAYS_OF_THE_RULE:]
    if len(days) < DAYS_OF_THE_RULE:
        return (
            CANNOT_SAY,
            f"{_count(len(days), 'day')} with data{_since(course)}, and the rule needs {DAYS_OF_THE_RULE}.",
        )
    last = [(one, median(value for day, value in course.points if day == one)) for one in days]
    leads = [course.lead(day, value) for day, value in last]
    with_breaks = _breaks([day for day, _ in last])
    if all(lead < 0 for lead in leads):
        return CHANGE, f"On the last {DAYS_OF_THE_RULE} days with data it was {course.worse} the aim line.{with_breaks}"
    return KEEP_ON, f"Of the last {DAYS_OF_THE_RULE} days with data, {_sides(course, leads)}.{with_breaks}"


def _trend(course: Course) -> tuple[str, str]:
    if why := _too_little(course):
        return CANNOT_SAY, why
    line, interval = course.trend or _theil_sen(course.points)
    if line is None or interval is None:
        return CANNOT_SAY, "The points are too similar for an interval of the trend."
    last, aim = course.points[-1][0], course.aim
    if last >= aim.target_on:
        return CANNOT_SAY, f"The goal date, {long_date(aim.target_on)}, has come: the aim line ends there."
    sign = 1 if course.direction is Direction.UP else -1
    need = (aim.target - aim.start_value) / (aim.target_on - aim.start).days
    low, high = sorted((sign * interval[0], sign * interval[1]))
    seen = _slopes(course, interval, need)
    if high < sign * need:
        how = "runs against" if high < 0 < sign * need else "is flatter than"
        return CHANGE, f"The trend {how} the aim line: {seen}."
    if low > sign * need:
        return RAISE, f"The trend is steeper than the aim line: {seen}."
    place = value_text(course.metric, line.at(last.toordinal()))
    stands = f"the trend stands at {place}, the aim line at {value_text(course.metric, aim.value_on(last))}"
    return KEEP_ON, f"The two may be parallel: {seen}. On {long_date(last)} {stands}."


def _slopes(course: Course, interval: tuple[float, float], need: float) -> str:
    digits = 2 if course.metric in (Metric.RATE, Metric.LEVEL) else 1
    low, high, wanted = (slope_text(slope, digits) for slope in (*interval, need))
    rise = UNITS[course.metric].rise
    return f"95% interval {low} to {high} {rise} a week, aim line {wanted}{_weeks(course)}"


def _weeks(course: Course) -> str:
    span = course.points[-1][0] - course.points[0][0]
    if span >= RELIABLE:
        return ""
    return f"; on {span.days // 7 + 1} weeks of data, and ten to twelve make the rule more reliable"


def _too_little(course: Course) -> str:
    """Six points over six weeks are what the rule asks for."""
    points = course.points
    if len(points) < POINTS_FOR_A_STATUS:
        return f"{_count(len(points), 'point')}{_since(course)}, and the rule needs {POINTS_FOR_A_STATUS}."
    if points[-1][0] - points[0][0] < SIX_WEEKS:
        return f"The points{_since(course)} span less than six weeks, which the rule needs."
    return ""


def _since(course: Course) -> str:
    return f" since the goal changed on {long_date(course.changed_on)}" if course.changed_on else ""


def _breaks(days: Sequence[date]) -> str:
    longest = max(((after - before).days, before, after) for before, after in pairwise(days))
    if longest[0] <= BREAK_DAYS:
        return ""
    return f" Between them lie {longest[0]} days without data, {long_date(longest[1])} to {long_date(longest[2])}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


_RULES = (
    Rule(
        key="four",
        name="Four-point rule",
        definition="With at least six points over six weeks, not counting baseline: when the last four points in a row "
        "lie on the worse side of the aim line, consider a change in instruction; when all four lie on the better "
        "side, consider a new goal; else go on. A point on the line is on neither side. Reversed for goals that ask "
        "for less.",
        source="Four Point Decision Making Rule, docsbay.net/decision-making-rules",
        look=_four_points,
    ),
    Rule(
        key="three",
        name="Three-day rule",
        definition="When the data of three days in a row lie on the worse side of the aim line, consider a change of "
        "program. Several points of one day count as their median.",
        source="Warkomski, U.S. Department of Education, Summer Workshop, slide 31",
        look=_three_days,
    ),
    Rule(
        key="trend",
        name="Trend against the aim line",
        definition="With at least six points over six weeks: when the whole 95% interval of the Theil–Sen trend is "
        "flatter than the aim line, consider a change in instruction; when all of it is steeper, consider a new goal; "
        "else the two may be parallel.",
        source="Trendline analysis, docsbay.net/decision-making-rules; the interval in place of the bare slope is ours",
        look=_trend,
    ),
)
