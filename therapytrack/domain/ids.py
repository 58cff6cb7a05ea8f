"""Ids as they come in an address: one answer for a malformed id and for one that leads nowhere."""

from uuid import UUID

from therapytrack.errors import NotFound

LENGTH = 36


def parse_id(text: str) -> UUID:
    """The id written as 8-4-4-4-12 hexadecimal digits. Raises NotFound for anything else."""
    try:
        found = UUID(text)
    except (ValueError, TypeError, AttributeError):
        raise NotFound() from None
    if len(text) != LENGTH:
        raise NotFound()
    return found


def require_made(record_id: UUID) -> None:
    """Raise NotFound for the id of no record (all zeros), which pages hold before they were opened: it stays free."""
    if record_id.int == 0:
        raise NotFound()
