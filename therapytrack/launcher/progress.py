"""Progress that an operator can follow, and the failures that tell what to do."""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

HEARTBEAT_SECONDS = 10
STEPS = 6


class LaunchProblem(Exception):
    """Something is missing or failed; the text says what to do."""


def say(line: str) -> None:
    """Write one line at once, also when the output goes to a file."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def step(number: int, what: str) -> None:
    """Announce a step before its work begins; steps with nothing to do are not announced."""
    say(f"{number}/{STEPS} {what} ...")


def run_logged(command: Sequence[str], log: Path, *, still: str, cwd: Path, env: Mapping[str, str]) -> None:
    """Run a command into `log`, say every ten seconds that it still runs.

    Raises LaunchProblem with the end of the log when the command fails.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, cwd=cwd, env=dict(env))
        while True:
            try:
                code = process.wait(timeout=HEARTBEAT_SECONDS)
                break
            except subprocess.TimeoutExpired:
                say(f"      {still} ({time.monotonic() - started:.0f} s)")
    if code != 0:
        raise LaunchProblem(explain(log.read_text(errors="replace"), log))


def explain(text: str, log: Path) -> str:
    """The sentence for a failed command, from what it wrote."""
    if "ENOSPC" in text or "No space left" in text:
        return "The disk is full. Free about 2 GB and try again."
    if any(sign in text for sign in ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "network request")):
        return "The network did not answer. The first build fetches packages: check the connection and try again."
    end = "\n".join(text.strip().splitlines()[-20:])
    return f"That did not work. The end of {log.name} (whole file: {log}):\n{end}"
