"""The life of a goal: baseline, acquisition, generalization, maintenance, mastered or discontinued, each from a day on.

A program's target goes through such stages (DataFinch Catalyst, "Target Life Cycle"). Each is an intended change, so
each is a phase line of the chart; two stages of one name are two phases, as a change of the teaching within acquisition
is. Nothing here happens by itself: that a criterion is met is said, and a person decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from therapytrack.domain.dates import long_date
from therapytrack.domain.form_fields import FieldReader
from therapytrack.domain.mastery import MasteryResult

LONGEST_NOTE, LONGEST_WHY = 40, 200
MOST_STAGES = 60


class Stage(StrEnum):
    """Where a goal stands in its life."""

    BASELINE = "baseline"
    ACQUISITION = "acquisition"
    GENERALIZATION = "generalization"
    MAINTENANCE = "maintenance"
    MASTERED = "mastered"
    DISCONTINUED = "discontinued"


STAGES = {
    Stage.BASELINE: "Baseline",
    Stage.ACQUISITION: "Acquisition",
    Stage.GENERALIZATION: "Generalization",
    Stage.MAINTENANCE: "Maintenance",
    Stage.MASTERED: "Mastered",
    Stage.DISCONTINUED: "Discontinued",
}
STATUSES = {Stage.MASTERED: "met", Stage.DISCONTINUED: "discontinued"}
LATER = (
    "This would end the work on the goal, or begin it again, on a day to come, and nothing happens by itself here. "
    "Enter it on that day."
)


class Entry(NamedTuple):
    """A stage that holds from `starts_on` until the next one begins."""

    stage: str
    starts_on: date


@dataclass(frozen=True, slots=True)
class StageForm:
    """A checked entry; `name` is what stands at the phase line."""

    stage: Stage
    name: str
    starts_on: date


def parse_stage(form: Mapping[str, str]) -> StageForm:
    """Check the fields stage, stage_note and stage_on. Raises Invalid naming every wrong field."""
    read = FieldReader(form)
    stage = read.choice("stage", tuple(STAGES), "Choose a stage.")
    note = read.line("stage_note", LONGEST_NOTE)
    starts_on = read.day("stage_on", "Enter the day on which the stage begins.")
    read.finish()
    assert starts_on is not None
    return StageForm(Stage(stage), line_name(Stage(stage), note), starts_on)


def parse_why(form: Mapping[str, str]) -> str:
    """Why an entry is corrected or withdrawn. Raises Invalid without a reason."""
    read = FieldReader(form)
    why = read.line("why", LONGEST_WHY, "Say in a few words why: it stays beside the entry.")
    read.finish()
    return why


def line_name(stage: Stage, note: str) -> str:
    """What stands at the phase line: "Acquisition", "Acquisition: picture schedule"."""
    return f"{STAGES[stage]}: {note}" if note else STAGES[stage]


def usual_next(stage: str) -> Stage:
    """The stage that mostly follows `stage`, and acquisition where the work begins (again) or no stage is known."""
    order = [Stage.ACQUISITION, Stage.GENERALIZATION, Stage.MAINTENANCE, Stage.MASTERED, Stage.MAINTENANCE]
    return dict(zip(map(str, order), order[1:], strict=False)).get(stage, Stage.ACQUISITION)


def note_of(stage: str, name: str) -> str:
    """What was noted beside a stage of this line; a line that was named in another way is its own note."""
    words = STAGES[Stage(stage)]
    if name == words:
        return ""
    return name.removeprefix(f"{words}: ") if name.startswith(f"{words}: ") else name[:LONGEST_NOTE]


def stage_on(entries: Iterable[Entry], day: date) -> str:
    """The stage in which a goal is on `day`; acquisition before the first one, and without any."""
    begun = [one for one in entries if one.starts_on <= day]
    return max(begun, key=lambda one: one.starts_on).stage if begun else Stage.ACQUISITION


def status_on(entries: Iterable[Entry], day: date) -> str:
    """Whether the goal is worked on: "active", else "met" or "discontinued"."""
    return STATUSES.get(Stage(stage_on(entries, day)), "active")


def problem_with_later(entries: Sequence[Entry], today: date) -> str:
    """The sentence against stages to come which would change, on their day, whether the goal is worked on."""
    now = status_on(entries, today)
    later = [one.starts_on for one in entries if one.starts_on > today]
    return LATER if any(status_on(entries, day) != now for day in later) else ""


def offer(mastery: MasteryResult | None, entries: Sequence[Entry], today: date) -> str:
    """The question whether the goal is mastered, "" while there is none to ask: the criterion is not met, the goal was
    marked since, or it is no longer worked on."""
    if mastery is None or mastery.met_on is None or status_on(entries, today) != "active":
        return ""
    marked = any(one.stage == Stage.MASTERED and one.starts_on >= mastery.met_on for one in entries)
    return "" if marked else f"Meets its criterion since {long_date(mastery.met_on)}: mark as mastered?"
