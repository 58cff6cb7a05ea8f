"""The days that an export or a summary covers, as they come in an address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from therapytrack.domain.dates import long_date
from therapytrack.domain.form_fields import FieldReader
from therapytrack.errors import Invalid

A_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class DateRange:
    """Days from `since` to `until`, both included. Raises Invalid when they are the wrong way round."""

    since: date
    until: date

    def __post_init__(self) -> None:
        if self.since > self.until:
            raise Invalid({"since": "The first day is after the last day. Change one of them."})

    @property
    def words(self) -> str:
        """The range as people write it."""
        return f"{long_date(self.since)} to {long_date(self.until)}"


def parse_range(query: Mapping[str, str], today: date) -> DateRange:
    """The range of `since` and `until`; what is missing is the year up to `today`.

    Raises Invalid with a sentence for each date that cannot be read.
    """
    reader = FieldReader(query)
    since, until = reader.day("since"), reader.day("until")
    reader.finish()
    last = until or today
    return DateRange(since or last - A_YEAR, last)
