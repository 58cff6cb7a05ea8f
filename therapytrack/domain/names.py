"""People's names in any script: initials, folded text to search in, and what a name may be made of."""

from unicodedata import category

MAX_INITIALS = 2


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
