"""Reflex's configuration: one build for any host and port, state in memory, nothing reported."""

import os
import re
import sys
from pathlib import Path
from typing import Unpack

from therapytrack.launcher import toolchain
from therapytrack.settings import get_settings

os.environ.update(toolchain.environment())
if Path(sys.argv[0]).name == "reflex" or Path(sys.argv[0]).parent.name == "reflex":
    # Reflex's own command line may install packages; our launcher has set this already.
    os.environ["NPM_CONFIG_REGISTRY"] = toolchain.npm_registry(os.environ)

import reflex as rx
from reflex_base.constants.state import StateManagerMode
from reflex_base.plugins.base import PostBuildContext

# A string, which stays; a mark with the space around it; a comment; other space.
SHEET_PART = re.compile(
    r"""(?P<text>"[^"]*")|\s*(?P<mark>[{};,])\s*|(?P<comment>/\*.*?\*/)|(?P<space>\s+)""", re.DOTALL
)
TWELVE_HOURS = 12 * 60 * 60
BAKED_ADDRESS = re.compile(r"`(https?|wss?)://[^/`]+(/[^`]*)`")


class AnyOrigin(rx.plugins.Plugin):
    """Make the built pages talk to whatever origin served them, where Reflex bakes in the address of the build."""

    def post_build(self, **context: Unpack[PostBuildContext]) -> None:
        """Rewrite the one generated file that holds addresses. Raises ValueError when it is laid out differently."""
        files = list(context["static_dir"].glob("assets/reflex-env-*.js"))
        if len(files) != 1:
            raise ValueError(f"expected one reflex-env file, found {len(files)}")
        text, count = BAKED_ADDRESS.subn(self._own_origin, files[0].read_text())
        if count < 2 or re.search(r"https?://|wss?://", text):
            raise ValueError("the generated addresses are not where they were")
        files[0].write_text('const location=globalThis.location??{origin:"http://localhost"};' + text)

    @staticmethod
    def _own_origin(match: re.Match[str]) -> str:
        scheme = 'location.origin.replace(/^http/,"ws")' if match[1].startswith("ws") else "location.origin"
        return f"{scheme}+`{match[2]}`"


class SmallSheets(rx.plugins.Plugin):
    """Serve the sheets of few pages without comments and line breaks, as the bundler does with that of all pages."""

    def post_build(self, **context: Unpack[PostBuildContext]) -> None:
        """Rewrite every sheet that the bundler only copied."""
        for path in context["static_dir"].glob("*.css"):
            path.write_text(SHEET_PART.sub(self._shorter, path.read_text()).strip())

    @staticmethod
    def _shorter(match: re.Match[str]) -> str:
        return match["text"] or match["mark"] or (" " if match["space"] else "")


settings = get_settings()

config = rx.Config(
    app_name="therapytrack",
    frontend_port=settings.port,
    backend_port=settings.port,
    backend_host=settings.host,
    trusted_proxy_hops=settings.trusted_proxy_hops,
    cors_allowed_origins=sorted(
        {settings.origin, f"http://127.0.0.1:{settings.port}", f"http://localhost:{settings.port}"}
    ),
    state_manager_mode=StateManagerMode.MEMORY,
    redis_token_expiration=TWELVE_HOURS,
    telemetry_enabled=False,
    show_built_with_reflex=False,
    frontend_compression_formats=["brotli", "gzip"],
    plugins=[AnyOrigin(), SmallSheets()],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
