"""Taking people out of text before it may leave the building: names, addresses, telephone numbers, dates, long numbers.

It replaces too much rather than too little: a child called Will loses the verb "will" as well.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from therapytrack.domain.names import normal

NAME = "[name]"
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_PATTERNS = (
    (
        "[email]",
        r"[\w.+'-]{1,64}\s{0,3}(?:@|\(at\)|\[at\])\s{0,3}[\w-]{1,63}(?:\s?(?:\.|\(dot\)|\[dot\])\s?[\w-]{1,63}){1,5}",
    ),
    ("[link]", r"(?:[a-z][a-z0-9+.-]{0,20}:)?//\S+|(?:mailto|javascript|data|tel):\S+|www\.\S+"),
    (
        "[date]",
        r"\b\d{4}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{1,2}\b|\b\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?(?:\d{4}|\d{2})\b",
    ),
    (
        "[date]",
        rf"\b{_MONTH}\s+{_DAY}\b(?:\s*,?\s*\d{{4}}\b)?|\b{_DAY}\s+(?:of\s+)?{_MONTH}(?=\W|$)(?:\s*,?\s*\d{{4}}\b)?",
    ),
    (
        "[phone]",
        r"(?<!\w)(?:\+?\d{1,3}[\s.-]{0,3})?\(?\b\d{3}\)?[\s.\u2010-\u2015-]{0,3}\d{3}[\s.\u2010-\u2015-]{0,3}\d{4}\b",
    ),
    ("[phone]", r"\b\d{3}[\s.\u2010-\u2015-]\d{4}\b|\+\d[\d\s().-]{6,20}\d"),
    ("[date]", rf"\b{_MONTH}\s*,?\s+\d{{4}}\b|\b\d{{1,2}}/\d{{1,2}}\b|\b(?:19|20)\d{{2}}\b"),
    ("[number]", r"\b\d{3}-\d{2}-\d{4}\b|\b[a-z]{0,3}-?\d{5,}\b"),
)
_COMPILED = tuple((token, re.compile(pattern, re.IGNORECASE)) for token, pattern in _PATTERNS)


def scrub(text: str, names: Iterable[str]) -> str:
    """The text with every name in `names` (whole or in parts, any case, accents or not, possessive) and every e-mail
    address, link, telephone number, date and long number replaced by a bracketed word.
    """
    plain = _without_hidden(normal(text))
    for token, pattern in _COMPILED:
        plain = pattern.sub(token, plain)
    return _without_names(plain, names)


def _without_hidden(text: str) -> str:
    kept = (character for character in text if unicodedata.category(character) not in ("Cf", "Co", "Cs"))
    return "".join(_plain_digit(character) for character in kept)


def _plain_digit(character: str) -> str:
    """ASCII for any script's digit, so that one pattern finds a telephone number in all of them."""
    return str(unicodedata.decimal(character)) if unicodedata.category(character) == "Nd" else character


def _without_names(text: str, names: Iterable[str]) -> str:
    patterns = [_name_pattern(name) for name in sorted(set(_parts(names)), key=len, reverse=True)]
    if not patterns:
        return text
    folded, origin = _folded(text)
    spans = [match.span() for match in re.finditer("|".join(patterns), folded)]
    for start, end in reversed(spans):
        if _is_short_word(text[origin[start] : origin[end - 1] + 1]):
            continue
        text = f"{text[: origin[start]]}{NAME}{text[origin[end - 1] + 1 :]}"
    return text


def _is_short_word(found: str) -> bool:
    """Two Latin letters without a capital ("an", "li") are read as a word, not as a name."""
    return len(found) <= 2 and found.islower()


def _parts(names: Iterable[str]) -> Iterator[str]:
    """Each name whole, and each of its parts: "Ana María Ruiz-Peña" also as "Ana", "María", "Ruiz", "Peña"."""
    for name in names:
        split = re.split(r"[\s\-\u2010-\u2015,()\"“”]+", name)
        words = [word for word in (fold(part).strip(".,' ") for part in split) if word]
        yield from (word for word in words if len(word) > 1 or not word.isascii())
        if len(words) > 1:
            yield " ".join(words)
            yield "".join(words)


def _name_pattern(folded_name: str) -> str:
    body = r"[\s\-\u2010-\u2015]+".join(re.escape(word).replace("'", "['’]") for word in folded_name.split())
    if any(unicodedata.category(character) == "Lo" for character in folded_name):
        return body
    return rf"(?<![^\W\d_]){body}(?=s?(?![^\W\d_]))"


def fold(text: str) -> str:
    """Lower case without accents, as names are compared."""
    return _folded(text)[0]


def _folded(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the place in `text` that it came from."""
    letters: list[str] = []
    origin: list[int] = []
    for place, character in enumerate(text):
        for letter in unicodedata.normalize("NFKD", character).casefold():
            if unicodedata.combining(letter) == 0:
                letters.append("'" if letter in "’ʼ‘`" else letter)
                origin.append(place)
    return "".join(letters), origin
