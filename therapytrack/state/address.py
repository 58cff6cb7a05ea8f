"""Ids in a page's address: malformed and foreign ones get the same answer."""

from uuid import UUID

from therapytrack.domain.ids import parse_id


def id_after(path: str, word: str) -> UUID:
    """The id that follows `word` in `path`: id_after("/students/ID/edit", "students"). Raises NotFound."""
    parts = path.strip("/").split("/")
    place = parts.index(word) + 1 if word in parts else len(parts)
    return parse_id(parts[place] if place < len(parts) else "")


def as_id(text: str) -> UUID:
    """The id in `text`; for a text that is none, the id of no record, which gets the gate's own answer."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
