"""What a form's fields take: hostile text, numbers and dates end in a sentence beside the field, never in a fault."""

from datetime import date

import pytest

from therapytrack.domain.form_fields import FieldReader
from therapytrack.domain.student_form import parse_student
from therapytrack.errors import Invalid

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize("text", ["0000000019999999999", "1" * 5000, "-1", "1e3", "NaN", "٣", "1.0", "601"])
def test_a_whole_number_outside_its_range_is_refused_however_it_is_written(text: str) -> None:
    read = FieldReader({"minutes": text})
    assert read.whole("minutes", 1, 600) is None
    assert "minutes" in read.wrong


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1" + "0" * 400, "-0.1", "100.1", "\ud800"])
def test_a_percentage_that_is_none_is_refused(text: str) -> None:
    read = FieldReader({"target": text})
    assert read.percent("target") is None
    assert "target" in read.wrong


@pytest.mark.parametrize("year", ["0001", "1989", "2101", "9999"])
@pytest.mark.parametrize("field", ["iep_starts_on", "review_due_on", "reevaluation_due_on", "birth_date"])
def test_a_year_that_no_record_has_is_told_beside_its_field(year: str, field: str) -> None:
    form = {"given_name": "Ana", "iep_starts_on": "2026-09-01", "reevaluation_due_on": "2027-09-01"}
    with pytest.raises(Invalid) as refused:
        parse_student({**form, field: f"{year}-01-01"}, TODAY)
    assert refused.value.fields[field] == "Check the year."


def test_minus_zero_is_zero() -> None:
    read = FieldReader({"target": "-0"})
    numbers = (read.number("target", 100, "A number."), read.percent("target"))
    assert [str(one) for one in numbers] == ["0.0", "0.0"]
