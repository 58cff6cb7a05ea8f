"""What the built pages weigh: the style of every page, as it travels, within its budget."""

import re
from pathlib import Path

import pytest

from therapytrack import pages
from therapytrack.launcher.frontend import BUILT

pytestmark = pytest.mark.e2e
MOST_STYLE = 10_000
SHEETS = re.compile(r'page_style\("(\w+)"\)')
CLIENT = BUILT / "client"


def test_no_page_has_more_than_ten_kilobytes_of_style(built: None) -> None:
    (common,) = CLIENT.glob("assets/__reflex_global_styles-*.css.gz")
    modules = {path.stem: SHEETS.findall(path.read_text()) for path in Path(pages.__path__[0]).glob("*.py")}
    weighed = {
        name: sum(sheet.stat().st_size for sheet in [common, *(CLIENT / f"{one}.css.gz" for one in sheets)])
        for name, sheets in modules.items()
    }
    assert modules["session"] == ["session"]
    assert {name: size for name, size in weighed.items() if size > MOST_STYLE} == {}
