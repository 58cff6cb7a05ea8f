"""The goal bank: starter goals that hold, placeholders, search words, and files that come back as they went."""

import csv
import io
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapytrack.domain.bank_choice import BankChoice, parse_bank_choice, patterns
from therapytrack.domain.goal_bank import (
    BankForm,
    bank_fields,
    fill,
    first_values,
    parse_bank_goal,
    placeholders_in,
    search_words,
)
from therapytrack.domain.goal_bank_file import COLUMNS, csv_rows, json_text, read_bank_file
from therapytrack.domain.mastery import MasteryCriterion
from therapytrack.domain.starter_goals import KINDS, STARTERS, starter_goals
from therapytrack.errors import Invalid
from therapytrack.services.exports_csv import csv_chunks

GOALS = starter_goals()
TYPED = {
    "label": "{sound} in words",
    "discipline": "slp",
    "area": "Articulation",
    "grade_band": "k2",
    "measure": "trials",
    "direction": "up",
    "metric": "independent",
    "condition": "given pictures with {sound} and {student}'s own words",
    "behavior": "say each word with {sound}",
    "criterion": "with {percent}% accuracy in 3 probes in a row",
    "target_value": "80",
    "points_needed": "3",
    "min_opportunities": "10",
    "people": "1",
    "settings": "1",
    "probe_only": "on",
}


def form(**changes: str) -> BankForm:
    return parse_bank_goal(TYPED | changes)


def as_csv(goals: list[BankForm]) -> bytes:
    return b"".join(csv_chunks(list(COLUMNS), csv_rows(goals)))


@pytest.mark.parametrize("discipline", list(STARTERS))
def test_there_are_twenty_starter_goals_of_a_discipline_and_more(discipline: str) -> None:
    assert discipline in {"slp", "ot", "pt", "counselor"}
    assert len([one for one in GOALS if one.discipline == discipline]) >= 20


def test_each_starter_goal_has_a_condition_a_behavior_and_a_criterion_with_its_number() -> None:
    assert len({one.label for one in GOALS}) == len(GOALS)
    for one in GOALS:
        assert one.condition and one.behavior and one.area
        assert {"percent", "number"} & set(placeholders_in(one)), one.label
        window = MasteryCriterion.from_dict(one.mastery).window
        assert str(window.k) in one.criterion, one.label
        if one.setup.get("steps"):
            assert one.target_value * one.places % 100 == 0, f"{one.label}: no number of steps is that share"


def test_every_way_of_measuring_of_the_starter_goals_is_used() -> None:
    assert {written[3] for goals in STARTERS.values() for written in goals} == set(KINDS)


def test_placeholders_are_asked_for_once_and_begin_with_what_is_known() -> None:
    assert first_values(form(), "Ana") == {"sound": "", "student": "Ana", "percent": "80"}


def test_a_filled_goal_has_its_words_and_its_target() -> None:
    filled = fill(form(), {"fill:sound": "/r/", "fill:student": "Ana", "fill:percent": "90%"})
    assert filled["label"] == "/r/ in words"
    assert filled["condition"] == "given pictures with /r/ and Ana's own words"
    assert (filled["criterion"], filled["target_value"]) == ("with 90% accuracy in 3 probes in a row", "90")


def test_what_is_left_open_or_wrong_is_said_beside_its_field() -> None:
    with pytest.raises(Invalid) as caught:
        fill(form(), {"fill:percent": "900", "fill:student": "Ana"})
    assert set(caught.value.fields) == {"fill:sound", "fill:percent"}


def test_a_value_is_put_in_as_it_was_typed() -> None:
    filled = fill(form(), {"fill:sound": "\\1 {percent}", "fill:student": "Ana", "fill:percent": "80"})
    assert filled["behavior"] == "say each word with \\1 {percent}"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("label", ""),
        ("condition", ""),
        ("behavior", ""),
        ("criterion", ""),
        ("behavior", "say {Target}"),
        ("behavior", "say {target"),
        ("label", "}"),
        ("discipline", "magic"),
        ("grade_band", "13"),
        ("target_value", "101"),
        ("points_needed", ""),
        ("people", "9"),
    ],
)
def test_a_wrong_field_gets_its_sentence(field: str, value: str) -> None:
    with pytest.raises(Invalid) as caught:
        form(**{field: value})
    assert field in caught.value.fields


def test_the_fields_of_a_goal_give_it_back() -> None:
    assert [parse_bank_goal(bank_fields(one)) for one in GOALS] == GOALS


def test_a_bank_survives_both_files() -> None:
    assert list(read_bank_file(as_csv(GOALS)).goals) == GOALS
    assert list(read_bank_file(json_text(GOALS).encode()).goals) == GOALS


WORDS = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"], exclude_characters="{}"), min_size=1, max_size=40)


@given(WORDS, st.sampled_from(["", "=", "'=", "''-", "+1", "@", "\uff1d", "'", "\u200b="]))
def test_any_words_survive_both_files_and_none_is_a_formula(words: str, begin: str) -> None:
    text = begin + words
    try:
        goal = form(condition=text, behavior=text, label="a" + text)
    except Invalid:
        return
    written = as_csv([goal])
    assert read_bank_file(written).goals == (goal,)
    assert read_bank_file(json_text([goal]).encode()).goals == (goal,)
    cells = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")))[1]
    assert not [cell for cell in cells if cell.lstrip("\u200b \t")[:1] in ("=", "+", "-", "@", "\uff1d")]


HEAD = "name,data,condition,behavior,criterion,target"
ROW = "a,trials,b,c,d,80"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "There is no goal in this file."),
        (HEAD.encode(), "There is no goal in this file."),
        (b"\xff\xfe\x00", "not text in UTF-8"),
        (f"{HEAD},color\n{ROW},red".encode(), "Row 1: “color” is no column"),
        (f"{HEAD},name\n{ROW},b".encode(), "Row 1: the column “name” is there twice."),
        (b"name,data\na,trials", "Row 1: the column “condition” is missing."),
        (f"{HEAD}\n{ROW},more".encode(), "Row 2: there are 7 cells, and 6 columns."),
        (f"{HEAD}\n{ROW}\n\n,trials,b,c,d,80".encode(), "Row 4, name: Give the goal a short name."),
        (f"{HEAD}\na,trials,b,c,d,eighty".encode(), "Row 2, target: Enter a percentage from 0 to 100."),
        (f"{HEAD}\na,guess,b,c,d,80".encode(), "Row 2, data: Choose how data are taken."),
        (f'{HEAD}\n"a,trials,b,c,d,80'.encode(), "cannot be read as CSV"),
        (b"[1]", "neither the CSV nor the JSON"),
        (b'{"format": "other", "goals": []}', "neither the CSV nor the JSON"),
        (b'{"format": "therapytrack goal bank", "goals": [], "goals": [{}]}', "two values under one name"),
        (b'{"format": "therapytrack goal bank", "goals": [{"name": "a", "name": "b"}]}', "two values under one name"),
        (b"{" * 100_000, "neither the CSV nor the JSON"),
        (json.dumps({"format": "therapytrack goal bank", "goals": [1]}).encode(), "Goal 1: it has no columns."),
        (
            json.dumps({"format": "therapytrack goal bank", "goals": [{"name": ["a"]}]}).encode(),
            "Goal 1, name: write it as text.",
        ),
        (
            json.dumps({"format": "therapytrack goal bank", "goals": [{"name": "a", "size": 1}]}).encode(),
            "Goal 1: “size” is no column",
        ),
    ],
)
def test_a_bad_file_answers_by_row_and_column(data: bytes, said: str) -> None:
    found = read_bank_file(data)
    assert said in found.problem
    assert found.goals == ()


def test_one_bad_row_takes_no_good_row_in_and_many_are_counted() -> None:
    rows = "\n".join([HEAD, ROW, *["a,trials,b,c,d,800"] * 12])
    found = read_bank_file(rows.encode())
    assert (found.goals, found.problem.count("Row "), "And 4 more." in found.problem) == ((), 8, True)


def test_a_file_of_few_columns_or_with_semicolons_is_read() -> None:
    (goal,) = read_bank_file(f"{HEAD}\n{ROW}".encode()).goals
    assert (goal.direction, goal.mastery["window"]["k"], goal.mastery["probe_only"]) == ("up", 3, True)
    assert read_bank_file(f"{HEAD}\n{ROW}".replace(",", ";").encode()).goals == (goal,)
    (lasting,) = read_bank_file(f"{HEAD}\na,duration,b,c,d,30".encode()).goals
    assert lasting.mastery["metric"] == "mean_time"


def test_search_words_are_folded_and_no_sign_is_a_wildcard() -> None:
    assert "articulation" in search_words(form()) and "speech-language" in search_words(form())
    assert patterns("Über 50% a_b\\") == ["%über%", "%50\\%%", "%a\\_b\\\\%"]


def test_the_address_holds_what_is_asked_for() -> None:
    choice = BankChoice(words="typing", discipline="ot", grade="g35", retired=True, page=2)
    query = dict(pair.split("=") for pair in choice.href().partition("?")[2].split("&"))
    assert parse_bank_choice(query) == choice
    assert parse_bank_choice({"discipline": "x", "page": "-1", "student": "x", "grade": "13"}) == BankChoice()
    assert replace(choice, page=1).href() == choice.href(page=1)
