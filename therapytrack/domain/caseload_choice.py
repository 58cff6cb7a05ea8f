"""Which part of a caseload a person asked for, as the page's address holds it: never a name, only codes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlencode
from uuid import UUID

from therapytrack.domain.session_plan import LARGEST_GROUP

VIEWS = ("all", "mine", "watch", "off", "iep", "short", "make_up", "archived")
SORTS = ("name", "iep", "minutes", "seen")
LONGEST = 200


@dataclass(frozen=True, slots=True)
class CaseloadChoice:
    """`view` is one of VIEWS, `sort` one of SORTS; `grade` and `school` are "" for all."""

    view: str = "all"
    sort: str = "name"
    grade: str = ""
    school: str = ""

    def href(self, **changes: str) -> str:
        """The address of the caseload with this choice and `changes`; defaults are left out."""
        wanted = asdict(replace(self, **changes))
        asked = {name: value for name, value in wanted.items() if value != getattr(DEFAULT, name)}
        return f"/caseload?{urlencode(asked)}" if asked else "/caseload"


DEFAULT = CaseloadChoice()


def parse_choice(query: Mapping[str, str]) -> CaseloadChoice:
    """The choice in an address; what is unknown there is taken as the default."""
    view, sort = query.get("view", ""), query.get("sort", "")
    return CaseloadChoice(
        view=view if view in VIEWS else DEFAULT.view,
        sort=sort if sort in SORTS else DEFAULT.sort,
        grade=query.get("grade", "")[:4],
        school=query.get("school", "")[:LONGEST],
    )


def parse_picked(query: Mapping[str, str]) -> list[str]:
    """The ids of the selected students in an address ("pick"): at most a group; what is no id is left out."""
    picked = []
    for one in query.get("pick", "")[: LONGEST * 2].split(","):
        try:
            picked.append(str(UUID(one)))
        except ValueError:
            continue
    return list(dict.fromkeys(picked))[:LARGEST_GROUP]
