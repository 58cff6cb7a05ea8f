"""What is measured on the server, and against what (the project's budgets)."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench.client import Person, Tab, arrivals
from tests.bench.measure import Run, Subject
from tests.bench.replay import Replay
from tests.bench.stage import Clinician, Stage, make_taps

STATEMENTS_OF_A_BATCH = 4
NOTE = "Sorted picture cards; 8 of 10 with one model. Cue faded in the second half. Draft "


@dataclass
class Desk:
    """One clinician with a tab open."""

    clinician: Clinician
    person: Person
    tab: Tab

    def opening(self, path: str) -> Run:
        """Go to a page in the warm tab."""

        async def run() -> int:
            before = arrivals.received
            await self.tab.open(path)
            return arrivals.received - before

        return run

    def calling(self, state: str, handler: str) -> Run:
        """Call a handler."""

        async def run() -> int:
            before = arrivals.received
            await self.tab.call(state, handler)
            return arrivals.received - before

        return run


async def sit_down(stage: Stage, name: str) -> Desk:
    """Sign in for real, and open a tab."""
    clinician = stage.people[name]
    person = await Person(stage.server.url).sign_in(clinician.email, clinician.password)
    return Desk(clinician, person, await person.tab())


def page_subjects(desks: dict[str, Desk], replay: Replay) -> Iterator[Subject]:
    """Pages, opened in a warm tab."""
    year, group = desks["year"], desks["group"]
    page = {"limit": 2.0, "budget": "2 (S + F)", "beside": replay.run, "most_statements": 8}
    yield Subject("caseload, its event", year.calling("caseload_state", "enter"), None, "", beside=replay.run)
    yield Subject(
        "caseload, 60 students, a year",
        year.opening("/caseload"),
        **page | {"most_statements": 6, "most_bytes": 60_000},
    )
    yield Subject("today, 7 groups", year.opening("/today"), **page)
    yield Subject("session grid, 8 x 5", group.opening(f"/sessions/{group.clinician.running.id}"), **page)


def wire_subjects(desks: dict[str, Desk], replay: Replay) -> Iterator[Subject]:
    """Marks and notes."""
    group, year = desks["group"], desks["year"]
    taps = f"/sessions/{group.clinician.running.id}/taps"

    async def reading() -> int:
        return len(await group.person.get(taps))

    yield Subject("marks of a session, 400 in", reading, 2.0, "2 (S + F)", beside=replay.run)
    yield Subject("a batch of 10 marks", posting(group, 10), 3.0, "3 F", most_statements=STATEMENTS_OF_A_BATCH + 1)
    yield Subject("a session of 4 x 3 x 20 marks", posting(year, 240), 3.0, "3 (S + F)", beside=replay.run, times=4)


def posting(desk: Desk, size: int) -> Run:
    """Send fresh marks, and see all of them acknowledged."""
    path = f"/sessions/{desk.clinician.running.id}/taps"

    async def run() -> int:
        marks = [tap.model_dump(mode="json") for tap in make_taps(desk.clinician, size)]
        answer = await desk.person.post(path, {"taps": marks, "undo": []})
        if answer.count(b'"refused":[]') != 1:
            raise RuntimeError("the server refused the bench's marks")
        return len(answer)

    return run
