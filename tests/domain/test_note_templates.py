"""Templates of notes: what is refused, what data fill them with, and where each value came from."""

from dataclasses import asdict, replace

import pytest

from therapytrack.domain.attendance import Attendance
from therapytrack.domain.note_template_defaults import DEFAULT_TEMPLATES
from therapytrack.domain.note_templates import (
    PLACEHOLDERS,
    NoteFacts,
    Result,
    TemplateForm,
    Value,
    fill,
    parse_template,
    problem_in,
    setting_of,
)
from therapytrack.errors import Invalid

GOOD = {"name": "Group", "discipline": "slp", "setting": "group", "text": "{student}: {results}"}
FACTS = NoteFacts(
    student="Maya",
    day="Nov 24, 2026",
    hours="10:00–10:30 AM",
    attendance=Attendance.PRESENT,
    attendance_words="Here",
    minutes=30,
    group=4,
    place="Room 12",
    delivery="Pull-out",
    results=[
        Result("S initial", "6 of 8 correct (75%)", "8 practice trials"),
        Result("Wh questions", "2 of 4 correct (50%)", "4 probe trials"),
    ],
)


def test_values_stand_in_the_places_of_the_placeholders_each_with_its_source() -> None:
    filled = fill("{student}, {minutes}, {setting} at {place}. {results} Next: more of {goals}.", FACTS)
    assert filled.text == (
        "Maya, 30 minutes, in a group of 4 at Room 12. S initial: 6 of 8 correct (75%). "
        "Wh questions: 2 of 4 correct (50%). Next: more of S initial and Wh questions."
    )
    assert Value("30 minutes", "minutes recorded") in filled.values
    assert Value("S initial: 6 of 8 correct (75%).", "8 practice trials") in filled.values
    assert all(one.value in filled.text for one in filled.values)


def test_what_the_data_do_not_say_is_called_missing() -> None:
    bare = replace(FACTS, minutes=0, place="", group=1, results=())
    text = fill("{minutes}; {place}; {setting}; {goals}; {results}", bare).text
    assert text == "no minutes recorded; place not recorded; individually; no goal with data; No data were recorded."


@pytest.mark.parametrize("template", DEFAULT_TEMPLATES, ids=lambda one: one.name)
def test_a_note_without_minutes_says_so_in_a_sentence_of_its_own(template: TemplateForm) -> None:
    text = fill(template.text, replace(FACTS, minutes=0)).text
    assert text.endswith("\nNo minutes are recorded.")
    assert text[0].isupper()
    assert "minutes" not in text.removesuffix("No minutes are recorded.")


def test_one_minute_is_one_minute() -> None:
    assert fill("{minutes}", replace(FACTS, minutes=1)).text == "1 minute"


def test_an_absent_student_gets_the_sentence_of_the_absence_and_no_data() -> None:
    away = replace(FACTS, attendance=Attendance.STUDENT_ABSENT, attendance_words="Absent, excused", minutes=0)
    filled = fill("{student} got {minutes}. {results}", away)
    assert filled.text == (
        "Maya did not receive service on Nov 24, 2026. Reason: Absent, excused. No minutes are claimed."
    )
    assert "8" not in filled.text
    assert "not recorded" in fill("", replace(away, attendance=Attendance.PLANNED)).text


def test_a_student_whose_name_looks_like_a_placeholder_is_not_filled_again() -> None:
    assert fill("{student}", replace(FACTS, student="{minutes}")).text == "{minutes}"


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("{minutes} {diagnosis} {score}", "There is no placeholder {diagnosis} and {score}. Choose one of the list."),
        ("{ minutes }", "There is no placeholder { minutes }. Choose one of the list."),
        ("{}", "There is no placeholder {}. Choose one of the list."),
        ("30 minutes}", "A brace stands alone. Write a placeholder as {minutes}, or take the brace out."),
        ("{{minutes}}", "A brace stands alone. Write a placeholder as {minutes}, or take the brace out."),
        ("{results}", ""),
    ],
)
def test_an_unknown_placeholder_is_refused_by_its_name(text: str, sentence: str) -> None:
    assert problem_in(text) == sentence


def test_a_template_repeats_no_placeholder_without_end() -> None:
    assert problem_in("{results}" * 3) == ""
    assert problem_in("{results} {goals}" * 4) == "Use {results} and {goals} at most 3 times."


def test_every_wrong_field_of_a_template_has_its_sentence() -> None:
    with pytest.raises(Invalid) as wrong:
        parse_template({"name": "", "discipline": "magic", "setting": "", "text": "{nothing}"})
    assert set(wrong.value.fields) == {"name", "discipline", "setting", "text"}
    assert parse_template(GOOD).text == "{student}: {results}"
    assert parse_template(GOOD | {"discipline": ""}).discipline == ""


def test_the_setting_follows_the_delivery_and_who_was_present() -> None:
    assert [setting_of("pull_out", 1), setting_of("push_in", 3), setting_of("indirect", 3)] == [
        "individual",
        "group",
        "consult",
    ]


def test_the_originals_cover_four_disciplines_in_three_settings_and_are_all_right() -> None:
    assert len({(one.discipline, one.setting) for one in DEFAULT_TEMPLATES}) == len(DEFAULT_TEMPLATES) == 12
    for one in DEFAULT_TEMPLATES:
        assert parse_template(asdict(one)) == one
        assert "{" not in fill(one.text, FACTS).text
        assert "{results}" in one.text
    assert set(PLACEHOLDERS) >= {"attendance", "minutes", "place", "delivery", "goals", "results"}
