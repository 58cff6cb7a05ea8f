"""The words in which a note's data stand before the person who signs them."""

from therapytrack.services.note_sheet import GoalData
from therapytrack.state.note_views import data_text


def test_a_sentence_with_scores_tells_a_probe_from_practice_of_the_same_goal() -> None:
    practice = GoalData("/s/ blends", "practice", 5, 3, 0, ())
    probe = GoalData("/s/ blends", "probe", 10, 10, 0, ())
    assert data_text([practice, probe]) == (
        "/s/ blends: 3 of 5 correct (60%); /s/ blends, probe: 10 of 10 correct (100%)"
    )
