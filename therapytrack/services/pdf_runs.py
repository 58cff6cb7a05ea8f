"""A text taken apart for printing: parts of one font and one script each, in clusters that no line breaks within.

The library begins a part at each mark and joiner, which belong to no script of their own: letters around them would
lose the shape that they have beside each other.
"""

import re
from collections.abc import Callable, Container, Iterator, Mapping
from functools import lru_cache
from typing import Final, Literal
from unicodedata import bidirectional, category

MARKS: Final = {"Mn", "Mc", "Me"}
JOINERS: Final = "\u200c\u200d"
VARIANTS: Final = range(0xFE00, 0xFE10)
TONES: Final = range(0x1F3FB, 0x1F400)  # of skin, after another sign
LEFT_TO_RIGHT: Final = "\u200e"
LEFTWARD: Final = ("R", "AL")
MOST_IN_CLUSTER: Final = 16
Letters = Mapping[str | None, Container[int]]
Run = tuple[str | None, list[str]]


def runs(text: str, letters: Letters, stand_in: Callable[[str], str | None]) -> Iterator[Run]:
    """Parts of `text`, each with its font (None: the family) and its clusters: a sign with what belongs to it.

    `letters`: the code points of each font. `stand_in`: the font for a sign that the family lacks.
    """
    font: str | None = None
    script, clusters = 0, list[str]()
    for sign in text:
        tied = bool(clusters) and _belongs(sign, clusters[-1])
        tied_or_space = tied or (sign == " " and script > 0)
        chosen = _font(sign, font, tied_or_space, letters) if clusters else ""
        if chosen == "":
            chosen = None if ord(sign) in letters[None] else stand_in(sign)
        own = _script_of(sign)
        if clusters and (chosen != font or (own and script and own != script)):
            yield font, clusters
            script, clusters, tied = 0, [], False
        font, script = chosen, own or script
        if tied:
            clusters[-1] += sign
        else:
            clusters.append(sign)
    if clusters:
        yield font, clusters


def _font(sign: str, font: str | None, tied: bool, letters: Letters) -> str | None:
    """The font of the sign before when it has this one too, "" when another is to be looked for."""
    if tied and (sign in JOINERS or ord(sign) in VARIANTS):
        return font
    there = ord(sign) in letters[font]
    return font if there and (tied or ord(sign) not in letters[None]) else ""


def _belongs(sign: str, cluster: str) -> bool:
    """Whether `sign` goes on with the cluster before it; one has to fit into a line."""
    if len(cluster) >= MOST_IN_CLUSTER or cluster == "\n":
        return False
    tied = category(sign) in MARKS or sign in JOINERS or ord(sign) in VARIANTS or ord(sign) in TONES
    return tied or cluster.endswith(JOINERS[1])


@lru_cache(4096)
def _script_of(sign: str) -> int:
    """A number for the script of a sign, 0 for those of every script."""
    from fpdf.unicode_script import UnicodeScript, get_unicode_script

    script = get_unicode_script(sign)
    everywhere = (UnicodeScript.COMMON, UnicodeScript.INHERITED, UnicodeScript.UNKNOWN)
    return 0 if script in everywhere else int(script)


def direction(text: str) -> Literal["LTR", "RTL"]:
    """The way in which `text` is read: leftward where it begins so and most of its letters are. A sentence that begins
    with a name in Hebrew or Arabic goes on as its own language does, and so does one that ends in a long name."""
    kinds = [] if text.isascii() else [kind for kind in map(bidirectional, text) if kind in ("L", *LEFTWARD)]
    leftward = len(kinds) - kinds.count("L")
    return "RTL" if leftward > len(kinds) / 2 and kinds[0] in LEFTWARD else "LTR"


def numbers_apart(text: str) -> str:
    """`text` with an unseen sign between letters that are read leftward and a number after them, in a sentence that is
    read rightward: the number is none of the name's."""
    return text if direction(text) == "RTL" else _BEFORE_NUMBER.sub(rf"\1{LEFT_TO_RIGHT}\2", text)


_LEFT: Final = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U0001e900-\U0001e95f"
_BEFORE_NUMBER: Final = re.compile(rf"([{_LEFT}])([^\w{_LEFT}]+\d)")
