"""Facts, the plain draft, what a model is told, and what becomes of what it wrote."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapytrack.domain.draft_facts import (
    DataPoint,
    Facts,
    GoalData,
    SessionPart,
    catalogue,
    changed_keys,
    count,
    dump_catalogue,
    join_words,
    load_catalogue,
)
from therapytrack.domain.draft_text import fill, foreign_numbers, misdirected
from therapytrack.domain.drafting import Kind, Licence, deterministic_draft, llm_payload, prompt_of
from therapytrack.domain.points import Metric
from therapytrack.errors import Invalid

SINCE = date(2026, 9, 1)
TEXT = "{{student}} attended {{sessions.attended}}. The latest value was {{goal1.last}}, up from {{goal1.first}}."


def probes(*correct: int, purpose: str = "probe") -> tuple[DataPoint, ...]:
    return tuple(
        DataPoint(f"{purpose}-{place}", SINCE + timedelta(weeks=place), purpose, value, 20)
        for place, value in enumerate(correct)
    )


GOAL = GoalData(
    id="goal-a",
    label="/ɹ/ initial, sentences",
    text="By May 28, 2027, Mateo will produce initial /ɹ/ with 80% accuracy.",
    points=probes(5, 8, 13, 16),
    criterion="80% on three probes in a row.",
    status="not yet met",
    trend="rising",
    trend_text="+18.3 points a week (Theil–Sen)",
)
FACTS = Facts(
    student="Mateo",
    since=SINCE,
    until=date(2026, 10, 31),
    sessions=(
        SessionPart("entry-1", SINCE, True, 30),
        SessionPart("entry-2", SINCE + timedelta(weeks=1), True, 30),
        SessionPart("entry-3", SINCE + timedelta(weeks=2), False, reason="student absent"),
    ),
    goals=(GOAL,),
)
KNOWN = catalogue(FACTS)


def drafted(facts: Facts = FACTS, kind: Kind = "summary", licence: Licence = "clinician") -> str:
    return fill(deterministic_draft(facts, kind, licence), catalogue(facts)).text


def test_the_plain_draft_reads_as_english() -> None:
    assert drafted() == (
        "From Sep 1, 2026 to Oct 31, 2026, Mateo attended 2 sessions and received 60 minutes of therapy."
        " Mateo missed 1 session. Recorded reasons: student absent (1).\n\n"
        "The goal “/ɹ/ initial, sentences” was measured with 4 probes, counting trials correct without cues."
        " The earliest value was 25% (5 of 20) on"
        " Sep 1, 2026, and the latest was 80% (16 of 20) on Sep 22, 2026. The latest values in a row were"
        " 40%, 65% and 80%, and the median of the period was 53%. The trend was +18.3 points a week (Theil–Sen). The"
        " criterion (80% on three probes in a row) was not yet met."
    )


@pytest.mark.parametrize("kind", ["summary", "update"])
@pytest.mark.parametrize("licence", ["clinician", "assistant"])
def test_the_plain_draft_passes_its_own_checks(kind: Kind, licence: Licence) -> None:
    filled = fill(deterministic_draft(FACTS, kind, licence), KNOWN)
    assert (filled.violations, filled.dropped) == ((), ())


def test_an_update_speaks_of_goals_only() -> None:
    assert "attended" not in drafted(kind="update")


def test_an_assistants_draft_states_data_without_trend_or_judgement() -> None:
    text = drafted(licence="assistant")
    assert "80% (16 of 20)" in text
    assert not re.search(r"trend|criterion|met\b|progress|improve", text)


def test_no_missed_session_is_said_in_words() -> None:
    facts = replace(FACTS, sessions=FACTS.attended)
    assert "Mateo missed no sessions." in drafted(facts)


def test_a_goal_with_too_few_points_is_named_and_not_described() -> None:
    thin = replace(GOAL, label="Two-step directions", points=probes(5))
    text = drafted(replace(FACTS, goals=(GOAL, thin)))
    assert (
        "“Two-step directions” has 1 probe in this period, fewer than the 3 data points needed to describe it." in text
    )


def test_too_few_data_are_refused_with_what_is_missing() -> None:
    facts = replace(FACTS, sessions=(), goals=(replace(GOAL, points=probes(5, 6)),))
    with pytest.raises(Invalid) as caught:
        deterministic_draft(facts)
    assert caught.value.fields == {
        "range": "Not enough documented data from Sep 1, 2026 to Oct 31, 2026: no session was attended and no"
        " goal has 3 data points (“/ɹ/ initial, sentences” has 2). Choose a longer period or record more."
    }


def test_an_update_needs_no_session() -> None:
    assert drafted(replace(FACTS, sessions=()), kind="update")


def test_probes_and_practice_are_never_mixed() -> None:
    goal = replace(GOAL, points=(*probes(1, 2, 3), *probes(18, 19, 20, 20, purpose="practice")))
    known = catalogue(replace(FACTS, goals=(goal,)))
    assert (known["goal1.points"].value_text, known["goal1.last3"].value_text) == ("3 probes", "5%, 10% and 15%")


def test_practice_is_described_and_labelled_when_probes_are_too_few() -> None:
    goal = replace(GOAL, points=(*probes(1), *probes(18, 19, 20, purpose="practice")))
    assert catalogue(replace(FACTS, goals=(goal,)))["goal1.points"].value_text == "3 practice points"


def test_points_are_in_the_order_of_their_dates() -> None:
    goal = replace(GOAL, points=tuple(reversed(GOAL.points)))
    assert catalogue(replace(FACTS, goals=(goal,)))["goal1.first"].value_text.startswith("25%")


def test_every_fact_names_the_rows_behind_it() -> None:
    assert KNOWN["goal1.last3"].source_ids == ("probe-1", "probe-2", "probe-3")
    assert KNOWN["sessions.missed"].source_ids == ("entry-3",)


def test_a_catalogue_survives_storage() -> None:
    assert load_catalogue(json.loads(json.dumps(dump_catalogue(KNOWN)))) == KNOWN


def test_facts_whose_data_changed_are_named() -> None:
    later = replace(FACTS, goals=(replace(GOAL, points=probes(5, 8, 13, 17)),))
    assert set(changed_keys(KNOWN, catalogue(later))) == {"goal1.last", "goal1.last3"}


def test_numbers_agree_with_their_nouns() -> None:
    assert [count(number, "session") for number in (0, 1, 2)] == ["no sessions", "1 session", "2 sessions"]


def test_lists_are_joined_as_a_sentence_has_them() -> None:
    assert [join_words("abc"[:size]) for size in range(4)] == ["", "a", "a and b", "a, b and c"]


def test_each_sentence_carries_its_facts_and_rows() -> None:
    first, second = fill(TEXT, KNOWN).sentences
    assert (first.text, first.keys) == ("Mateo attended 2 sessions.", ("student", "sessions.attended"))
    assert [source.id for source in second.sources] == ["probe-3", "probe-0"]


def test_a_sentence_that_states_no_value_is_told_apart() -> None:
    filled = fill("{{student}} works hard. On “{{goal1.label}}” he tries. It was {{goal1.last}}.", KNOWN)
    assert [sentence.rests_on_data for sentence in filled.sentences] == [False, False, True]


def test_every_sentence_of_the_plain_draft_states_a_value() -> None:
    thin = replace(GOAL, points=())
    facts = replace(FACTS, goals=(GOAL, thin), sessions=FACTS.attended)
    sentences = fill(deterministic_draft(facts), catalogue(facts)).sentences
    assert [sentence.text for sentence in sentences if not sentence.rests_on_data] == []


def test_a_sentence_without_a_fact_is_left_visible_as_such() -> None:
    assert [sentence.keys for sentence in fill("He works hard. {{student}} is here.", KNOWN).sentences] == [
        (),
        ("student",),
    ]


def test_paragraphs_stay_paragraphs() -> None:
    assert (
        fill("{{student}} came.\n\n{{student}} left. All went.", KNOWN).text == "Mateo came.\n\nMateo left. All went."
    )


def test_a_placeholder_inside_a_value_is_not_filled() -> None:
    facts = replace(FACTS, goals=(replace(GOAL, label="{{student}} {{minutes.total}}"),))
    assert "{{student}}" in fill("The goal “{{goal1.label}}” is current.", catalogue(facts)).text


@pytest.mark.parametrize("key", ["goal9.last", "student.birth_date", "goal1", "", "Student", "goal1.__class__"])
def test_an_unknown_placeholder_is_refused(key: str) -> None:
    assert "placeholder" in {violation.kind for violation in fill(f"It was {{{{{key}}}}} again.", KNOWN).violations}


@pytest.mark.parametrize(
    "text",
    [
        "He reached 80% today.",
        "He reached eighty percent.",
        "He reached ８０ points.",
        "He had ٣ sessions.",
        "A score of ⑦.",
        "A score of Ⅶ.",
        "About ½ of them.",
        "Half of the trials.",
        "He doubled his score.",
        "Twice as good.",
        "三 sessions.",
        "{{sessions.attended}}{{minutes.total}} came.",
        "{{goal1.median}}% was seen.",
        "It was 1{{goal1.median}} then.",
        "It was {{goal1.median}}5 then.",
        "It was -{{goal1.median}} then.",
        "It was {{goal1.median}}.5 then.",
        "It was {{goal1.median}}/{{goal1.median}} then.",
        "It was {{goal1.median}},{{goal1.median}} then.",
        "&#56;0 trials.",
        "It was {{goal1.median}} per cent.",
        "A dozen sessions.",
        "It was ~{{goal1.median}} then.",
        "8\u200b0 trials.",
        "{{goal1.median}}**{{goal1.median}} came.",
        "It was – {{goal1.median}} then.",
        "On May 3 he came.",
        "a third of them",
    ],
)
def test_a_number_that_is_not_from_the_data_is_found(text: str) -> None:
    assert "number" in {violation.kind for violation in fill(text, KNOWN).violations}


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "{{student}}'s latest value was {{goal1.last}}.",
        "({{goal1.median}}) was the median, “{{goal1.label}}” the goal.",
        "**{{student}}** came.",
        "- {{student}} came\n- {{student}} left",
        "This quarter, {{student}} came; it was {{goal1.last}}!",
        "The second probe was better: {{goal1.last}}",
        "Well-known words, someone, none, often and tennis.",
    ],
)
def test_honest_wording_is_accepted(text: str) -> None:
    assert fill(text, KNOWN).violations == ()


@given(st.text(max_size=300))
def test_no_text_of_a_model_brings_in_a_digit_unseen(text: str) -> None:
    filled = fill(text, KNOWN)
    assert filled.violations or not re.search(r"\d", "".join(sentence.wording for sentence in filled.sentences))


def test_the_opposite_of_a_goals_course_is_found() -> None:
    filled = fill("Accuracy declined to {{goal1.last}}. It rose from {{goal1.first}}.", KNOWN)
    assert [violation.excerpt for violation in misdirected(filled, {"goal1": "rising"})] == [filled.sentences[0].text]


def test_a_goals_own_words_do_not_count_as_a_direction() -> None:
    facts = replace(FACTS, goals=(replace(GOAL, label="Dropped final consonants"),))
    filled = fill("The goal “{{goal1.label}}” was measured.", catalogue(facts))
    assert misdirected(filled, {"goal1": "rising"}) == ()


def test_numbers_that_a_person_adds_are_pointed_out() -> None:
    assert foreign_numbers("Mateo attended 2 sessions and scored 91% and 80%.", KNOWN) == ("91",)


def test_the_payload_has_no_name_number_date_or_id() -> None:
    facts = replace(FACTS, goals=(replace(GOAL, label="Mateo's /ɹ/ for Ms. Alvarez, 3-step, by 5/28/2027"),))
    told = json.dumps(llm_payload(facts, ["Rosa Alvarez"]), ensure_ascii=False)
    assert not re.search(r"\d", re.sub(r"\{\{[a-z0-9.]+\}\}", "", told))
    assert not re.search(r"Mateo|Alvarez|Rosa|goal-a|probe-\d|entry-\d|accuracy|absent|Sep ", told)


def test_the_payload_is_an_allow_list() -> None:
    payload = llm_payload(FACTS, [])
    assert set(payload) == {"instructions", "kind", "placeholders", "goals"}
    assert {key for goal in payload["goals"] for key in goal} == {"topic", "course", "placeholders"}
    assert {key for entry in payload["placeholders"] for key in entry} == {"write", "means"}


def test_the_payload_offers_every_placeholder_of_the_catalogue() -> None:
    offered = set(re.findall(r"\{\{([a-z0-9.]+)\}\}", json.dumps(llm_payload(FACTS, []))))
    assert offered == set(KNOWN)


def test_an_update_tells_nothing_of_sessions() -> None:
    assert not re.search("sessions|minutes", json.dumps(llm_payload(FACTS, [], "update")["placeholders"]))


def test_the_prompt_is_the_stored_payload_and_nothing_else() -> None:
    payload = llm_payload(FACTS, [])
    system, user = prompt_of(payload)
    assert {"instructions": system, **json.loads(user)} == payload


def test_a_goal_in_a_unit_of_its_own_is_said_in_it_and_a_told_one_is_not_called_without_data() -> None:
    points = tuple(
        DataPoint(f"p{n}", SINCE + timedelta(weeks=n), "probe", 12, 13, Metric.RATE, value, "12 times in 8:00")
        for n, value in enumerate((2.0, 1.75, 1.5))
    )
    rate = replace(GOAL, points=points, counting="times per minute", kind="unit", trend_text="")
    told = replace(GOAL, id="goal-b", points=(), kind="told")
    facts = replace(FACTS, goals=(rate, told))
    text = drafted(facts)
    assert "measured with 3 probes, as times per minute." in text
    assert "earliest value was 2 per min (12 times in 8:00) on Sep 1, 2026" in text
    assert "the median of the period was 1.75 per min" in text
    assert "is told in words after each session" in text
    assert "fewer than" not in text
