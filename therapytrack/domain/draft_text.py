"""Checking a draft's words and putting the values in.

What a model wrote is data from outside: links, images and markup are dropped, a placeholder that is not in the
catalogue is refused, and so is every numeral or number word, because numbers come from the documented data only
(OWASP LLM01, LLM05).
"""

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from therapytrack.domain.draft_facts import Catalogue, Source, Trend
from therapytrack.domain.names import normal

_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z0-9_.]{1,60})\s*\}\}")
_MARK = 0xE000
_MARKS = 0x1900
_NUMBER_WORDS = (
    "zero|one(?! another)|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    "seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|"
    "dozens?|half|halves|halved|(?:quarters?|thirds?|fourths?|fifths?|tenths?) of|once|twice|thrice|doubled?|doubling|"
    "tripled?|quadrupled?|per ?cent|percentage|percentile"
)
_WORDED = re.compile(rf"\b(?:{_NUMBER_WORDS})\b", re.IGNORECASE)
_SIGNS = re.compile(r"[%‰‱°$€£+=<>×÷±~^\\|]|[-\u2010-\u2015\u2212]\s*(?=[\ue000-\uf8ff])")
_DROPPED = (
    ("image", re.compile(r"!\[[^\]\n]{0,300}\]\s*(?:\([^)\n]{0,500}\)?|\[[^\]\n]{0,300}\])")),
    ("link", re.compile(r"^\s*\[[^\]\n]{1,300}\]:.*$", re.MULTILINE)),
    (
        "markup",
        re.compile(r"<(script|style|iframe|svg|object|template)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL),
    ),
    ("markup", re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)),
    ("link", re.compile(r"<[a-z][a-z0-9+.-]{0,20}:[^>\s]{0,500}>?", re.IGNORECASE)),
    ("markup", re.compile(r"</?[a-z!?][^<>]*(?:>|\Z)", re.IGNORECASE)),
)
_BARE_LINKS = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]{0,20}:)?//\S+|\b(?:mailto|javascript|data|tel|file|vbscript):\S*|\bwww\.\S+"
    r"|\b[\w.+-]{1,64}@[\w.-]+|\b[\w-]{1,63}(?:\.[\w-]{1,63}){1,9}[:/?]\S+"
    r"|\b[\w-]{1,63}\.(?:com|org|net|io|edu|gov|info|biz|ai|dev|app|ly|example|test|xyz|site|online|link|click|top|zip)\b",
    re.IGNORECASE,
)
_NAMED_LINK = re.compile(r"\[([^\]\n]{0,300})\]\s*(?:\([^)\n]{0,500}\)?|\[[^\]\n]{0,300}\])")
_GLUED = (
    re.compile(r"\d\S*"),
    re.compile(r"[\ue000-\uf8ff]{2,}"),
    re.compile(r"[^\s(\"“‘—\ue000-\uf8ff][\ue000-\uf8ff]"),
    re.compile(r"[\ue000-\uf8ff][^\s.,;:!?)\"”'’—\ue000-\uf8ff]\S*"),
    re.compile(r"[\ue000-\uf8ff](?!['’]s\b)[.,;:!?'’\"”)]+[\w\ue000-\uf8ff]\S*"),
)
_FRAME = ("student", "range.", "minimum.")
_NAMING = (".label", ".text", ".criterion", ".counting")
_NEGATED = re.compile(r"\b(?:no|not|never|neither|without)\b|n['’]t\b", re.IGNORECASE)
_RISE = re.compile(r"\b(?:increas|rose\b|rise|rising|grew|grow|gain|higher|climb|upward)\w*", re.IGNORECASE)
_FALL = re.compile(r"\b(?:decreas|fell\b|fall|declin|drop|lower|regress|worse|downward)\w*", re.IGNORECASE)


@dataclass(frozen=True)
class Violation:
    """Why a text cannot be stored: `kind` is "placeholder", "number" or "direction"; `excerpt` is what was found."""

    kind: str
    excerpt: str


@dataclass(frozen=True)
class Sentence:
    """One finished sentence with the facts that it uses and the rows behind them; `opens` starts a paragraph;
    `wording` is the sentence before the values went in.
    """

    text: str
    keys: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    opens: bool = False
    wording: str = ""

    @property
    def rests_on_data(self) -> bool:
        """Whether it states at least one value; names, labels and the period's days are none."""
        return any(not key.startswith(_FRAME) and not key.endswith(_NAMING) for key in self.keys)


@dataclass(frozen=True)
class Filled:
    """A draft with its values in. A sentence without keys rests on no data: the person must see that."""

    sentences: tuple[Sentence, ...]
    violations: tuple[Violation, ...] = ()
    dropped: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The sentences as paragraphs."""
        return "".join(f"{chr(10) * 2 if part.opens else ' '}{part.text}" for part in self.sentences).strip()


def fill(text: str, facts: Catalogue) -> Filled:
    """Clean the words, refuse what is not from the data, and put the values in, sentence by sentence; values are never
    read again, so a placeholder inside a value stays as it is.
    """
    masked, keys = _mask(text)
    cleaned, dropped = _clean(masked)
    violations = [Violation("placeholder", key) for key in dict.fromkeys(keys) if key not in facts]
    violations += [Violation("placeholder", found) for found in re.findall(r"[{}]+", cleaned)]
    violations += [Violation("number", _unmask(found, keys)) for found in dict.fromkeys(_numbers(cleaned))]
    known = [key if key in facts else "" for key in keys]
    sentences = tuple(_sentence(part, opens, known, facts) for opens, part in _split(cleaned))
    return Filled(sentences, tuple(violations), dropped)


def _mask(text: str) -> tuple[str, list[str]]:
    """Each placeholder as one private-use character, so that cleaning cannot cut it; stray ones are removed first."""
    plain = text
    for _ in range(3):
        plain = html.unescape(plain)
    plain = "".join(c for c in normal(plain) if c in "\n\t" or unicodedata.category(c)[0] != "C")
    keys: list[str] = []

    def mark(match: re.Match[str]) -> str:
        keys.append(match.group(1))
        return chr(_MARK + len(keys) - 1) if len(keys) <= _MARKS else "{{too many}}"

    return _PLACEHOLDER.sub(mark, plain), keys


def _unmask(text: str, keys: list[str]) -> str:
    return "".join(f"{{{{{keys[ord(c) - _MARK]}}}}}" if _is_mark(c) else c for c in text)


def _is_mark(character: str) -> bool:
    return _MARK <= ord(character) < _MARK + _MARKS


def _clean(masked: str) -> tuple[str, tuple[str, ...]]:
    """Sentences without images, links (their words stay), HTML and Markdown; and the kinds of what was dropped."""
    dropped = []
    for kind, pattern in _DROPPED:
        masked, times = pattern.subn(" ", masked)
        dropped += [kind] * bool(times)
    masked, named = _NAMED_LINK.subn(r"\1", masked)
    masked, bare = _BARE_LINKS.subn(" ", masked)
    dropped += ["link"] * bool(named + bare)
    masked = re.sub(r"^[ \t]*(?:#{1,6}|[-*•>]|\|)[ \t]+", "", masked, flags=re.MULTILINE)
    masked = re.sub(r"[*_`#\[\]]+", "", masked)
    masked = re.sub(r"[ \t]+", " ", masked)
    return re.sub(r" +([.,;:!?])", r"\1", masked).strip(), tuple(dict.fromkeys(dropped))


def _numbers(cleaned: str) -> Iterator[str]:
    """Every number that is not a placeholder: digits of any script, number words, signs, and values glued together."""
    plain = normal(cleaned, "NFKC")
    for pattern in (*_GLUED, _WORDED, _SIGNS):
        yield from pattern.findall(plain)
    yield from (c for c in cleaned if unicodedata.category(c) in ("Nl", "No") or _numeric_ideograph(c))


def _numeric_ideograph(character: str) -> bool:
    return unicodedata.category(character) == "Lo" and unicodedata.numeric(character, None) is not None


def _split(cleaned: str) -> Iterator[tuple[bool, str]]:
    """Sentences in order, each with whether it opens a paragraph."""
    for paragraph in re.split(r"\n\s*\n", cleaned):
        parts = [part for part in re.split(r"(?<=[.!?])\s+|(?<=[.!?][\"”’)])\s+|\n", paragraph) if part.strip()]
        yield from ((place == 0, part.strip()) for place, part in enumerate(parts))


def _sentence(part: str, opens: bool, known: list[str], facts: Catalogue) -> Sentence:
    used = tuple(dict.fromkeys(known[ord(c) - _MARK] for c in part if _is_mark(c) and known[ord(c) - _MARK]))
    words = "".join(_value(c, known, facts) if _is_mark(c) else c for c in part)
    wording = "".join("…" if _is_mark(c) else c for c in part)
    sources = dict.fromkeys(source for key in used for source in facts[key].sources)
    return Sentence(words, used, tuple(sources), opens, wording)


def _value(mark: str, known: list[str], facts: Catalogue) -> str:
    key = known[ord(mark) - _MARK]
    return facts[key].value_text if key else "[unknown]"


def misdirected(filled: Filled, courses: dict[str, Trend]) -> tuple[Violation, ...]:
    """Sentences that say the opposite of a goal's course; `courses` maps "goal1" to rising, falling or level."""
    return tuple(
        Violation("direction", sentence.text)
        for sentence in filled.sentences
        for goal in dict.fromkeys(key.split(".")[0] for key in sentence.keys if key.split(".")[0] in courses)
        if _contradicts(sentence.wording, courses[goal])
    )


def _contradicts(words: str, course: Trend) -> bool:
    if _NEGATED.search(words):
        return False
    rise, fall = bool(_RISE.search(words)), bool(_FALL.search(words))
    return {"rising": fall and not rise, "falling": rise and not fall, "level": rise != fall, "unknown": rise != fall}[
        course
    ]


def foreign_numbers(text: str, facts: Catalogue) -> tuple[str, ...]:
    """Numbers in a person's edited text that stand in no fact: shown to her as a check, never refused."""
    known = {number for fact in facts.values() for number in re.findall(r"\d+(?:\.\d+)?", fact.value_text)}
    found = re.findall(r"\d+(?:\.\d+)?", normal(text, "NFKC"))
    return tuple(dict.fromkeys(number for number in found if number not in known))
