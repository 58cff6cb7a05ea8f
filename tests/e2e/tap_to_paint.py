"""Time from a tap to the picture that shows it, on the busiest sheet: 8 students, 5 goals, 400 trials, slow processor.

`measure` is called by the benchmark and by a test that looks only at whether it measures at all: nothing here is timed
against a limit.
"""

from dataclasses import dataclass
from statistics import quantiles

from playwright.sync_api import Page, expect
from sqlmodel import Session

from tests.e2e.groups import Group, pad
from tests.services.live_world import NAMES, batch
from therapytrack.db import make_engine
from therapytrack.services.live import record_taps

STUDENTS, GOALS, TRIALS = 8, 5, 400
SLOWER = 4

# Dispatch to the first frame after the change, and the part of it that our own code takes.
TAP = """(target) => new Promise((done) => {
  const started = performance.now();
  const event = { bubbles: true, cancelable: true, pointerId: 1, pointerType: 'touch', isPrimary: true, button: 0 };
  target.dispatchEvent(new PointerEvent('pointerdown', event));
  target.dispatchEvent(new PointerEvent('pointerup', event));
  let work = 0;
  queueMicrotask(() => { work = performance.now() - started; });
  requestAnimationFrame(() => { const channel = new MessageChannel();
    channel.port1.onmessage = () => done([performance.now() - started, work]); channel.port2.postMessage(0); });
})"""


@dataclass(frozen=True, slots=True)
class Spread:
    """Milliseconds: the median and the 95th percentile."""

    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Painted:
    """From tap to paint, the script's part of it, and the floor: a tap in the same run on a place that does nothing."""

    taps: int
    paint: Spread
    script: Spread
    floor: Spread


def busiest_group(group: Group) -> Group:
    """Fill a group's sheet with 400 trials, spread over every goal."""
    world = group.world
    outcomes = ("correct", "cued", "incorrect")
    taps = [world.tap(n % STUDENTS, n // STUDENTS % GOALS, outcomes[n % 3], n=n) for n in range(TRIALS)]
    engine = make_engine(f"sqlite:///{group.server.database}")
    with Session(engine) as db, db.begin():
        record_taps(db, world.actor(db, "slp"), world.session.id, batch(taps))
    engine.dispose()
    return group


def measure(group: Group, page: Page, rounds: int = 3, slower: float = SLOWER) -> Painted:
    """Tap every goal `rounds` times with a processor `slower` times slower; the page is signed in already."""
    group.open(page)
    expect(page.locator(".goal").first.locator(".sc")).to_contain_text("/10")
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
    taps: list[list[float]] = []
    idle: list[list[float]] = []
    nothing = page.locator(".sess-h .ttl")
    for _ in range(rounds):
        for student in NAMES[:STUDENTS]:
            for goal in range(GOALS):
                idle.append(nothing.evaluate(TAP))
                taps.append(pad(page, "correct", goal, student).evaluate(TAP))
    return Painted(
        len(taps), _spread([one[0] for one in taps]), _spread([one[1] for one in taps]), _spread([x[0] for x in idle])
    )


def _spread(times: list[float]) -> Spread:
    cuts = quantiles(times, n=100)
    return Spread(round(cuts[49], 1), round(cuts[94], 1))
