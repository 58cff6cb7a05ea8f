"""A handover in numbers: what moves, what stays and why; nothing is said of what there is none of."""

from datetime import date

from therapytrack.domain.handover_words import losing_words, moves, stays, substitute_words

NAMES = ("students", "managed", "sessions", "shared", "kept", "unsigned", "before", "to_cosign", "drafts")
NONE = dict.fromkeys((*NAMES, "unmanaged", "archived", "elsewhere"), 0)
TODAY = date(2026, 5, 1)


def test_nothing_is_said_of_nothing() -> None:
    assert moves(NONE, "Ines") == [] and stays(NONE, "Rosa", "", TODAY) == []


def test_what_moves_is_counted() -> None:
    assert moves(NONE | {"students": 28, "managed": 1, "sessions": 11, "shared": 2}, "Ines") == [
        "Ines gets the same rights on 28 students.",
        "Ines becomes case manager of 1 student.",
        "11 planned sessions to lead.",
        "The notes in 2 planned sessions shared with other students.",
    ]


def test_what_stays_has_its_reason_and_its_time() -> None:
    numbers = NONE | {"unsigned": 3, "kept": 2, "drafts": 1, "archived": 4}
    assert stays(numbers, "Rosa", "2026-05-15", TODAY) == [
        "3 unsigned notes: only the author can sign.",
        "Rosa keeps access to 2 students until May 15 for that.",
        "1 report draft: only the author opens a draft.",
        "Rights on 4 archived students: restore one to hand it over.",
    ]


def test_no_time_to_finish_is_said_too() -> None:
    assert stays(NONE | {"unsigned": 1}, "Rosa", "", TODAY)[1] == "Rosa has no access any more to do it."


def test_colleagues_who_lose_and_substitutes_who_get() -> None:
    assert losing_words([("Daniel", 1)]) == ["Daniel cannot edit for 1 student any more: that leaned on these rights."]
    assert substitute_words({"students": 2, "already": 0, "without": 1}, "Rosa", "Ines") == [
        "Ines gets Rosa's rights on 2 students.",
        "Rosa holds nothing on 1 student in that time.",
    ]
