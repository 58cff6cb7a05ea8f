"""What an assistant may write: statements of data, no interpretation, unless a dated rule of her state says otherwise.

Texas 16 TAC 111.55: an SLP assistant does not interpret data into diagnostic statements, management strategies or
procedures. Other states' texts differ; the words below look for the four kinds of sentence that the rule is about. They
are a help for the writer and her supervisor, not a judgment of the license.
"""

import re
from dataclasses import dataclass
from typing import Final
from unicodedata import category

from therapytrack.domain.names import normal

LONGEST_QUOTE: Final = 120


@dataclass(frozen=True, slots=True)
class Overstep:
    """A sentence that goes beyond data: its beginning as written, and why in words."""

    sentence: str
    why: str

    @property
    def words(self) -> str:
        """As it stands beside the note's field."""
        return f"“{self.sentence}” {self.why}."


CONDITION: Final = "(?:disorder|delay|impairment|deficit|apraxia|dysarthria|aphasia|dyslexia|dyspraxia|autism|stutter)"
CAUSE: Final = "(?:difficult|weakness|anxiety|attention)"
CHANGE: Final = "(?:(?:dis)?continue|receive|increase|decrease|reduce|change|move|discharge|dismiss|qualif|refer|exit)"
PROGRESS: Final = r"(?:progress|improvement|regression)\b"
FEW_WORDS: Final = r"(?:\w+ ){0,2}"
# Each kind of sentence with the phrases that give it away, as regular expressions that begin at a word.
KINDS: Final[dict[str, tuple[str, ...]]] = {
    "states a diagnosis": (
        "diagnos",
        r"(?:presents?|consistent|compatible) with\b",
        r"symptoms? of\b",
        r"(?:indicates?|indicative of|suggests|suggestive of)\b",
        rf"(?:mild|moderate|severe|profound)(?:ly)? (?:to \w+ )?{FEW_WORDS}{CONDITION}",
        rf"(?:has|shows signs of) {FEW_WORDS}{CONDITION}",
    ),
    "predicts": (
        "progno",
        r"(?:is|are) (?:un)?likely to\b",
        r"will (?:probably|likely|soon)\b",
        r"expected to (?:meet|master|reach)\b",
        r"on track to\b",
    ),
    "recommends what to do next": (
        "recommend",
        rf"(?:should|ought to|needs? to|must) (?:be |now )?{CHANGE}",
        r"(?:discharge|dismissal|referral) is\b",
        r"ready (?:for|to) (?:discharge|dismissal|exit|move on)\b",
        r"no longer (?:needs?|requires?|qualifies)\b",
    ),
    "draws a conclusion from the data": (
        r"(?:is|was|are|were|been) (?:\w+ )?(?:improving|regressing|progressing|plateauing|declining)\b",
        rf"(?:made|making|makes?|show(?:s|ed|ing)?|demonstrat(?:es|ed|ing)) {FEW_WORDS}{PROGRESS}",
        r"(?:has|have) (?:met|mastered|achieved|improved|regressed|plateaued)\b",
        r"goal (?:is |was )?(?:met|mastered|achieved)\b",
        rf"because of (?:his|her|their|the) {FEW_WORDS}(?:{CONDITION}|{CAUSE})",
    ),
}
PATTERNS: Final = {why: re.compile(rf"\b(?:{'|'.join(one)})", re.IGNORECASE) for why, one in KINDS.items()}
# What a supervisor decided may be reported as hers: the assistant does not conclude it herself. Data decide nothing.
OWN_DATA: Final = (
    r"(?:(?:the|this|these|his|her|their|my|our|today.?s) )*"
    r"(?:data|results?|sessions?|trials?|observations?|scores?|charts?|graphs?|percentages?|counts?|tests?|probes?)\b"
)
REPORTED: Final = re.compile(
    rf"^\W*(?:per|as (?:directed|instructed|planned) (?:by|with)|according to)\b(?! {OWN_DATA})", re.IGNORECASE
)
# A line that goes on in a small letter is the same sentence.
PIECE: Final = r"(?:[^.!?\n]|\n(?=[^\S\n]*[a-z]))"
SENTENCE: Final = re.compile(rf"{PIECE}+(?:[.!?](?=\d){PIECE}*)*[.!?]*")
# Cyrillic and Greek letters that read as Latin ones.
LOOK_ALIKE: Final = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u04bb\u043c\u0442\u043a"
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0406\u0408\u0405"
    "\u03bf\u03b1\u03b5\u03b9\u03bd\u03c1\u03c4\u03c5\u03ba\u03c7"
    "\u0391\u0392\u0395\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
    "aeopcyxijsdhmtkABEKMHOPCTYXIJSoaeivptukxABEHIKMNOPTYX",
)


def oversteps(text: str) -> list[Overstep]:
    """The sentences of `text` that interpret, in order, each with the first reason found; none for data statements."""
    found = []
    for sentence in (match.group().strip() for match in SENTENCE.finditer(text)):
        words = _as_read(sentence)
        why = next((why for why, pattern in PATTERNS.items() if pattern.search(words)), "")
        if why and not REPORTED.match(words):
            found.append(Overstep(_short(sentence), why))
    return found


def scope_sentence(found: list[Overstep], us_state: str) -> str:
    """What the writer is told: which sentences, why, and what to do instead."""
    place = f" ({us_state})" if us_state else ""
    quoted = " ".join(one.words for one in found[:3])
    more = f" And {len(found) - 3} more." if len(found) > 3 else ""
    return (
        f"Assistants state data here{place} and leave conclusions to their supervisor. {quoted}{more} "
        "Say what was seen, with its numbers, or report your supervisor's words: begin with “Per ” and her name."
    )


def _as_read(text: str) -> str:
    """`text` as a reader takes it: no signs that cannot be seen, plain Latin letters, one blank between words."""
    signs = (sign for sign in normal(text, "NFKD") if category(sign) not in ("Cf", "Mn"))
    return " ".join("".join(signs).translate(LOOK_ALIKE).split())


def _short(sentence: str) -> str:
    return sentence if len(sentence) <= LONGEST_QUOTE else sentence[: LONGEST_QUOTE - 1].rstrip() + "…"
