"""Note templates: a workspace's own text with placeholders that data fill.

A placeholder stands in braces, as {minutes}. Filling adds nothing that the data do not say: what is missing is called
missing, and a student who was absent gets the absence's sentence instead of the template. The text that comes out is
the clinician's to change; a signed note keeps its own words, whatever becomes of the template.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from therapytrack.domain.attendance import Attendance
from therapytrack.domain.draft_facts import count, join_words
from therapytrack.domain.form_fields import FieldReader
from therapytrack.domain.people import DISCIPLINES
from therapytrack.errors import Invalid

LONGEST_NAME, LONGEST_TEMPLATE = 60, 4000
# A narrative can be long: a text that repeats it without end would be filled for everybody who opens a note.
MOST_REPEATS = 3
SETTINGS = {"individual": "Individual", "group": "Group", "consult": "Consult"}
CONSULTS = ("consult", "indirect")
PLACEHOLDERS = {
    "student": "what the student is called",
    "date": "the day of the session",
    "time": "its planned hours",
    "attendance": "the word for attendance",
    "minutes": "the minutes recorded",
    "place": "the session's place",
    "delivery": "pull-out, push-in and so on",
    "setting": "individually, or in a group of how many",
    "goals": "the goals with data",
    "results": "each goal's score, with its cues",
}
NO_MINUTES = "No minutes are recorded."
_MINUTES_OF = re.compile(r"\{minutes\} of ")
_MINUTES_FIRST = re.compile(r"^\{minutes\} of (\w)", re.MULTILINE)
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class TemplateForm:
    """What a template is to be: its name, for which discipline ("" for any) and setting, and its text."""

    name: str
    discipline: str
    setting: str
    text: str


@dataclass(frozen=True, slots=True)
class Result:
    """One goal's data in words ("6 of 8 correct (75%)") and what they were counted from ("8 practice trials")."""

    goal: str
    words: str
    source: str


@dataclass(frozen=True, slots=True)
class NoteFacts:
    """What a template is filled from. `group`: students present, this one included; `attendance_words`: the
    workspace's own word; `minutes`: whole minutes recorded; `day`, `hours`, `delivery` and `place` in words."""

    student: str
    day: str
    hours: str
    attendance: Attendance
    attendance_words: str
    minutes: int
    group: int
    place: str
    delivery: str
    results: Sequence[Result]


@dataclass(frozen=True, slots=True)
class Value:
    """One value in a filled text, and where it came from."""

    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Filled:
    """A text made of data, and every value in it with its source, in the order of the text."""

    text: str
    values: tuple[Value, ...]


def parse_template(form: Mapping[str, str]) -> TemplateForm:
    """A template from the fields name, discipline, setting, text. Raises Invalid naming every wrong field, and every
    placeholder that there is not."""
    read = FieldReader(form)
    found = TemplateForm(
        name=read.line("name", LONGEST_NAME, "Give the template a name."),
        discipline=read.choice("discipline", ("", *DISCIPLINES), "Choose a discipline of the list."),
        setting=read.choice("setting", SETTINGS, "Choose the setting."),
        text=read.text("text", LONGEST_TEMPLATE, "Write the text, with placeholders where data belong."),
    )
    if sentence := problem_in(found.text):
        read.wrong["text"] = sentence
    if read.wrong:
        raise Invalid(read.wrong)
    return found


def problem_in(text: str) -> str:
    """What is wrong with the placeholders of `text`, in a sentence that names them; "" when nothing is."""
    unknown = [one for one in dict.fromkeys(_PLACEHOLDER.findall(text)) if one not in PLACEHOLDERS]
    if unknown:
        names = join_words(f"{{{one}}}" for one in unknown)
        return f"There is no placeholder {names}. Choose one of the list."
    if often := [one for one, times in Counter(_PLACEHOLDER.findall(text)).items() if times > MOST_REPEATS]:
        return f"Use {join_words(f'{{{one}}}' for one in often)} at most {MOST_REPEATS} times."
    if set(_PLACEHOLDER.sub("", text)) & set("{}"):
        return "A brace stands alone. Write a placeholder as {minutes}, or take the brace out."
    return ""


def setting_of(delivery: str, group: int) -> str:
    """The setting that a session was: a consult by its delivery, else by how many were present."""
    if delivery in CONSULTS:
        return "consult"
    return "group" if group > 1 else "individual"


def fill(text: str, facts: NoteFacts) -> Filled:
    """`text` with the values of `facts` in the places of its placeholders; the absence's sentence when she was missed.

    An unknown placeholder stays as it stands.
    """
    if facts.attendance != Attendance.PRESENT:
        return _absence(facts)
    known, text = _values(facts), text if facts.minutes else _without_minutes(text)
    used = [value for name in _PLACEHOLDER.findall(text) for value in known.get(name, ("", ()))[1]]
    shown = _PLACEHOLDER.sub(lambda found: known[found[1]][0] if found[1] in known else found[0], text)
    return Filled(shown, tuple(dict.fromkeys(used)))


def _without_minutes(text: str) -> str:
    """`text` where no minutes are recorded: "took part in {minutes} of reading" loses them, and a line says so."""
    shorter = _MINUTES_FIRST.sub(lambda found: found[1].upper(), text)
    shorter = _MINUTES_OF.sub("", shorter)
    return text if shorter == text else f"{shorter}\n{NO_MINUTES}"


def _absence(facts: NoteFacts) -> Filled:
    """The sentence for a session that the student missed, or whose attendance nobody has recorded."""
    values = [Value(facts.day, "the session's day")]
    if facts.attendance == Attendance.PLANNED:
        return Filled(f"Attendance of {facts.student} on {facts.day} was not recorded.", tuple(values))
    words = facts.attendance_words
    text = f"{facts.student} did not receive service on {facts.day}. Reason: {words}. No minutes are claimed."
    return Filled(text, (*values, Value(words, "attendance recorded")))


def _values(facts: NoteFacts) -> dict[str, tuple[str, tuple[Value, ...]]]:
    """Each placeholder's words and the values with sources that they show."""
    minutes = count(facts.minutes, "minute") if facts.minutes else "no minutes recorded"
    setting = f"in a group of {facts.group}" if facts.group > 1 else "individually"
    goals = join_words(dict.fromkeys(one.goal for one in facts.results)) or "no goal with data"
    results = [(f"{one.goal}: {one.words}.", one.source) for one in facts.results]
    plan = "the session's plan"
    return {
        "student": (facts.student, ()),
        "date": _said(facts.day, "the session's day"),
        "time": _said(facts.hours, plan),
        "attendance": _said(facts.attendance_words.lower(), "attendance recorded"),
        "minutes": _said(minutes, "minutes recorded"),
        "place": _said(facts.place or "place not recorded", plan),
        "delivery": _said(facts.delivery.lower(), plan),
        "setting": _said(setting, "students present"),
        "goals": _said(goals, "goals with data in this session"),
        "results": (
            " ".join(words for words, _ in results) or "No data were recorded.",
            tuple(Value(*one) for one in results),
        ),
    }


def _said(words: str, source: str) -> tuple[str, tuple[Value, ...]]:
    return words, (Value(words, source),)
