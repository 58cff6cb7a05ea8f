"""The headers that tell a browser what a page of ours may do: only what was built, nothing from elsewhere, no eval."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from therapytrack.settings import PROJECT_ROOT, get_settings

BUILT_PAGES = PROJECT_ROOT / ".web" / "build" / "client"
INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)


def inline_script_hashes(folder: Path) -> list[str]:
    """The CSP sources of every inline script in the built pages, sorted; empty when nothing was built."""
    bodies = {
        body for page in folder.rglob("*.html") for body in INLINE_SCRIPT.findall(page.read_text("utf-8")) if body
    }
    digests = (base64.b64encode(hashlib.sha256(body.encode()).digest()).decode() for body in bodies)
    return sorted(f"'sha256-{digest}'" for digest in digests)


@cache
def security_headers() -> tuple[tuple[bytes, bytes], ...]:
    """The header pairs of every response, made once a process."""
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
