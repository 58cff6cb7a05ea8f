"""Tests in a browser run after all others of their worker, whatever their names."""

from types import SimpleNamespace
from typing import Any, cast

from tests.conftest import pytest_collection_modifyitems


def item(name: str, *fixtures: str) -> Any:
    return SimpleNamespace(name=name, fixturenames=fixtures)


def test_tests_in_a_browser_come_last_and_the_others_keep_their_order() -> None:
    items = [item("flow", "page", "browser"), item("b", "db"), item("wire", "server"), item("a")]
    pytest_collection_modifyitems(cast("Any", items))
    assert [one.name for one in items] == ["b", "wire", "a", "flow"]
