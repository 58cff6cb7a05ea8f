"""What an assistant may write: statements of data, no interpretation, unless a dated rule of her state says otherwise.

Texas 16 TAC 111.55: an SLP assistant does not interpret data into diagnostic statements, management strategies or
procedures. Other states' texts differ; the words below look for the four kinds of sentence that the rule is about. They
are a help for the writer and her supervisor, not a judgment of the license.
"""

import re
from dataclasses import dataclass
from typing import Final

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
# What a supervisor decided may be reported as hers: the assistant does not conclude it herself.
REPORTED: Final = re.compile(
    r"^\W*(?:per|as (?:directed|instructed|planned) (?:by|with)|according to)\b", re.IGNORECASE
)
SENTENCE: Final = re.compile(r"[^.!?\n]+(?:[.!?](?=\d)[^.!?\n]*)*[.!?]*")


def oversteps(text: str) -> list[Overstep]:
    """The sentences of `text` that interpret, in order, each with the first reason found; none for data statements."""
    found = []
    for sentence in (match.group().strip() for match in SENTENCE.finditer(text)):
        why = next((why for why, pattern in PATTERNS.items() if pattern.search(sentence)), "")
        if why and not REPORTED.match(sentence):
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


def _short(sentence: str) -> str:
    return sentence if len(sentence) <= LONGEST_QUOTE else sentence[: LONGEST_QUOTE - 1].rstrip() + "…"
