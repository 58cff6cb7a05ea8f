"""What is measured on the server, and against which floor (the project's budgets)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.bench.client import Person, Tab, arrivals
from tests.bench.measure import Run, Subject
from tests.bench.replay import Replay
from tests.bench.stage import Clinician, Stage, make_taps

SENTENCE = "Sorted picture cards; 8 of 10 with one model. Cue faded in the second half."


@dataclass
class Desk:
    """One clinician with a tab open."""

    clinician: Clinician
    person: Person
    tab: Tab

    def opening(self, path: str, **arguments: str) -> Run:
        """Go to a page in the warm tab."""

        async def run() -> int:
            before = arrivals.received
            await self.tab.open(path, **arguments)
            return arrivals.received - before

        return run

    def calling(self, state: str, handler: str) -> Run:
        """Call a handler."""

        async def run() -> int:
            before = arrivals.received
            await self.tab.call(state, handler)
            return arrivals.received - before

        return run

    def forgetting(self) -> Run:
        """Let the tab be as before its first page: of what stands in it already, a page sends nothing again."""
        return self.calling("floor_state", "forget")

    async def leave(self) -> None:
        """Close the tab and the connection."""
        await self.tab.close()
        await self.person.leave()

    @property
    def session(self) -> str:
        """The address of her running session."""
        return f"/sessions/{self.clinician.running.id}"


async def sit_down(stage: Stage, name: str) -> Desk:
    """Sign in for real, and open a tab."""
    clinician = stage.people[name]
    person = await Person(stage.server.url).sign_in(clinician.email, clinician.password)
    return Desk(clinician, person, await person.tab())


def page_subjects(desks: Mapping[str, Desk], replay: Replay) -> Iterator[Subject]:
    """Pages, opened in a tab in which nothing of them stands: what stands there is not sent again."""
    year, decade, group, busy = (desks[name] for name in ("year", "decade", "group", "points"))
    page = Subject("", year.opening("/caseload"), 2.0, "2 (S + F)", beside=replay.run, most_statements=8)

    def opened(name: str, desk: Desk, path: str, **arguments: str) -> Subject:
        return replace(page, name=name, run=desk.opening(path, **arguments), before=desk.forgetting())

    yield Subject("a page that loads nothing", year.opening("/bench/nothing"), None, "")
    caseload = opened("caseload: 60 students, 81,000 trials", year, "/caseload")
    yield replace(caseload, most_statements=6, most_bytes=60_000)
    yield replace(
        page, name="  its own event alone", run=year.calling("caseload_state", "enter"), limit=None, budget=""
    )
    yield Subject(
        "  with 10 times the history", decade.opening("/caseload"), 1.3, "1.3 itself", floor=caseload.run, times=10
    )
    yield opened("today: 7 groups", year, "/today")
    session = str(group.clinician.running.id)
    yield opened("session grid: 8 students, 5 goals", group, group.session, session_id=session)
    student, goal = next((str(one), str(goals[0])) for one, goals in busy.clinician.caseload.goals.items())
    goal_page = opened("goal: 400 points", busy, f"/students/{student}/goals/{goal}", student_id=student, goal_id=goal)
    yield replace(goal_page, times=10)
    first, period = str(year.clinician.caseload.students[0]), str(year.clinician.period)
    yield opened("student page", year, f"/students/{first}", student_id=first)
    yield opened("schedule: the week", year, "/schedule")
    yield opened("minutes: 60 students", year, "/minutes")
    yield opened("reports: 60 students", year, f"/reports?period={period}")
    yield opened("a report: 3 goals", year, f"/reports/{period}/{first}", period_id=period, student_id=first)
    yield opened("assistants' caseloads: 60 students", desks["supervisor"], "/supervision/caseloads")


def wire_subjects(desks: Mapping[str, Desk], replay: Replay) -> Iterator[Subject]:
    """Marks and notes."""
    group, year = desks["group"], desks["year"]

    async def reading() -> int:
        return len(await group.person.get(f"{group.session}/taps"))

    yield Subject("marks of a session, 400 in", reading, 2.0, "2 (S + F)", beside=replay.run)
    yield Subject("a batch of 10 marks", posting(group, 10), 3.0, "3 F", most_statements=4)
    yield Subject("a session of 4 x 3 x 20 marks", posting(year, 240), 3.0, "3 (S + F)", beside=replay.run, times=4)
    yield autosave(group, replay)


def posting(desk: Desk, size: int) -> Run:
    """Send fresh marks, and see all of them acknowledged."""

    async def run() -> int:
        marks = [tap.model_dump(mode="json") for tap in make_taps(desk.clinician, size)]
        answer = await desk.person.post(f"{desk.session}/taps", {"taps": marks, "undo": []})
        if b'"refused":[]' not in answer:
            raise RuntimeError("the server refused the bench's marks")
        return len(answer)

    return run


def autosave(desk: Desk, replay: Replay) -> Subject:
    """Save a note again and again, each time with other words: the same ones would not be written."""
    entry = str(desk.clinician.running.entries[0][0])
    other = desk.clinician.running.entries[1][0].hex

    async def run() -> int:
        if "notes_rx_state_" not in desk.tab.state[desk.tab.full_name("session_state")] or not _notes(desk):
            await desk.tab.open(desk.session, session_id=str(desk.clinician.running.id))
        note, before = _notes(desk)[entry], arrivals.received
        text = f"{SENTENCE} {note['version']}"
        await desk.tab.call("session_state", "save_note", entry=entry, text=text, version=note["version"])
        if _notes(desk)[entry]["version"] != note["version"] + 1:
            raise RuntimeError("the server did not save the bench's note")
        return arrivals.received - before

    def write(_: Any) -> None:
        replay.write(
            "UPDATE session_entry SET note = ?, note_version = note_version + 1 WHERE id = ?", (SENTENCE, other)
        )

    return Subject("autosave of a note", run, 1.0, "2 F + 1 write", floors=2.0, beside=write)


def _notes(desk: Desk) -> Any:
    return desk.tab.var("session_state", "notes")
