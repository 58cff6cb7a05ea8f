"""The stages of a goal's life: where it stands on a day, what may be entered, and when mastery is offered."""

from datetime import date

import pytest

from therapytrack.domain.life_cycle import (
    LONGEST_NOTE,
    STAGES,
    Entry,
    Stage,
    line_name,
    note_of,
    offer,
    parse_stage,
    parse_why,
    problem_with_later,
    stage_on,
    status_on,
    usual_next,
)
from therapytrack.domain.mastery import MasteryResult
from therapytrack.domain.points import is_baseline
from therapytrack.errors import Invalid

TODAY = date(2026, 5, 20)
LIFE = [
    Entry("baseline", date(2026, 1, 5)),
    Entry("acquisition", date(2026, 2, 2)),
    Entry("mastered", date(2026, 5, 12)),
    Entry("maintenance", date(2026, 5, 19)),
]
MET = MasteryResult(True, "Met.", date(2026, 5, 12))


@pytest.mark.parametrize(
    ("day", "stage", "status"),
    [
        (date(2026, 1, 4), "acquisition", "active"),  # before the first
        (date(2026, 1, 5), "baseline", "active"),
        (date(2026, 2, 1), "baseline", "active"),
        (date(2026, 2, 2), "acquisition", "active"),
        (date(2026, 5, 12), "mastered", "met"),
        (date(2026, 5, 18), "mastered", "met"),
        (date(2026, 5, 19), "maintenance", "active"),
    ],
)
def test_a_stage_holds_until_the_next_one_begins(day: date, stage: str, status: str) -> None:
    for entries in (LIFE, LIFE[::-1]):
        assert (stage_on(entries, day), status_on(entries, day)) == (stage, status)


def test_a_goal_without_stages_is_worked_on() -> None:
    assert (stage_on([], TODAY), status_on([], TODAY)) == ("acquisition", "active")


@pytest.mark.parametrize(
    ("entries", "refused"),
    [
        ([Entry("generalization", date(2026, 6, 1))], False),
        ([Entry("mastered", date(2026, 6, 1))], True),
        ([Entry("discontinued", date(2026, 5, 21))], True),
        ([Entry("discontinued", TODAY)], False),
        ([Entry("mastered", TODAY), Entry("maintenance", date(2026, 6, 1))], True),
        ([Entry("mastered", TODAY), Entry("mastered", date(2026, 6, 1))], False),
    ],
)
def test_whether_a_goal_is_worked_on_never_changes_by_itself_on_a_day_to_come(
    entries: list[Entry], refused: bool
) -> None:
    assert bool(problem_with_later(entries, TODAY)) is refused


@pytest.mark.parametrize(
    ("mastery", "entries", "asked"),
    [
        (MET, LIFE[:2], True),
        (MET, [], True),
        (MET, LIFE[:3], False),  # marked on the very day
        (MET, LIFE, False),  # marked, and in maintenance since
        (MET, [Entry("mastered", date(2026, 3, 1)), Entry("acquisition", date(2026, 4, 1))], True),  # an earlier demand
        (MET, [Entry("discontinued", TODAY)], False),
        (MasteryResult(False, "Not yet."), LIFE[:2], False),
        (None, LIFE[:2], False),
    ],
)
def test_mastery_is_asked_about_when_it_is_met_and_nobody_has_said_so(
    mastery: MasteryResult | None, entries: list[Entry], asked: bool
) -> None:
    words = "Meets its criterion since May 12, 2026: mark as mastered?" if asked else ""
    assert offer(mastery, entries, TODAY) == words


def test_the_line_of_a_baseline_is_one_and_no_other_is() -> None:
    assert {stage for stage in Stage if is_baseline(line_name(stage, "baseline of words"))} == {Stage.BASELINE}
    assert all(note_of(stage, line_name(stage, note)) == note for stage in STAGES for note in ("", "in class"))
    assert note_of("acquisition", "Intervention") == "Intervention"


def test_a_line_fits_its_column() -> None:
    assert max(len(line_name(stage, "x" * LONGEST_NOTE)) for stage in Stage) <= 60


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ({}, {"stage", "stage_on"}),
        ({"stage": "cured", "stage_on": "2026-05-01"}, {"stage"}),
        ({"stage": "mastered", "stage_on": "soon"}, {"stage_on"}),
        ({"stage": "mastered", "stage_on": "2026-05-01", "stage_note": "x" * 41}, {"stage_note"}),
    ],
)
def test_a_wrong_entry_gets_its_sentences(typed: dict[str, str], fields: set[str]) -> None:
    with pytest.raises(Invalid) as caught:
        parse_stage(typed)
    assert set(caught.value.fields) == fields


def test_a_correction_needs_its_reason() -> None:
    with pytest.raises(Invalid):
        parse_why({"why": "  "})
    assert parse_why({"why": " Typed the wrong day. "}) == "Typed the wrong day."


@pytest.mark.parametrize(
    ("stage", "following"),
    [
        ("", Stage.ACQUISITION),
        ("baseline", Stage.ACQUISITION),
        ("acquisition", Stage.GENERALIZATION),
        ("generalization", Stage.MAINTENANCE),
        ("maintenance", Stage.MASTERED),
        ("mastered", Stage.MAINTENANCE),
        ("discontinued", Stage.ACQUISITION),
    ],
)
def test_the_form_for_a_stage_begins_with_the_one_that_mostly_follows(stage: str, following: Stage) -> None:
    assert usual_next(stage) is following
