"""An assistant's data statements pass, her conclusions do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapytrack.domain.licence_scope import oversteps, scope_sentence

DATA = [
    "8 of 10 correct with one verbal cue.",
    "/s/ initial: 75% (15 of 20), probe without cues. Practice: 12 of 20 with a model.",
    "Needed two redirections, then completed the task.",
    "Session ended early because of a fire drill.",
    "Left after 20 minutes, met with the nurse.",
    "Used picture cards; each card shown twice. Peer interaction during the board game.",
    "Accuracy was 60% in the first half and 80% in the second half.",
    "Per Ines Calloway, the goal is met and we should continue with sentences.",
    "As directed by the supervisor, cues were reduced after trial 10; she recommends two more weeks.",
    "According to Ines Calloway the goal is met.",
    "Worked on the goal\nMet with his teacher for two minutes",
    "He said “ми” and “мое” in 4 of 5 trials.",
    "Absent: field trip.",
    "He has two more difficult words to try.",
    "Worked on past-tense verbs; 3.5 minutes of wait time in total.",
    "",
]
INTERPRETED = [
    ("Errors are consistent with childhood apraxia.", "diagnosis"),
    ("He has a severe phonological disorder.", "diagnosis"),
    ("This suggests a language delay.", "diagnosis"),
    ("Prognosis is good.", "predicts"),
    ("She is likely to meet the goal by June.", "predicts"),
    ("I recommend more sessions.", "recommends"),
    ("He should be discharged from speech.", "recommends"),
    ("Student needs to continue with group therapy.", "recommends"),
    ("No longer requires cues, ready for dismissal.", "recommends"),
    ("She is making great progress.", "conclusion"),
    ("Showed improvement in articulation.", "conclusion"),
    ("Goal met.", "conclusion"),
    ("He has mastered /r/.", "conclusion"),
    ("Fluency was steadily improving.", "conclusion"),
]


@pytest.mark.parametrize("text", DATA)
def test_statements_of_data_pass(text: str) -> None:
    assert oversteps(text) == []


DISGUISED = {
    "two blanks": "Goal  met.",
    "a blank that does not break": "Goal\u00a0met.",
    "a line break in the middle": "The goal\nmet.",
    "a line separator": "Goal\u2028met.",
    "a sign without width": "Goal m\u200bet.",
    "a soft hyphen": "Prog\u00adnosis is good.",
    "letters of full width": "Ｇｏａｌ ｍｅｔ.",
    "Cyrillic letters that look alike": "Gоаl mеt.",
    "Greek letters that look alike": "Gοal met.",
    "accents": "Goa\u0301l mét.",
    "a conclusion reported from the data": "Per the data, the goal is met.",
    "a conclusion reported from a session": "According to today's session he has mastered /r/.",
}


@pytest.mark.parametrize("how", DISGUISED)
def test_a_conclusion_that_reads_the_same_is_the_same(how: str) -> None:
    assert [one.sentence for one in oversteps(f"8 of 10 correct. {DISGUISED[how]} Then a game.")] == [DISGUISED[how]]


@pytest.mark.parametrize(("text", "why"), INTERPRETED)
def test_a_conclusion_is_found_and_named(text: str, why: str) -> None:
    found = oversteps(f"8 of 10 correct. {text} Then a game.")
    assert [one.sentence for one in found] == [text]
    assert why in found[0].why


def test_only_the_sentence_that_reports_a_supervisor_is_hers() -> None:
    found = oversteps("Per Ines Calloway, he should continue. He has met the goal.")
    assert [one.sentence for one in found] == ["He has met the goal."]


def test_the_writer_is_told_which_sentence_and_what_to_do() -> None:
    words = scope_sentence(oversteps("Goal met. " * 5), "TX")
    assert "(TX)" in words and "“Goal met.” draws a conclusion" in words and "And 2 more" in words and "“Per ”" in words


@given(st.text(max_size=2000))
def test_any_text_is_read_and_quotes_stay_short(text: str) -> None:
    assert all(len(one.sentence) <= 120 and one.sentence for one in oversteps(text))
