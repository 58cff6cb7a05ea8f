"""Ids in a page's address: malformed and foreign ones get the same answer."""

from uuid import UUID

from therapytrack.domain.ids import parse_id


def id_after(path: str, word: str) -> UUID:
    """The id that follows `word` in `path`: id_after("/students/ID/edit", "students"). Raises NotFound."""
    parts = path.strip("/").split("/")
    place = parts.index(word) + 1 if word in parts else len(parts)
    return parse_id(parts[place] if place < len(parts) else "")
