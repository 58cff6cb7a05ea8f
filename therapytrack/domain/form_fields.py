"""Reading the fields of a form: each reader answers a value or notes the sentence that belongs beside the field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from unicodedata import category

from therapytrack.domain.names import normal, problem_with, tidy
from therapytrack.errors import Invalid

EARLIEST = date(1990, 1, 1)
LATEST = date(2100, 12, 31)
LONGEST_WHOLE = 9


@dataclass(slots=True)
class FieldReader:
    """The fields of one form as text, and what was wrong with them so far."""

    form: Mapping[str, str]
    wrong: dict[str, str] = field(default_factory=dict)
    denied: bool = False

    def raw(self, name: str) -> str:
        """The text of the field, "" when it was not sent."""
        return str(self.form.get(name) or "")

    def line(self, name: str, longest: int, required: str = "") -> str:
        """One line of text in any script; `required` is the sentence for an empty one."""
        text = tidy(self.raw(name))
        sentence = required if not text else problem_with(text, longest)
        if sentence:
            self.wrong[name] = sentence
        return text

    def text(self, name: str, longest: int, required: str = "") -> str:
        """Several lines of text; control characters other than line breaks and tabs are taken out."""
        raw = normal(self.raw(name)).replace("\r\n", "\n").strip()
        text = "".join(sign for sign in raw if sign in "\n\t" or category(sign) not in ("Cc", "Cs"))
        if not text and required:
            self.wrong[name] = required
        if len(text) > longest:
            self.wrong[name] = f"Use at most {longest} characters; this is {len(text)}."
        return text

    def choice(self, name: str, allowed: Mapping[str, str] | tuple[str, ...], sentence: str) -> str:
        """One of the values that the form offered."""
        value = self.raw(name)
        if value not in allowed:
            self.wrong[name] = sentence
        return value

    def day(self, name: str, required: str = "") -> date | None:
        """A date; None when empty."""
        text = self.raw(name).strip()
        if not text:
            if required:
                self.wrong[name] = required
            return None
        try:
            value = date.fromisoformat(text)
        except ValueError:
            self.wrong[name] = "Enter a date, for example 11/25/2026."
            return None
        if not EARLIEST <= value <= LATEST:
            self.wrong[name] = "Check the year."
            return None
        return value

    def clock(self, name: str, sentence: str, *, required: bool = True) -> time | None:
        """A time of the day, to the minute; `sentence` is for one that cannot be read, or is missing but required."""
        text = self.raw(name).strip()
        if not text and not required:
            return None
        try:
            return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
        except ValueError:
            self.wrong[name] = sentence
            return None

    def whole(self, name: str, low: int, high: int, required: bool = False) -> int | None:
        """A whole number from `low` to `high`; None when empty."""
        text = self.raw(name).strip()
        if not text and not required:
            return None
        value = int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_WHOLE else None
        if value is None or not low <= value <= high:
            self.wrong[name] = f"Enter a whole number from {low} to {high}."
            return None
        return value

    def percent(self, name: str, required: bool = False) -> float | None:
        """A percentage from 0 to 100, decimals allowed; None when empty."""
        text = self.raw(name).strip().rstrip("%").strip().replace(",", ".")
        if not text and not required:
            return None
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if not 0 <= value <= 100:
            self.wrong[name] = "Enter a percentage from 0 to 100."
            return None
        return abs(round(value, 1))  # "-0" is no other number

    def number(self, name: str, high: float, sentence: str, *, required: bool = False) -> float | None:
        """A number from 0 to `high`, two decimals kept; None when empty. `sentence` is for anything else."""
        text = self.raw(name).strip().rstrip("%").strip().replace(",", ".")
        if not text and not required:
            return None
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if not 0 <= value <= high:
            self.wrong[name] = sentence
            return None
        return abs(round(value, 2))

    def deny(self, name: str, sentence: str) -> None:
        """Note that the field asks for something that nobody may have: no slip, it is logged as refused."""
        self.wrong[name], self.denied = sentence, True

    def finish(self) -> None:
        """Raise Invalid with every sentence, when there is one."""
        if self.wrong:
            raise Invalid(self.wrong, denied=self.denied)
