"""The difference between two texts word by word: what was taken out, what was put in, what stayed."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

Kind = Literal["same", "deleted", "inserted"]
WORDS: Final = re.compile(r"\s+|\w+|[^\w\s]+")
EXACT_UP_TO: Final = 1500


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that stayed, was deleted from the old text or was inserted in the new one."""

    kind: Kind
    text: str


def word_diff(before: str, after: str) -> list[Piece]:
    """Pieces in reading order: without the inserted ones they spell `before`, without the deleted ones `after`.

    Texts of more than 1,500 words are matched with difflib's shortcut for frequent words, which stays fast.
    """
    old, new = WORDS.findall(before), WORDS.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=max(len(old), len(new)) > EXACT_UP_TO)
    pieces: list[Piece] = []
    for kind, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(old[old_start:old_end])))
            continue
        if old_end > old_start:
            pieces.append(Piece("deleted", "".join(old[old_start:old_end])))
        if new_end > new_start:
            pieces.append(Piece("inserted", "".join(new[new_start:new_end])))
    return pieces
