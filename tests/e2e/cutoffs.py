"""Random cut-offs over recorded streams of marks: `python -m tests.e2e.cutoffs 1000` makes that many.

A cut-off takes the connection away, reloads the page, or kills the browser or the server with SIGKILL, at a random
place of a random stream of marks. Each mark that was acknowledged, or had been put where marks wait, has to be in the
database exactly once and in its order. A mark that the browser was killed within may be there, but at most once.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, BrowserType, Page, expect, sync_playwright
from playwright.sync_api import TimeoutError as NoAnswer

from tests import browser as browsers
from tests.e2e.demo import look, until
from tests.e2e.groups import Group, pad
from tests.e2e.servers import Server, breathe
from therapytrack.launcher.progress import say

KINDS = {"connection": 12, "reload": 5, "browser": 2, "server": 1}
STUDENTS, GOALS, OUTCOMES = ("Ana", "Ben", "Chloé", "Đan"), (0, 1, 2), ("correct", "cued", "incorrect")
A_SESSION, MOST_MARKS, PATIENCE_MS = 25, 6, 120_000
STARTS, START_MS = 4, 20_000
WAITING = """async () => {
  const open = () => new Promise((done) => {
    const asked = indexedDB.open("tt-marks", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("queues");
    asked.onsuccess = () => done(asked.result);
  });
  const db = await open();
  const kept = await new Promise((done) => {
    const asked = db.transaction("queues").objectStore("queues").getAll();
    asked.onsuccess = () => done(asked.result);
  });
  db.close();
  return kept.flatMap((text) => JSON.parse(text).map((one) => one.id));
}"""


@dataclass(frozen=True, slots=True)
class Mark:
    """A tap: on whose goal, and with what outcome (places and goals are counted from 0)."""

    student: int
    goal: int
    outcome: str


@dataclass
class Tablet:
    """A browser of its own with a profile that outlives it."""

    chromium: BrowserType
    profile: Path
    process: subprocess.Popen[bytes] | None = None

    def open(self, group: Group) -> Page:
        """Start it, sign in, and open the group's session.

        After a kill Chromium sometimes starts and never answers: then it is killed, and started again.
        """
        for _ in range(STARTS):
            try:
                context = self._start()
                break
            except NoAnswer:
                self.kill()
        else:
            raise RuntimeError("the browser does not answer")
        group.sign_in(context)
        page = context.pages[0] if context.pages else context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        return group.open(page)

    def _start(self) -> BrowserContext:
        found = browsers.find()
        told = self.profile / "DevToolsActivePort"
        told.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [
                found.executable,
                *browsers.ARGUMENTS,
                "--headless=new",
                "--remote-debugging-port=0",
                f"--user-data-dir={self.profile}",
            ],
            env={**os.environ, **found.env},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + PATIENCE_MS / 1000
        while not told.exists() or "\n" not in told.read_text():
            if time.monotonic() > deadline:
                raise RuntimeError("the browser did not start")
            breathe()
        port = told.read_text().split("\n")[0]
        return self.chromium.connect_over_cdp(f"http://127.0.0.1:{port}", timeout=START_MS).contexts[0]

    def kill(self) -> None:
        """SIGKILL for it and all its processes."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None


@dataclass
class Stream:
    """The marks of one session, in the order of tapping; those at `unsure` places were made as the browser died."""

    group: Group
    chance: random.Random
    marks: list[Mark] = field(default_factory=list)
    unsure: set[int] = field(default_factory=set)

    def tap(self, page: Page, most: int = MOST_MARKS, fewest: int = 1) -> int:
        """Tap a few times; each shows before the next."""
        count = self.chance.randint(fewest, most)
        for _ in range(count):
            student, goal = self.chance.randrange(len(STUDENTS)), self.chance.choice(GOALS)
            outcome = self.chance.choice(OUTCOMES)
            pad(page, outcome, goal, STUDENTS[student]).click()
            self.marks.append(Mark(student, goal, outcome))
        return count

    def stored(self) -> list[Mark]:
        """What the database has, in its order."""
        world = self.group.world
        entries = {place.entry.id.hex: number for number, place in enumerate(world.places)}
        goals = {goal.id.hex: number for place in world.places for number, goal in enumerate(place.goals)}
        rows = look(
            self.group.server,
            "SELECT entry_id, goal_id, outcome FROM trial WHERE session_id = ? ORDER BY tapped_at, sequence",
            world.session.id.hex,
        )
        return [Mark(entries[entry], goals[goal], outcome) for entry, goal, outcome in rows]


def is_kept(stored: Sequence[Mark], marks: Sequence[Mark], unsure: set[int]) -> bool:
    """Whether `stored` is `marks` in order, each once, without some of those at `unsure` places."""
    reached = {0}  # how many of `marks` may be accounted for by what was read of `stored`
    for one in stored:
        reached = {place + 1 for start in reached for place in _next(start, marks, unsure) if marks[place] == one}
    return any(all(place in unsure for place in range(start, len(marks))) for start in reached)


def _next(start: int, marks: Sequence[Mark], unsure: set[int]) -> list[int]:
    """The places that the next stored mark can be at, after `start` marks."""
    places = []
    for place in range(start, len(marks)):
        places.append(place)
        if place not in unsure:
            break
    return places


def cut(kind: str, page: Page, stream: Stream, tablet: Tablet) -> Page:
    """Tap, cut off in the middle, tap on; the page to go on with."""
    server = stream.group.server
    stream.tap(page)
    if kind == "connection":
        page.context.set_offline(True)
        if pad(page).is_visible():  # else a page that loads again was cut off before it had come: nothing can be tapped
            stream.tap(page)
        page.context.set_offline(False)
    elif kind == "reload":
        stream.group.open(page)
    elif kind == "server":
        server.kill()
        stream.tap(page)
        server.start()
    else:
        page.evaluate(WAITING)  # comes after what was put there before
        count = stream.tap(page, 2, 0)
        stream.unsure |= set(range(len(stream.marks) - count, len(stream.marks)))
        tablet.kill()
        page = tablet.open(stream.group)
    stream.tap(page)
    return page


def settle(page: Page, stream: Stream) -> None:
    """Wait until nothing waits any more. Raises AssertionError when the database is not what was tapped."""
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator(".save").get_by_role("status")).to_contain_text("Saved", timeout=PATIENCE_MS)
    until(lambda: page.evaluate(WAITING) == [], PATIENCE_MS // 1000)
    stored = stream.stored()
    assert is_kept(stored, stream.marks, stream.unsure), (len(stored), len(stream.marks), sorted(stream.unsure))


def run(chromium: BrowserType, server: Server, cuts: int, seed: int, folder: Path) -> Iterator[Counter[str]]:
    """Make `cuts` cut-offs; after each session, how many there were so far of each kind, and how many marks."""
    chance, done = random.Random(seed), Counter[str]()
    kinds = [kind for kind, share in KINDS.items() for _ in range(share)]
    tablet = Tablet(chromium, folder)
    while left := min(A_SESSION, cuts - sum(done[kind] for kind in KINDS)):
        stream = Stream(Group(server), chance)
        page = tablet.open(stream.group)
        for kind in chance.sample(kinds * A_SESSION, left):
            page = cut(kind, page, stream, tablet)
            done[kind] += 1
        settle(page, stream)
        tablet.kill()
        done["marks"] += len(stream.marks)
        done["marks that a killed browser was in the middle of"] += len(stream.unsure)
        yield done


def main() -> int:
    """As the module says; the exit code is 1 when a mark was lost, doubled or out of order."""
    cuts, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10**6)
    say(f"seed {seed}")
    with tempfile.TemporaryDirectory(prefix="tt-cut-") as name:
        server = Server(Path(name) / "data").start()
        try:
            with sync_playwright() as playwright:
                for done in run(playwright.chromium, server, cuts, seed, Path(name) / "profile"):
                    say(", ".join(f"{count} {name}" for name, count in done.items()))
        finally:
            server.stop()
    say("Every acknowledged and every waiting mark is in the database exactly once and in order.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
