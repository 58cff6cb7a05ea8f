"""Which part of the goal bank a person asked for, as the page's address holds it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlencode
from uuid import UUID

from therapytrack.domain.goal_bank import GRADE_BANDS
from therapytrack.domain.goal_form import MEASURES
from therapytrack.domain.people import DISCIPLINES

LONGEST_SEARCH, LONGEST_AREA, MOST_WORDS = 120, 60, 8


@dataclass(frozen=True, slots=True)
class BankChoice:
    """What is looked for: `words` all of them; "" each for any. `retired`: those that are no longer offered.

    `student`: the id of the student for whom a goal is looked for, "" for none; `page` counts from 1.
    """

    words: str = ""
    discipline: str = ""
    area: str = ""
    grade: str = ""
    measure: str = ""
    retired: bool = False
    student: str = ""
    page: int = 1

    def href(self, **changes: object) -> str:
        """The address of the bank with this choice and `changes`; what is not asked for is left out."""
        wanted = asdict(replace(self, **changes))  # type: ignore[arg-type]
        asked = {name: "1" if value is True else value for name, value in wanted.items() if value != getattr(ALL, name)}
        return f"/goal-bank?{urlencode(asked)}" if asked else "/goal-bank"


ALL = BankChoice()


def parse_bank_choice(query: Mapping[str, str]) -> BankChoice:
    """The choice in an address; what is unknown there is taken as any."""
    discipline, grade, measure = (query.get(name, "") for name in ("discipline", "grade", "measure"))
    page = query.get("page", "")
    return BankChoice(
        words=" ".join(query.get("words", "")[:LONGEST_SEARCH].split()),
        discipline=discipline if discipline in DISCIPLINES else "",
        area=query.get("area", "")[:LONGEST_AREA],
        grade=grade if grade in GRADE_BANDS else "",
        measure=measure if measure in MEASURES else "",
        retired=query.get("retired") == "1",
        student=_id(query.get("student", "")),
        page=int(page) if page.isascii() and page.isdigit() and 1 <= len(page) <= 4 and int(page) else 1,
    )


def patterns(words: str) -> list[str]:
    """The pattern of each word for LIKE, with a backslash as the escape: casefolded, and no sign a wildcard."""
    found = words.casefold().split()[:MOST_WORDS]
    return ["%" + "".join(f"\\{sign}" if sign in "\\%_" else sign for sign in word) + "%" for word in found]


def _id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return ""
