"""Which part of the assistants' caseloads a supervisor asked for, as the page's address holds it: codes, no names."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlencode

VIEWS = ("all", "watch", "short", "unsigned", "observe")
ADDRESS = "/supervision/caseloads"
LONGEST = 40


@dataclass(frozen=True, slots=True)
class CaseloadsChoice:
    """`view` is one of VIEWS; `of` is an assistant's id, "" for all."""

    view: str = "all"
    of: str = ""

    def href(self, **changes: str) -> str:
        """The address of the page with this choice and `changes`; defaults are left out."""
        wanted = asdict(replace(self, **changes))
        asked = {name: value for name, value in wanted.items() if value != getattr(DEFAULT, name)}
        return f"{ADDRESS}?{urlencode(asked)}" if asked else ADDRESS


DEFAULT = CaseloadsChoice()


def parse_caseloads(query: Mapping[str, str]) -> CaseloadsChoice:
    """The choice in an address; what is unknown there is taken as the default."""
    view = query.get("view", "")
    return CaseloadsChoice(view if view in VIEWS else DEFAULT.view, query.get("of", "")[:LONGEST])
