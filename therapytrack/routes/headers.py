"""The headers that tell a browser what a page of ours may do: only what was built, nothing from elsewhere, no eval."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from therapytrack.settings import PROJECT_ROOT, get_settings

BUILT_PAGES = PROJECT_ROOT / ".web" / "build" / "client"
PARTS = (b"text/javascript", b"application/javascript", b"text/css", b"font/")
# Named by their content; the one with the server's addresses is rewritten after it got its name.
HASHED = re.compile(r"/assets/(?!reflex-env)[^/]+-[\w-]{8}\.(js|css)")
NEVER_CHANGES = (b"cache-control", b"public, max-age=31536000, immutable")
INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)


def inline_script_hashes(folder: Path) -> list[str]:
    """The CSP sources of every inline script in the built pages, sorted; empty when nothing was built."""
    bodies = {
        body for page in folder.rglob("*.html") for body in INLINE_SCRIPT.findall(page.read_text("utf-8")) if body
    }
    digests = (base64.b64encode(hashlib.sha256(body.encode()).digest()).decode() for body in bodies)
    return sorted(f"'sha256-{digest}'" for digest in digests)


Headers = tuple[tuple[bytes, bytes], ...]


def headers_of(content_type: bytes, path: str) -> Headers:
    """The header pairs of a response of this type.

    A browser reads a page's policy from the page alone: its scripts, styles and fonts, two dozen on a first visit,
    say in a tenth of the bytes that they may do nothing by themselves (as a worker, or opened as a page).
    """
    if not content_type.startswith(PARTS):
        return security_headers()
    return (*part_headers(), NEVER_CHANGES) if HASHED.fullmatch(path) else part_headers()


@cache
def part_headers() -> Headers:
    """The header pairs of a script, a style or a font."""
    whole = dict(security_headers())
    kept = (
        b"x-content-type-options",
        b"referrer-policy",
        b"cross-origin-resource-policy",
        b"strict-transport-security",
    )
    return (
        (b"content-security-policy", b"default-src 'none'"),
        *((name, whole[name]) for name in kept if name in whole),
    )


@cache
def security_headers() -> Headers:
    """The header pairs of a page, and of whatever else is not a part of one; made once a process."""
    scripts = " ".join(["'self'", *inline_script_hashes(BUILT_PAGES)])
    policy = (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "font-src 'self'; connect-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; "
        "form-action 'self'"
    )
    headers = {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "x-frame-options": "DENY",
        "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
    }
    if get_settings().secure_cookies:
        headers["strict-transport-security"] = "max-age=31536000; includeSubDomains"
    return tuple((name.encode(), value.encode()) for name, value in headers.items())
