"""Why somebody may or may not, in sentences that a person can act on."""

from datetime import date

import pytest

from therapytrack.domain.permission_words import (
    REASONS,
    RIGHTS,
    ROLES,
    GrantNote,
    RightStory,
    missing_words,
    period_words,
    right_sentence,
)

TODAY = date(2026, 5, 1)
UNTIL_JUNE = GrantNote("Rosa", date(2026, 1, 5), date(2026, 6, 12))
OPEN = GrantNote("Margaret", date(2025, 8, 18))


@pytest.mark.parametrize(
    ("story", "sentence"),
    [
        (RightStory("edit", True, granted=(UNTIL_JUNE,)), "can edit: granted by Rosa until Jun 12"),
        (RightStory("view", True, granted=(UNTIL_JUNE, OPEN)), "can view: granted by Margaret on Aug 18, 2025"),
        (
            RightStory("edit", True, "assistant", granted=(UNTIL_JUNE,), through="Ines"),
            "can edit: granted by Rosa until Jun 12, while Ines supervises",
        ),
        (RightStory("view", True, "supervisor", through="Daniel"), "can view: as supervisor of Daniel"),
        (RightStory("view", True, glass_until="2:18 PM"), "can view: emergency access until 2:18 PM"),
        (
            RightStory("export", False, "assistant", granted=(UNTIL_JUNE,), why_not="assistant_export"),
            "cannot export: assistants may not, workspace setting",
        ),
        (RightStory("edit", False, "reader", why_not="ceiling"), "cannot edit: readers may not"),
        (
            RightStory("generate", False, planned=(GrantNote("Rosa", date(2026, 6, 20)),)),
            "cannot generate drafts: begins Jun 20, granted by Rosa",
        ),
        (
            RightStory("view", False, ended=GrantNote("Rosa", date(2025, 1, 1), date(2025, 12, 3))),
            "cannot view: ended Dec 3, 2025, was granted by Rosa",
        ),
        (RightStory("view", False), "cannot view: not granted"),
    ],
)
def test_a_right_in_words(story: RightStory, sentence: str) -> None:
    assert right_sentence(story, TODAY) == sentence


@pytest.mark.parametrize("reason", list(REASONS))
@pytest.mark.parametrize("role", list(ROLES))
def test_every_reason_is_a_sentence_for_every_role(reason: str, role: str) -> None:
    sentence = right_sentence(RightStory("edit", False, role, why_not=reason), TODAY)
    assert sentence.startswith("cannot edit: ") and "{" not in sentence


@pytest.mark.parametrize(
    ("note", "words"),
    [
        (UNTIL_JUNE, "until Jun 12"),
        (OPEN, "since Aug 18, 2025"),
        (GrantNote("", date(2026, 6, 20)), "from Jun 20"),
        (GrantNote("", date(2026, 6, 20), date(2026, 8, 1)), "Jun 20 to Aug 1"),
    ],
)
def test_a_period_in_words(note: GrantNote, words: str) -> None:
    assert period_words(note, TODAY) == words


@pytest.mark.parametrize("right", RIGHTS)
def test_who_lacks_a_right_reads_what_it_would_let_her_do(right: str) -> None:
    assert (
        missing_words(right)
        == {
            "view": "You do not have the right to view this student's record. Ask the student's case manager.",
            "edit": "You do not have the right to edit this student's record. Ask the student's case manager.",
            "export": "You do not have the right to export this student's record. Ask the student's case manager.",
            "generate": "You do not have the right to ask for a draft for this student. "
            "Ask the student's case manager.",
        }[right]
    )
