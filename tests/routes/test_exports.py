"""The export routes: who gets which answer, what the headers say, and that nothing leaves unlogged."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from html.parser import HTMLParser
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import Session
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tests.factories import acts_of_people
from tests.services.progress_world import Progress, make_progress, rename, use_cookies
from therapytrack.models import GoalPoint, GoalVersion, new_id
from therapytrack.routes.client import sign_in_cookie
from therapytrack.routes.exports import routes

OpenDb = Callable[..., AbstractContextManager[Session]]
PATHS = ("summary.pdf", "summary", "sessions.csv", "goals/{goal}/progress.csv", "goals/{goal}/chart.svg")
FILES = tuple(path for path in PATHS if path != "summary")
RANGED = PATHS[:-1]
SINCE = "?since=2026-01-01&until=2026-11-01"


@pytest.fixture
def made(db: OpenDb) -> Progress:
    with db() as session:
        world = make_progress(session)
        use_cookies(session, world.cast)
    return world


@pytest.fixture
def ask(made: Progress) -> Iterator[Callable[..., Any]]:
    """Asks for an export as `who` ("" for a stranger)."""
    with TestClient(Starlette(routes=routes), base_url="http://localhost:8000", follow_redirects=False) as client:

        def get(path: str, who: str = "slp", student: object = None, query: str = SINCE) -> Any:
            client.cookies.clear()
            if who:
                client.cookies.set(sign_in_cookie(), who)
            place = path.format(goal=made.goal_id)
            return client.get(f"/students/{made.student_id if student is None else student}/{place}{query}")

        yield get


def logged(db: OpenDb, outcome: str = "done") -> list[str]:
    with db() as session:
        return [row.action for row in acts_of_people(session) if row.outcome == outcome]


@pytest.mark.parametrize("path", PATHS)
def test_a_stranger_is_sent_to_sign_in(ask: Callable[..., Any], db: OpenDb, path: str) -> None:
    answer = ask(path, who="")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in/")
    assert logged(db) == []


@pytest.mark.parametrize("path", PATHS)
def test_outsiders_and_wrong_ids_get_one_and_the_same_page(ask: Callable[..., Any], path: str) -> None:
    answers = [ask(path, who="outsider"), ask(path, who="owner")]
    answers += [ask(path, student=wrong) for wrong in (new_id(), "abc", "%00", "1' or 1=1")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1


@pytest.mark.parametrize("path", PATHS)
def test_a_colleague_without_the_right_reads_why(ask: Callable[..., Any], db: OpenDb, path: str) -> None:
    answer = ask(path, who="reader")
    assert answer.status_code == 403
    assert "You do not have the right to export this student&#x27;s record." in answer.text
    assert logged(db) == []
    assert len(logged(db, "refused")) == 1


@pytest.mark.parametrize("path", FILES)
def test_a_file_is_an_attachment_that_nobody_stores(ask: Callable[..., Any], db: OpenDb, path: str) -> None:
    answer = ask(path)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert "Mateo" not in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store, private"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert len(logged(db)) == 1


@pytest.mark.parametrize("path", RANGED)
@pytest.mark.parametrize("query", ["?since=yesterday", "?since=2026-05-02&until=2026-05-01"])
def test_a_wrong_date_is_answered_with_a_sentence(ask: Callable[..., Any], db: OpenDb, path: str, query: str) -> None:
    answer = ask(path, query=query)
    assert answer.status_code == 422
    assert "Enter a date" in answer.text or "The first day is after the last day." in answer.text
    assert logged(db) == []


@pytest.mark.parametrize("path", PATHS)
def test_an_export_that_cannot_be_logged_does_not_leave(
    ask: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def full(*_arguments: object, **_details: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("therapytrack.services.export_files.record", full)
    answer = ask(path)
    assert answer.status_code == 503
    assert "Initial sounds" not in answer.text


class Outline(HTMLParser):
    """The headings, table headers and drawings of a page, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what gives the page its structure."""
        if tag in ("html", "h1", "h2", "h3", "th", "caption", "svg", "script", "desc"):
            self.seen.append((tag, dict(attrs)))


def test_the_page_has_headings_a_table_and_a_described_chart(ask: Callable[..., Any]) -> None:
    answer = ask("summary")
    outline = Outline()
    outline.feed(answer.text)
    tags = [tag for tag, _ in outline.seen]
    assert [tag for tag in tags if tag in ("h1", "h2", "h3")] == ["h1", "h2", "h2", "h3"]
    assert {"caption", "svg", "desc"} <= set(tags)
    assert "script" not in tags
    assert all("scope" in attrs for tag, attrs in outline.seen if tag == "th")
    assert next(attrs for tag, attrs in outline.seen if tag == "svg")["role"] == "img"
    assert outline.seen[0] == ("html", {"lang": "en", "class": "light"})


def test_the_page_is_not_titled_after_the_student(ask: Callable[..., Any]) -> None:
    title = ask("summary").text.partition("<title>")[2].partition("</title>")[0]
    assert title == "Progress summary · TherapyTrack"


def test_markup_in_a_name_stays_text(ask: Callable[..., Any], db: OpenDb, made: Progress) -> None:
    with db() as session:
        rename(session, made, "<script>alert(1)</script>", "\"'&\u202e")
    text = ask("summary").text
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_a_name_in_any_script_makes_a_pdf(ask: Callable[..., Any], db: OpenDb, made: Progress) -> None:
    with db() as session:
        rename(session, made, "محمد 山田 🎉", "x" * 300)
    assert ask("summary.pdf").content.startswith(b"%PDF-")


def test_a_rate_leaves_on_the_standard_celeration_chart(ask: Callable[..., Any], db: OpenDb) -> None:
    with db() as session:
        session.execute(update(GoalVersion).values(measure="rate"))
        session.execute(update(GoalPoint).values(amount=60_000))
    picture = ask("goals/{goal}/chart.svg", query="?scale=celeration")
    assert "Standard celeration chart" in picture.text
    assert "-celeration" in picture.headers["content-disposition"]


def test_a_chart_leaves_as_the_part_that_was_chosen_and_is_logged_with_its_medium(
    ask: Callable[..., Any], db: OpenDb
) -> None:
    picture = ask("goals/{goal}/chart.svg", query="?period=quarter&trend=thirds&medium=png")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert "Trend (Tukey&#x27;s thirds)" in picture.text
    assert "Mateo" not in picture.text
    with db() as session:
        (row,) = [one for one in acts_of_people(session) if one.action == "export goal progress"]
    assert row.detail["medium"] == "png"


def test_a_page_that_is_printed_gets_its_chart_without_the_right_to_export(ask: Callable[..., Any], db: OpenDb) -> None:
    drawing = ask("goals/{goal}/paper.svg", who="reader", query="?period=quarter&trend=thirds")
    assert (drawing.status_code, drawing.headers["content-type"]) == (200, "image/svg+xml")
    assert drawing.headers["cache-control"] == "no-store, private"
    assert "content-disposition" not in drawing.headers
    assert "#0B6E99" in drawing.text
    assert "Trend (Tukey&#x27;s thirds)" in drawing.text
    assert "Mateo" not in drawing.text
    assert logged(db) == ["view progress"]
    assert ask("goals/{goal}/paper.svg", who="outsider").status_code == 404


def test_a_rate_is_printed_on_the_chart_that_is_shown(ask: Callable[..., Any], db: OpenDb) -> None:
    with db() as session:
        session.execute(update(GoalVersion).values(measure="rate"))
        session.execute(update(GoalPoint).values(amount=60_000))
    assert ">1000</text>" in ask("goals/{goal}/paper.svg", query="?scale=celeration").text
    assert ">1000</text>" not in ask("goals/{goal}/paper.svg", query="").text
