"""Whose goals are seen together, as the page's address holds it: ids of an assistant or of a group's slot, no names."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

ADDRESS = "/progress"
LONGEST = 40
EVERYBODY = "all"


@dataclass(frozen=True, slots=True)
class GroupChoice:
    """`of` is an assistant's id, or "all" for those of all assistants; else `group` is a slot's id, "" for the first.

    `first` is the number of students who come before the page.
    """

    of: str = ""
    group: str = ""
    first: int = 0

    @property
    def href(self) -> str:
        """The address of the page with this choice."""
        asked = [("of", self.of), ("group", self.group), ("first", str(self.first) if self.first else "")]
        query = "&".join(f"{name}={value}" for name, value in asked if value)
        return f"{ADDRESS}?{query}" if query else ADDRESS

    def but(self, **changes: object) -> "GroupChoice":
        """The same choice with something changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


def parse_group(query: Mapping[str, str]) -> GroupChoice:
    """The choice in an address; what is unknown there is taken as the usual."""
    of, group, first = (query.get(name, "")[:LONGEST] for name in ("of", "group", "first"))
    of, group = (one if one.replace("-", "").isalnum() else "" for one in (of, group))
    return GroupChoice(of, group, int(first) if first.isascii() and first.isdigit() and len(first) < 5 else 0)
