"""Which part of the activity log somebody asked for, as the page's address holds it: ids and codes, never a name."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from therapytrack.domain.activity_groups import GROUPS
from therapytrack.domain.form_fields import FieldReader

TABS = ("log", "exports", "disclosures")
OUTCOMES = ("", "done", "refused")
LAST_SEQUENCE = 10**15


@dataclass(frozen=True, slots=True)
class ActivityChoice:
    """`tab` is one of TABS, `what` a key of GROUPS or "", `outcome` one of OUTCOMES; `person` is a membership.

    `before`: where the page before this one ended, a row's number or an id; "" for the newest.
    """

    tab: str = "log"
    person: UUID | None = None
    student: UUID | None = None
    what: str = ""
    outcome: str = ""
    since: date | None = None
    until: date | None = None
    before: str = ""

    def href(self, path: str = "/activity", **changes: object) -> str:
        """The address of this choice with `changes`, from its newest row on; defaults are left out."""
        wanted = asdict(replace(self, **({"before": ""} | changes)))  # type: ignore[arg-type]
        asked = {name: str(value) for name, value in wanted.items() if value and (name, value) != ("tab", "log")}
        return f"{path}?{urlencode(asked)}" if asked else path

    @property
    def narrowed(self) -> bool:
        """Whether it leaves anything out but older rows."""
        return replace(self, tab="log", before="") != ActivityChoice()

    @property
    def before_row(self) -> int:
        """The number of the row before which the page begins."""
        text = self.before
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else LAST_SEQUENCE


def parse_choice(query: Mapping[str, str]) -> ActivityChoice:
    """The choice in an address; what is unknown there is taken as the default."""
    reader = FieldReader(query)
    tab, what, outcome = query.get("tab", ""), query.get("what", ""), query.get("outcome", "")
    return ActivityChoice(
        tab=tab if tab in TABS else "log",
        person=_id(query.get("person", "")),
        student=_id(query.get("student", "")),
        what=what if what in GROUPS else "",
        outcome=outcome if outcome in OUTCOMES else "",
        since=reader.day("since"),
        until=reader.day("until"),
        before=query.get("before", "")[:40],
    )


def choice_from_form(form: Mapping[str, str], now: ActivityChoice) -> ActivityChoice:
    """What the filter form asks for, on the tab and about the student that are chosen now. Raises Invalid (a date)."""
    reader = FieldReader(form)
    since, until = reader.day("since"), reader.day("until")
    if since and until and until < since:
        reader.wrong["until"] = "The last day is before the first day. Change one of them."
    reader.finish()
    read = parse_choice(form)
    return replace(read, tab=now.tab, student=now.student, since=since, until=until, before="")


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if len(text) == 36 else None
    except ValueError:
        return None
