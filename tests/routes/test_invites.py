"""The link of an invitation over HTTP: who comes in how, one answer for every dead link, nothing changed by looking."""

from collections.abc import AsyncIterator
from statistics import median
from time import process_time

import httpx
import pytest
from sqlalchemy import select, update
from sqlmodel import col

from tests.conftest import OpenDb
from tests.factories import add_student
from tests.routes.browsers import ORIGIN, PASSWORD, PERSON, open_browser
from tests.services.people_world import CLINICIAN, People, make_people
from therapytrack.adapters.passwords import hash_password
from therapytrack.domain.invite_form import InviteForm
from therapytrack.models import Account, Activity, Invite, SignIn, SignInThrottle, Student, utc_now
from therapytrack.routes.client import sign_in_cookie
from therapytrack.services.identity import hash_token
from therapytrack.services.invites import Sent, invite, link_by_hand, revoke_invite
from therapytrack.services.joining import DEAD

NEW = "new@school.org"
HTML = {"accept": "text/html"}


@pytest.fixture
def people(db: OpenDb) -> People:
    """The cast; the outsider is signed in with the cookie "outsider" and has a password."""
    made = make_people(db)
    with db() as session:
        token = made.cast.tokens["outsider"]
        session.execute(update(SignIn).where(col(SignIn.token_hash) == token).values(token_hash=hash_token("outsider")))
        session.execute(
            update(Account)
            .where(col(Account.email) == "outsider@example.org")
            .values(password_hash=hash_password(PASSWORD))
        )
    made.cast.tokens["outsider"] = hash_token("outsider")
    return made


@pytest.fixture
async def stranger(people: People) -> AsyncIterator[httpx.AsyncClient]:
    async with open_browser() as browser:
        yield browser


def send(people: People, email: str = NEW, *students: Student) -> Sent:
    ids = tuple(one.id for one in students)
    return people.act("admin", invite, InviteForm(email, CLINICIAN, ids, frozenset({"view"})))


def refusals(people: People) -> list[Activity]:
    return [row for row in people.log("accept invite") if row.outcome == "refused"]


async def test_a_new_person_fills_in_who_she_is_and_is_in(people: People, stranger: httpx.AsyncClient) -> None:
    sent = send(people)
    page = await stranger.get(f"/invite/{sent.token}", headers=HTML)
    assert page.status_code == 200
    assert "Join Lincoln USD" in page.text and "Create account and accept" in page.text
    answer = await stranger.post(f"/invite/{sent.token}", data={"way": "new", **PERSON})
    assert answer.json() == {"location": "/today/"}
    with people.db() as db:
        signed_in = db.execute(
            select(SignIn).where(col(SignIn.token_hash) == hash_token(stranger.cookies[sign_in_cookie()]))
        ).scalar_one()
    assert signed_in.workspace_id == people.cast.workspace_id


async def test_somebody_with_an_account_gives_her_password_and_is_in(
    people: People, stranger: httpx.AsyncClient
) -> None:
    sent = send(people, "outsider@example.org")
    page = await stranger.get(f"/invite/{sent.token}", headers=HTML)
    assert "Sign in and accept" in page.text
    wrong = await stranger.post(f"/invite/{sent.token}", data={"way": "password", "password": "wrong wrong wrong"})
    assert (wrong.status_code, list(wrong.json()["errors"])) == (422, ["form"])
    answer = await stranger.post(f"/invite/{sent.token}", data={"way": "password", "password": PASSWORD})
    assert answer.json() == {"location": "/today/"}


async def test_guessing_the_password_behind_a_link_is_slowed_like_at_sign_in(
    people: People, stranger: httpx.AsyncClient
) -> None:
    sent = send(people, "outsider@example.org")
    data = {"way": "password", "password": "wrong wrong wrong"}
    answers = [await stranger.post(f"/invite/{sent.token}", data=data) for _ in range(9)]
    assert {one.status_code for one in answers[:5]} == {422}
    assert 429 in [one.status_code for one in answers]
    assert (await stranger.post("/auth/sign-in", data={"email": "outsider@example.org", **data})).status_code == 429


async def test_a_signed_in_person_accepts_with_one_press(people: People) -> None:
    sent = send(people, "outsider@example.org")
    async with open_browser("outsider") as browser:
        page = await browser.get(f"/invite/{sent.token}", headers=HTML)
        assert "You are signed in as <b>Outsider</b>" in page.text
        answer = await browser.post(f"/invite/{sent.token}", data={"way": "accept"})
        assert answer.json() == {"location": "/today/"}
        assert browser.cookies[sign_in_cookie()] != "outsider"
    assert not people.is_in("outsider")


async def test_another_person_is_told_to_sign_out_and_nothing_but_the_log_changes(people: People) -> None:
    sent, before = send(people), people.rows()
    async with open_browser("outsider") as browser:
        page = await browser.get(f"/invite/{sent.token}", headers=HTML)
        assert page.status_code == 403
        assert "This invitation is for another address. Sign out," in page.text
        assert NEW not in page.text
        answer = await browser.post(f"/invite/{sent.token}", data={"way": "accept"})
        assert answer.status_code == 403
        assert people.rows() == before
        assert [row.workspace_id for row in refusals(people)] == [people.cast.workspace_id] * 2
        out = await browser.post(f"/invite/{sent.token}", data={"way": "sign-out"})
        assert out.json() == {"location": f"/invite/{sent.token}"}
        assert (await browser.get(f"/invite/{sent.token}", headers=HTML)).status_code == 200


async def test_every_dead_link_gets_the_same_answer_to_the_byte(people: People, stranger: httpx.AsyncClient) -> None:
    expired, withdrawn, used = (send(people, f"{name}@x.org") for name in ("a", "b", "c"))
    people.put(Invite, expired.invite_id, expires_at=utc_now())
    people.act("admin", revoke_invite, withdrawn.invite_id, withdrawn.version)
    async with open_browser() as other:
        await other.post(f"/invite/{used.token}", data={"way": "new", **PERSON})
    before = people.rows()
    tokens = [expired.token, withdrawn.token, used.token, "x" * 43, used.token[:-1], "%2e%2e", "y" * 4000]
    pages = [await stranger.get(f"/invite/{token}", headers=HTML) for token in tokens]
    assert {(one.status_code, one.text) for one in pages} == {(404, pages[0].text)}
    assert DEAD in pages[0].text
    posts = [await stranger.post(f"/invite/{token}", data={"way": "new", **PERSON}) for token in tokens]
    assert {(one.status_code, one.text) for one in posts} == {(404, posts[0].text)}
    assert people.rows() == before
    assert len(refusals(people)) == 2 * len(tokens)


async def test_the_time_of_an_answer_does_not_tell_a_dead_link_from_a_made_up_one(
    people: People, stranger: httpx.AsyncClient
) -> None:
    sent = send(people)
    people.act("admin", revoke_invite, sent.invite_id, sent.version)

    async def seconds(token: str) -> float:
        start = process_time()
        await stranger.get(f"/invite/{token}", headers=HTML)
        taken = process_time() - start
        with people.db() as db:
            for row in db.execute(select(SignInThrottle)).scalars():
                db.delete(row)
        return taken

    await seconds("x" * 43)
    pairs = [(await seconds(sent.token), await seconds("x" * 43)) for _ in range(20)]
    assert abs(median(one for one, _ in pairs) - median(two for _, two in pairs)) < 0.010


async def test_many_dead_links_are_slowed_and_then_a_live_one_waits_too(
    people: People, stranger: httpx.AsyncClient
) -> None:
    sent = send(people)
    answers = [await stranger.get(f"/invite/guess{n}", headers=HTML) for n in range(21)]
    assert [one.status_code for one in answers] == [404] * 20 + [429]
    assert (await stranger.get(f"/invite/{sent.token}", headers=HTML)).status_code == 429
    with people.db() as db:
        for row in db.execute(select(SignInThrottle)).scalars():
            db.delete(row)
    assert (await stranger.get(f"/invite/{sent.token}", headers=HTML)).status_code == 200


async def test_a_mail_scanner_that_follows_the_link_uses_nothing_up(
    people: People, stranger: httpx.AsyncClient
) -> None:
    sent = send(people)
    before = people.rows()
    for method in ("GET", "HEAD", "GET"):
        await stranger.request(method, f"/invite/{sent.token}", headers=HTML)
    assert people.rows() == before
    assert (await stranger.post(f"/invite/{sent.token}", data={"way": "new", **PERSON})).status_code == 200


@pytest.mark.parametrize("status", [200, 404])
async def test_the_page_is_not_kept_and_tells_its_address_to_nobody(
    people: People, stranger: httpx.AsyncClient, status: int
) -> None:
    token = send(people).token if status == 200 else "gone"
    page = await stranger.get(f"/invite/{token}", headers=HTML)
    assert page.status_code == status
    assert "no-store" in page.headers["cache-control"]
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert token not in page.text
    assert "http" not in page.text.replace("http-equiv", "")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("password", "short"),
        ("password", "new new school school"),
        ("profession", "wizard"),
        ("us_state", "ZZ"),
    ],
)
async def test_a_mistake_is_told_beside_its_field_and_uses_nothing_up(
    people: People, stranger: httpx.AsyncClient, field: str, value: str
) -> None:
    sent, before = send(people), people.rows()
    answer = await stranger.post(f"/invite/{sent.token}", data={"way": "new", **PERSON, field: value})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert people.rows() == before


@pytest.mark.parametrize("headers", [{"x-csrf-token": "another"}, {"origin": "http://evil.example"}])
async def test_a_form_from_elsewhere_is_refused(
    people: People, stranger: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    sent, before = send(people), people.rows()
    answer = await stranger.post(f"/invite/{sent.token}", data={"way": "new", **PERSON}, headers=headers)
    assert answer.status_code == 403
    assert people.rows() == before


async def test_an_unknown_way_and_too_long_a_form_are_refused(people: People, stranger: httpx.AsyncClient) -> None:
    sent, before = send(people), people.rows()
    assert (await stranger.post(f"/invite/{sent.token}", data={"way": "sideways"})).status_code == 422
    large = await stranger.post(f"/invite/{sent.token}", data={"way": "new", **PERSON, "name": "x" * 20_000})
    assert large.status_code == 413
    assert people.rows() == before


async def test_students_who_were_left_out_are_told_on_the_next_page(
    people: People, stranger: httpx.AsyncClient
) -> None:
    with people.db() as db:
        students = [add_student(db, people.cast, given) for given in ("Ana", "Ben")]
    sent = send(people, NEW, *students)
    people.put(Student, students[0].id, archived_at=utc_now())
    answer = await stranger.post(f"/invite/{sent.token}", data={"way": "new", **PERSON})
    assert answer.json() == {"location": "/team/?left_out=1"}


async def test_names_are_shown_as_they_are_and_never_as_markup(people: People, stranger: httpx.AsyncClient) -> None:
    with people.db() as db:
        query = update(Account).where(col(Account.email) == "admin@example.org")
        db.execute(query.values(name="<script>alert(1)</script>"))
    page = await stranger.get(f"/invite/{send(people).token}", headers=HTML)
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in page.text


async def test_a_link_handed_over_by_a_person_does_not_tell_who_has_an_account(
    people: People, stranger: httpx.AsyncClient
) -> None:
    pages = []
    for email in (NEW, "outsider@example.org"):
        sent = send(people, email)
        taken = people.act("owner", link_by_hand, sent.invite_id, sent.version)
        answer = await stranger.get(f"/invite/{taken.token}", headers=HTML)
        pages.append(answer.text.replace(email, "ADDRESS"))
    assert pages[0] == pages[1]
    assert "If you have an account" in pages[0] and "If you are new here" in pages[0]


async def test_a_browser_without_the_form_token_gets_one_with_the_page(people: People) -> None:
    async with open_browser() as browser:
        browser.cookies.clear()
        page = await browser.get(f"/invite/{send(people).token}", headers={**HTML, "origin": ORIGIN})
        assert "tt_csrf=" in page.headers["set-cookie"]
