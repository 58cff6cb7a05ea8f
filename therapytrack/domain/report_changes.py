"""What changed in a progress report since it was returned, part by part: the whole would hide it."""

import json
from dataclasses import dataclass

from therapytrack.domain.report_content import ReportContent
from therapytrack.domain.word_diff import Piece, word_diff


@dataclass(frozen=True, slots=True)
class Change:
    """A part of a report that reads otherwise: where it stands, and the difference in pieces."""

    place: str
    pieces: tuple[Piece, ...]


def report_parts(content: ReportContent) -> str:
    """All that a reader reads of `content`, as JSON: [place, text] each. Charts are drawn from the data that the
    paragraphs tell."""
    parts = [["Service", content.service]]
    for goal in content.goals:
        own = (
            ("goal", goal.text),
            ("data", goal.paragraph),
            ("code", goal.code_words),
            ("words", goal.words),
            ("family, English", goal.family_en),
            ("family, Spanish", goal.family_es),
        )
        parts += [[f"{goal.label}: {what}", text] for what, text in own]
    return json.dumps(parts)


def report_changes(before: str, content: ReportContent) -> tuple[Change, ...]:
    """What reads otherwise in `content` than in `before`, as `report_parts` wrote it; nothing where "" was kept."""
    if not before:
        return ()
    old, new = (dict(json.loads(parts)) for parts in (before, report_parts(content)))
    places = [*new, *(one for one in old if one not in new)]
    pairs = [(place, old.get(place, ""), new.get(place, "")) for place in places]
    return tuple(Change(place, tuple(word_diff(was, now))) for place, was, now in pairs if was != now)
