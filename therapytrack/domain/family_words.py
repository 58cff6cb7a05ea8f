"""What a progress report says to a family, in English and in Spanish: plain sentences from the same facts.

Counts stand as "8 of 10"; no percentages, intervals, trends or terms of the trade. A goal's own words stay as they are
written in the IEP. Spanish is that of the United States (CLDR es-US): day and month in words, a point before decimals.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final, Literal

from therapytrack.domain.points import Direction, Metric, Point
from therapytrack.domain.report_goal import LAST, ReportGoal
from therapytrack.domain.score_words import hits_of
from therapytrack.domain.trend import Status
from therapytrack.domain.units import MINUTE, TIMES, is_percent, plain

Language = Literal["en", "es"]
Noun = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language: the frame of a family's letter, its sentences, and the nouns that numbers need (one, several).

    In `sentences` {name} is the student's first name, {times}, {day} and {result} are words of this language.
    """

    tag: str
    months: tuple[str, ...]
    day: str
    letter: str
    period: str
    as_written: str
    nobody: str
    sign: str
    sentences: dict[str, str]
    counted: dict[Metric, str]
    steps: dict[Metric, str]
    share: str
    sides: dict[Direction, str]
    time: Noun
    a_minute: str
    level: str
    level_of: str
    second: Noun
    minute: Noun
    link: str


ENGLISH: Final = Tongue(
    tag="en-US",
    months=(
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ),
    day="{month} {day}, {year}",
    letter="Progress report for the family of {name}",
    period="From {first} to {last}",
    as_written="The goal as the IEP says it: {text}",
    nobody="There is no goal to report on in this period.",
    sign="If you have questions, please ask {author}.",
    sentences={
        "no data": "We did not measure this goal in this period.",
        "not begun": "We have not started to measure this goal yet.",
        "told": "In this period we wrote down what we saw, {times} in all. Ask us: we will gladly tell you more.",
        "only baseline": "We found out where {name} starts. The work on this goal comes next.",
        "measured": "In this period we measured this {times}.",
        "first": "On {day}, the result was {result}.",
        "last": "On {day}, the latest result was {result}.",
        "aim": "The goal is {side} {result}, by {day}.",
        "met": "{name} has met this goal.",
        "met before": "{name} has met this goal before, but the latest results are short of it.",
        "too early": "It is too early to say how it is going.",
        "met at start": (
            "From the start, {name}'s results were already as good as this goal asks. So we do not compare them with a "
            "plan."
        ),
        "on_track": "So far, {name}'s results are as good as we planned, or better.",
        "watch": "So far the results are mixed.",
        "off_track": "The results are behind what we planned.",
    },
    counted={
        Metric.INDEPENDENT: "right without help",
        Metric.SUPPORTED: "right, with or without help",
        Metric.INTERVALS: "short time slots",
    },
    steps={Metric.INDEPENDENT: "steps without help", Metric.SUPPORTED: "steps, with or without help"},
    share="{hits} of {n}",
    sides={Direction.UP: "at least", Direction.DOWN: "at most"},
    time=("time", "times"),
    a_minute="{times} a minute",
    level="level {value}",
    level_of="level {value} of {top}",
    second=("second", "seconds"),
    minute=("minute", "minutes"),
    link=" and ",
)  # fmt: skip
SPANISH: Final = Tongue(
    tag="es-US",
    months=(
        "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
        "diciembre",
    ),
    day="{day} de {month} de {year}",
    letter="Informe de progreso para la familia de {name}",
    period="Del {first} al {last}",
    as_written="La meta, como está escrita en el IEP: {text}",
    nobody="No hay ninguna meta sobre la que informar en este período.",
    sign="Si tiene preguntas, comuníquese con {author}.",
    sentences={
        "no data": "En este período no medimos esta meta.",
        "not begun": "Todavía no hemos empezado a medir esta meta.",
        "told": "En este período anotamos {times} lo que observamos. Pregúntenos y con gusto le contaremos cómo va.",
        "only baseline": "Ya sabemos desde dónde empieza {name}. Ahora sigue el trabajo en esta meta.",
        "measured": "En este período medimos esta meta {times}.",
        "first": "El {day}, el resultado fue: {result}.",
        "last": "El {day}, el resultado más reciente fue: {result}.",
        "aim": "La meta es: {result} {side}, a más tardar el {day}.",
        "met": "{name} alcanzó esta meta.",
        "met before": "{name} ya había alcanzado esta meta, pero los resultados más recientes ya no la cumplen.",
        "too early": "Todavía es pronto para decir cómo va.",
        "met at start": (
            "Desde el principio, los resultados de {name} ya eran tan buenos como pide esta meta. Por eso no los "
            "comparamos con un plan."
        ),
        "on_track": "Hasta ahora, los resultados de {name} son tan buenos como habíamos previsto, o mejores.",
        "watch": "Por ahora, los resultados son variados.",
        "off_track": "El avance es menor de lo previsto.",
    },
    counted={
        Metric.INDEPENDENT: "intentos correctos sin ayuda",
        Metric.SUPPORTED: "intentos correctos, con o sin ayuda",
        Metric.INTERVALS: "momentos observados",
    },
    steps={Metric.INDEPENDENT: "pasos sin ayuda", Metric.SUPPORTED: "pasos, con o sin ayuda"},
    share="{hits} de {n}",
    sides={Direction.UP: "o más", Direction.DOWN: "o menos"},
    time=("vez", "veces"),
    a_minute="{times} por minuto",
    level="nivel {value}",
    level_of="nivel {value} de {top}",
    second=("segundo", "segundos"),
    minute=("minuto", "minutos"),
    link=" y ",
)  # fmt: skip
TONGUES: Final[dict[Language, Tongue]] = {"en": ENGLISH, "es": SPANISH}


def family_date(day: date, language: Language) -> str:
    """`day` as "November 24, 2026" or "24 de noviembre de 2026"."""
    tongue = TONGUES[language]
    return tongue.day.format(month=tongue.months[day.month - 1], day=day.day, year=day.year)


def family_text(goal: ReportGoal, name: str, language: Language) -> str:
    """How the goal of `name` (the student's first name) went, for her family."""
    tongue = TONGUES[language]
    return " ".join(tongue.sentences[key].format(name=name, **words) for key, words in _sentences(goal, language))


def _sentences(goal: ReportGoal, language: Language) -> list[tuple[str, dict[str, str]]]:
    """Which sentences there are, in order, each with the words that it needs."""
    tongue = TONGUES[language]
    if not goal.points:
        return [("no data" if goal.before else "not begun", {})]
    if goal.told:
        return [("told", {"times": _times(tongue, len(goal.points))})]
    if not goal.described:
        return [("only baseline", {})]
    said = [("measured", {"times": _times(tongue, len(goal.described))})]
    ends = [("first", goal.described[0])] if len(goal.described) > 1 else []
    for key, point in [*ends, ("last", goal.described[-1])]:
        said.append((key, {"day": family_date(point.on, language), "result": _result(tongue, goal, point)}))
    side, by = tongue.sides[goal.asks.direction], family_date(goal.asks.target_on, language)
    said.append(("aim", {"side": side, "result": _target(tongue, goal), "day": by}))
    return [*said, (_standing(goal), {})]


def _standing(goal: ReportGoal) -> str:
    if goal.met_on:
        return "met" if goal.level_meets else "met before"
    if goal.met_from_start:
        return "met at start"
    if len(goal.values) < LAST or goal.check is None or goal.check.status is Status.TOO_FEW:
        return "too early"
    return str(goal.check.status)


def _result(tongue: Tongue, goal: ReportGoal, point: Point) -> str:
    """A result with its counts, or with its unit: "17 of 20 right without help", "3 times a minute"."""
    metric = goal.metric
    if not is_percent(metric):
        return _value(tongue, goal, point.value(metric) or 0.0)
    what = (tongue.steps if goal.version.measure == "task" else tongue.counted)[metric]
    return f"{tongue.share.format(hits=hits_of(metric, point.score), n=point.score.n)} {what}"


def _target(tongue: Tongue, goal: ReportGoal) -> str:
    target = goal.asks.target_value
    if not is_percent(goal.metric):
        return _value(tongue, goal, target)
    hits, n = _of_ten(target)
    return tongue.share.format(hits=hits, n=n)


def _value(tongue: Tongue, goal: ReportGoal, value: float) -> str:
    """A value that is no share of anything."""
    metric, top = goal.metric, goal.asks.top
    if metric is Metric.COUNT:
        return _times(tongue, value)
    if metric is Metric.RATE:
        return tongue.a_minute.format(times=_times(tongue, value, 1))
    if metric in TIMES:
        return _length(tongue, value)
    level = tongue.level_of if top else tongue.level
    return level.format(value=plain(value, 1), top=plain(top, 0))


def _times(tongue: Tongue, value: float, digits: int = 0) -> str:
    return _number(plain(value, digits), tongue.time)


def _length(tongue: Tongue, seconds: float) -> str:
    """A length of time in words: "1 minute and 5 seconds"; tenths below ten seconds."""
    if seconds < 10:
        return _number(plain(seconds, 1), tongue.second)
    minutes, rest = divmod(int(plain(seconds, 0)), MINUTE)
    parts = [(minutes, tongue.minute), (rest, tongue.second)]
    return tongue.link.join(_number(str(number), noun) for number, noun in parts if number)


def _number(text: str, noun: Noun) -> str:
    return f"{text} {noun[text != '1']}"


def _of_ten(percent: float) -> tuple[int, int]:
    """A percentage in the smallest of 10, 20 and 100: 80 is 8 of 10, 85 is 17 of 20, 33 is 33 of 100."""
    share = Fraction(plain(percent, 0)) / 100
    whole = next(n for n in (10, 20, 100) if (share * n).denominator == 1)
    return int(share * whole), whole
