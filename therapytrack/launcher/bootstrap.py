"""Make `.venv` and fill it from a lock file; runs on the platform's Python with the standard library alone.

Called by the Makefile as a script, before anything else of ours can be imported: `python bootstrap.py runtime|dev`.
"""

import errno
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
LOG = ROOT / ".build" / "logs" / "packages.log"
LOCKS = {"runtime": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
NEEDED_BYTES = 3_000_000_000
HEARTBEAT_SECONDS = 10
NO_VENV = (
    "This Python has no `venv` module. On Debian or Ubuntu run `sudo apt install python3-venv` (as root: `apt install "
    "python3-venv`), then try again."
)
NO_NETWORK = (
    "The packages could not be fetched. The first start needs the network (afterwards none is needed): check the "
    "connection or the proxy settings and try again."
)
NO_SPACE = (
    "The disk is too full. TherapyTrack needs about 3 GB for packages and built pages: free some space, try again."
)
OLDEST_MACOS = (15, 0)
WRONG_MAC = (
    "On a Mac TherapyTrack needs an Apple silicon processor, macOS 15 or newer, and a Python for that processor: some "
    "of its packages are not made for others. This is Python for {machine} on macOS {version}."
)


class SetupProblem(Exception):
    """Something is missing; the text says what to do."""


def say(line: str) -> None:
    """Write one line of progress at once, also when the output goes to a file."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def venv_python() -> Path:
    """The interpreter inside `.venv`."""
    return VENV / "bin" / "python"


def check_space(path: Path, needed: int = NEEDED_BYTES) -> None:
    """Refuse early when the disk cannot hold the packages. Raises SetupProblem."""
    if shutil.disk_usage(path).free < needed:
        raise SetupProblem(NO_SPACE)


def explain(log: str) -> str:
    """The sentence for a failed installation, read from what pip wrote."""
    if "No space left" in log or "ENOSPC" in log:
        return NO_SPACE
    signs = (
        "NewConnectionError",
        "Max retries",
        "name resolution",
        "ConnectTimeout",
        "ProxyError",
        "Network is unreachable",
    )
    if any(sign in log for sign in signs):
        return NO_NETWORK
    last = "\n".join(log.strip().splitlines()[-15:])
    return f"The packages could not be installed. The end of {LOG.relative_to(ROOT)} says:\n{last}"


def run_logged(command: list[str], still: str) -> int:
    """Run a command into the log file and say every ten seconds that it still runs; the exit code."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with LOG.open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=ROOT)
        while True:
            try:
                return process.wait(timeout=HEARTBEAT_SECONDS)
            except subprocess.TimeoutExpired:
                say(f"      {still} ({time.monotonic() - started:.0f} s)")


def works(python: Path) -> bool:
    """Whether the environment's interpreter starts (it does not after the system's Python was replaced or moved)."""
    if not python.exists():
        return False
    probe = [str(python), "-c", "import sys, pip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def check_mac() -> None:
    """Refuse at once a Mac that the packages are not made for (what the lock files hold). Raises SetupProblem."""
    version, machine = platform.mac_ver()[0], platform.machine()
    if not version:
        return
    numbers = tuple(int(part) for part in version.split(".")[:2])
    # 10.16 is what a Python made for an older macOS is told of every newer one.
    if machine != "arm64" or (numbers < OLDEST_MACOS and numbers != (10, 16)):
        raise SetupProblem(WRONG_MAC.format(machine=machine, version=version))


def make_venv() -> None:
    """Create `.venv` anew. Raises SetupProblem when this Python cannot.

    It links to this Python, as `python -m venv` does: a copy of one that finds its library beside itself never starts.
    """
    check_mac()
    check_space(ROOT)
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError as error:
        raise SetupProblem(NO_VENV) from error
    if VENV.is_symlink():
        VENV.unlink()
    try:
        venv.create(VENV, with_pip=True, clear=True, symlinks=True)
    except subprocess.CalledProcessError as error:
        raise SetupProblem(NO_VENV) from error


def digest(kind: str) -> str:
    """Fingerprint of a lock file."""
    return hashlib.sha256(LOCKS[kind].read_bytes()).hexdigest()


def is_current(kind: str) -> bool:
    """Whether what the lock names is installed."""
    stamp = VENV / f".{kind}.installed"
    return stamp.exists() and stamp.read_text() == digest(kind)


def install(kind: str) -> None:
    """Install exactly what the lock names, hashes checked. Raises SetupProblem."""
    check_space(ROOT, 1_500_000_000)
    LOG.unlink(missing_ok=True)
    command = [
        str(venv_python()),
        "-m",
        "pip",
        "install",
        "--require-hashes",
        "--no-deps",
        "--no-input",
        "--progress-bar=off",
    ]
    command += ["--disable-pip-version-check", "--retries=2", "--requirement", str(LOCKS[kind])]
    if run_logged(command, "still installing packages") != 0:
        raise SetupProblem(explain(LOG.read_text(errors="replace")))
    for done in ("runtime", "dev") if kind == "dev" else (kind,):
        (VENV / f".{done}.installed").write_text(digest(done))


def main(kind: str) -> int:
    """Do what is missing and say so; the exit code."""
    try:
        if not works(venv_python()):
            say(f"1/6 Creating the virtual environment with Python {sys.version.split()[0]} ...")
            make_venv()
        if not is_current(kind):
            say("2/6 Installing packages (a minute or two the first time) ...")
            install(kind)
    except SetupProblem as problem:
        sys.stderr.write(f"\n{problem}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"\n{NO_SPACE if error.errno == errno.ENOSPC else error}\n")
        return 1
    return 0


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "runtime"))
