"""People's names in any script: initials, folded text to search in, and what a name may be made of."""

from functools import lru_cache
from typing import Literal
from unicodedata import category, combining, normalize

MAX_INITIALS = 2
LONGEST_NAME = 300
# Overrides and isolates of text direction: they can make one name look like another (Unicode TR 36, section 2.5).
DIRECTION_SIGNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Stands where a character could not be read (Unicode, 23.8).
REPLACEMENT = "\ufffd"
# The marks that one letter keeps in a long text (Unicode UAX #15, 13: stream-safe text has at most 30).
MOST_MARKS, SHORT = 30, 2_000
Form = Literal["NFC", "NFD", "NFKC", "NFKD"]


@lru_cache(4096)
def initials(name: str) -> str:
    """The first letters of the first and last word, in any script; "?" when there is no letter.

    Marks that belong to a letter stay with it; punctuation, digits and signs of direction are passed over.
    """
    firsts = [first for word in name.split() if (first := _first_letter(word))]
    chosen = firsts if len(firsts) <= MAX_INITIALS else [firsts[0], firsts[-1]]
    return "".join(chosen) or "?"


def _first_letter(word: str) -> str:
    start = next((n for n, sign in enumerate(word) if category(sign).startswith("L")), None)
    if start is None:
        return ""
    end = start + 1
    while end < len(word) and category(word[end]).startswith("M"):
        end += 1
    return word[start:end].upper()


def normal(text: str, form: Form = "NFC") -> str:
    """`text` in a normal form; in a long one a letter keeps its first 30 marks.

    Putting marks in order takes time with the square of how many stand in a row: a megabyte of them would hold up
    everybody's events for minutes.
    """
    return normalize(form, text if len(text) <= SHORT else stream_safe(text))


def stream_safe(text: str, most: int = MOST_MARKS) -> str:
    """`text` with at most so many marks on each letter."""
    if text.isascii():
        return text
    kept, marks = list[str](), 0
    for sign in text:
        marks = marks + 1 if _is_mark(sign) else 0
        if marks <= most:
            kept.append(sign)
    return "".join(kept)


@lru_cache(4096)
def _is_mark(sign: str) -> bool:
    """Whether the sign joins the marks before it: some letters by their class are marks once they are taken apart."""
    return combining(normalize("NFKD", sign)[0]) > 0


def tidy(text: str) -> str:
    """`text` in composed form (NFC) without spaces at its ends or doubled inside."""
    return " ".join(normal(text).split())


def problem_with(text: str, longest: int = LONGEST_NAME) -> str:
    """The sentence to show beside a one-line text that cannot be stored, "" when it can: any script is fine."""
    if len(text) > longest:
        return f"Use at most {longest} characters."
    if REPLACEMENT in text:
        return "Remove the sign \ufffd: it stands for a character that was cut in two."
    if any(category(sign) in ("Cc", "Cs", "Cn", "Co") or sign in DIRECTION_SIGNS for sign in text):
        return "Remove the invisible control character. Typing the text again usually helps."
    return ""


def folded(text: str) -> str:
    """`text` for searching and sorting: without case and accents."""
    if text.isascii():
        return text.casefold()
    plain = "".join(sign for sign in normal(text, "NFD") if not category(sign).startswith("M"))
    return plain.casefold()
