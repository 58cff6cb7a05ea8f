"""Tables that become cards on phones: nothing scrolls sideways in a frame, and those who listen still hear a table."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.demo import enter
from tests.e2e.servers import Server

pytestmark = pytest.mark.e2e
FITS = "table => table.scrollWidth <= table.parentElement.clientWidth"
TABLES = [
    ("Owner", "/activity", "Acts, newest first", ["When", "Who", "What", "Student", "No."]),
    ("Owner", "/team", "People", ["Name", "Role", "Since", "Last active", "Students", "Actions"]),
    ("Supervisor", "/supervision", "Students and days since observed", ["Student", "Next", "Last observed"]),
]


def heads(table: Locator) -> list[str]:
    """The column headers as they are announced."""
    return [one.strip() for one in table.get_by_role("columnheader").all_inner_texts()]


@pytest.mark.parametrize(("who", "path", "name", "columns"), TABLES, ids=[one[1] for one in TABLES])
def test_a_table_on_a_phone_is_cards_to_see_and_a_table_to_hear(
    server: Server, page: Page, who: str, path: str, name: str, columns: list[str]
) -> None:
    enter(page, server, who)
    page.goto(server.url + path)
    table = page.get_by_role("table", name=name).first
    expect(table.locator("tbody").get_by_role("row").first).to_be_visible()
    wide = table.locator("tbody").get_by_role("row").first
    top = wide.bounding_box()
    page.set_viewport_size({"width": 390, "height": 844})
    assert heads(table) == columns
    assert table.evaluate(FITS)
    card = table.locator("tbody").get_by_role("row").first
    now = card.bounding_box()
    assert top and now and now["height"] > top["height"]
    assert card.get_by_role("cell").count() + card.get_by_role("rowheader").count() >= 2
