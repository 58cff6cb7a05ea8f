"""The built front end: made once, made again only when its sources changed."""

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

from therapytrack.launcher import progress, toolchain
from therapytrack.settings import PROJECT_ROOT

BUILT = PROJECT_ROOT / ".web" / "build"
STAMP = BUILT / ".fingerprint"
SOURCES = (
    "rxconfig.py",
    "therapytrack/**/*.py",
    "therapytrack/**/*.jsx",
    "therapytrack/**/*.js",
    "therapytrack/**/*.css",
    "assets/**/*",
)
# Parts of the source tree that no page can see; a change there builds nothing.
UNSEEN = (
    "therapytrack/cli.py",
    "therapytrack/launcher/",
    "therapytrack/adapters/",
    "therapytrack/services/demo",
    "assets/external/",
)


def sources() -> Iterator[Path]:
    """Every file that people write and that can change what the browser gets."""
    for pattern in SOURCES:
        for path in PROJECT_ROOT.glob(pattern):
            if path.is_file() and not path.relative_to(PROJECT_ROOT).as_posix().startswith(UNSEEN):
                yield path


def fingerprint() -> str:
    """A hash over the sources, their names and the framework's version, and one over the lists of packages."""
    return f"{_hash(sources())} {_locks()}"


def _locks() -> str:
    return _hash(PROJECT_ROOT.glob("reflex.lock/package*.json"))


def _hash(paths: Iterable[Path]) -> str:
    whole = hashlib.sha256(version("reflex").encode())
    for path in sorted(set(paths)):
        whole.update(
            path.relative_to(PROJECT_ROOT).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest()
        )
    return whole.hexdigest()


def is_current() -> bool:
    """Whether the built pages are those of the sources."""
    return STAMP.exists() and (BUILT / "client" / "index.html").exists() and STAMP.read_text() == fingerprint()


def build() -> None:
    """Build the pages for production. Raises LaunchProblem with the end of the log."""
    env = toolchain.environment()
    env["NPM_CONFIG_REGISTRY"] = toolchain.npm_registry(env)
    env["REFLEX_ENV_MODE"] = "prod"
    STAMP.unlink(missing_ok=True)
    begun_with = _hash(sources())  # what is edited while this runs is not in the pages
    command = [sys.executable, "-m", "therapytrack.launcher.compile_pages"]
    progress.run_logged(command, toolchain.LOG_DIR / "pages.log", still="still building", cwd=PROJECT_ROOT, env=env)
    tidy(PROJECT_ROOT / "reflex.lock" / "package.json")
    STAMP.write_text(f"{begun_with} {_locks()}")  # the build itself writes the lists of packages


def tidy(package: Path) -> None:
    """Write the list of packages in one order: npm changes it from build to build, and a checkout should stay clean."""
    if package.exists():
        package.write_text(json.dumps(json.loads(package.read_text()), indent=2, sort_keys=True) + "\n")
