"""Tests in a browser run after all others of their worker, whatever their names."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from tests.conftest import pytest_collection_modifyitems


def item(name: str, *fixtures: str, folder: str = "e2e") -> Any:
    return SimpleNamespace(name=name, fixturenames=fixtures, path=Path("tests", folder, "test_x.py"))


def test_tests_in_a_browser_come_last_and_the_others_keep_their_order() -> None:
    client = item("client", "browser", folder="routes")
    items = [item("flow", "page", "browser"), client, item("b", "db"), item("wire", "server"), item("a")]
    pytest_collection_modifyitems(cast("Any", items))
    assert [one.name for one in items] == ["client", "b", "wire", "a", "flow"]
