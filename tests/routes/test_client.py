"""What the plain routes share: cookies, origins, addresses behind proxies, and where a sign-in may lead."""

import pytest
from starlette.requests import Request

from therapytrack.routes.client import client_address, is_same_origin, parse_cookies, safe_path
from therapytrack.settings import get_settings


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "",
        "caseload",
        "/a\nb",
        "\\/x",
        "//[",
        "//[::1",
    ],
)
def test_a_sign_in_never_leads_to_another_site(path: str) -> None:
    assert safe_path(path) == "/today/"


@pytest.mark.parametrize("path", ["/caseload/", "/students/1?tab=goals"])
def test_a_sign_in_leads_on_to_the_page_that_was_asked_for(path: str) -> None:
    assert safe_path(path) == path


def test_the_first_of_a_repeated_cookie_counts() -> None:
    assert parse_cookies('a=1; b="2"; a=3; novalue') == {"a": "1", "b": "2"}


@pytest.mark.parametrize(
    ("headers", "same"),
    [
        ({"host": "a.test", "origin": "http://a.test"}, True),
        ({"host": "a.test", "origin": "http://b.test"}, False),
        ({"host": "a.test", "origin": "http://[a.test"}, False),
        ({"host": "a.test", "origin": "http://a.test", "sec-fetch-site": "cross-site"}, False),
        ({"host": "a.test", "origin": "http://a.test", "sec-fetch-site": "same-site"}, False),
        ({"host": "a.test"}, True),
        ({"host": "a.test", "cookie": "x=y"}, False),
    ],
)
def test_only_pages_of_this_origin_may_change_things(headers: dict[str, str], same: bool) -> None:
    assert is_same_origin(headers) is same


@pytest.mark.parametrize(
    ("hops", "address"), [(0, "10.0.0.1"), (1, "203.0.113.9"), (2, "198.51.100.7"), (3, "10.0.0.1")]
)
def test_a_forged_forwarded_address_counts_only_behind_trusted_proxies(
    hops: int, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THERAPYTRACK_TRUSTED_PROXY_HOPS", str(hops))
    get_settings.cache_clear()
    headers = [(b"x-forwarded-for", b"198.51.100.7, 203.0.113.9")]
    request = Request({"type": "http", "headers": headers, "client": ("10.0.0.1", 5000)})
    try:
        assert client_address(request) == address
    finally:
        get_settings.cache_clear()
