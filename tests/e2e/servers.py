"""Start the production server as an operator would, on a free port with its own data folder; stop it by its id."""

import contextlib
import http.client
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from therapytrack.settings import PROJECT_ROOT

START_SECONDS, STOP_SECONDS = 180.0, 30.0


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """A running TherapyTrack; `stop`, `kill` and `start` may be called again and again on the same data."""

    data_dir: Path
    extra_env: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    command: tuple[str, ...] = ("therapytrack.cli", "run")
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address that a browser opens."""
        return f"http://localhost:{self.port}"

    @property
    def log(self) -> Path:
        """What the server wrote."""
        return self.data_dir.parent / f"server-{self.port}.log"

    @property
    def database(self) -> Path:
        """The SQLite file, for looking at rows from outside."""
        return self.data_dir / "therapytrack.db"

    def start(self) -> "Server":
        """Start and wait until it answers. Raises RuntimeError with the end of its log when it does not."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *self.command],
                cwd=PROJECT_ROOT,
                env={**environment(self.data_dir), "PORT": str(self.port), **self.extra_env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError("the server did not start:\n" + self.log.read_text(errors="replace")[-4000:])
            breathe()
        return self

    def answers(self) -> bool:
        """Whether it serves requests now."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=1)
        try:
            connection.request("GET", "/ping")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        """Stop in good order; what does not stop in time is killed."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process = None

    def kill(self) -> None:
        """SIGKILL for the server and its worker at once: a power cut."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None


def environment(data_dir: Path) -> dict[str, str]:
    """The environment of a server with the demo workspace in `data_dir`, without settings of this process."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("THERAPYTRACK_")}
    return kept | {"THERAPYTRACK_DATA_DIR": str(data_dir), "THERAPYTRACK_DEMO": "true"}


def load_demo(data_dir: Path) -> None:
    """Make a data folder with the demo workspace in it, entire in its one file."""
    command = [sys.executable, "-m", "therapytrack.cli", "demo"]
    subprocess.run(command, cwd=PROJECT_ROOT, env=environment(data_dir), check=True, capture_output=True)
    with contextlib.closing(sqlite3.connect(data_dir / "therapytrack.db")) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def breathe() -> None:
    """Give the processor away for a moment while waiting for another process."""
    import select

    select.select([], [], [], 0.05)
