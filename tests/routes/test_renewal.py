"""Another workspace, ownership, a new password: the browser gets a new sign-in, and the old one is worth nothing."""

from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import select, update
from sqlmodel import col

from tests.conftest import OpenDb
from tests.routes.browsers import PASSWORD, open_browser
from tests.services.people_world import People, make_people
from therapytrack.access.actor import Actor, resolve_actor
from therapytrack.adapters.passwords import hash_password
from therapytrack.models import Account, Membership, SignIn, Workspace, new_id, utc_now
from therapytrack.routes.client import sign_in_cookie
from therapytrack.services.identity import hash_token
from therapytrack.services.ownership import offer_ownership
from therapytrack.services.sign_ins import places_of
from therapytrack.settings import get_settings

WRONG = "wrong wrong wrong"
BETTER = "seven quiet harbors wait"


@pytest.fixture
def people(db: OpenDb) -> People:
    """The cast, with a password for all; the slp also works elsewhere, where the outsider owns the workspace."""
    made = make_people(db)
    with db() as session:
        session.execute(update(Account).values(password_hash=hash_password(PASSWORD)))
        for who, token in made.cast.tokens.items():
            session.execute(update(SignIn).where(col(SignIn.token_hash) == token).values(token_hash=hash_token(who)))
            made.cast.tokens[who] = hash_token(who)
        slp = session.get_one(Membership, made.cast.members["slp"])
        elsewhere = session.get_one(Membership, made.cast.members["outsider"]).workspace_id
        session.add(
            Membership(
                workspace_id=elsewhere,
                account_id=slp.account_id,
                clinical_role="reader",
                starts_at=slp.starts_at,
            )
        )
    return made


@pytest.fixture
async def slp(people: People) -> AsyncIterator[httpx.AsyncClient]:
    async with open_browser("slp") as browser:
        yield browser


def elsewhere(people: People) -> str:
    return str(people.member("outsider").workspace_id)


def who_is(people: People, browser: httpx.AsyncClient) -> Actor | None:
    with people.db() as db:
        return resolve_actor(db, hash_token(browser.cookies[sign_in_cookie()]))


async def test_a_person_goes_on_in_her_other_workspace(people: People, slp: httpx.AsyncClient) -> None:
    before = people.actor("slp")
    answer = await slp.post("/auth/workspace", data={"workspace": elsewhere(people)})
    assert answer.json() == {"location": "/today/"}
    after = who_is(people, slp)
    assert after is not None
    assert (str(after.workspace_id), after.member.clinical, after.account_id) == (
        elsewhere(people),
        "reader",
        before.account_id,
    )
    assert not people.is_in("slp")


async def test_switching_is_no_proof_and_lengthens_no_day(people: People, slp: httpx.AsyncClient) -> None:
    people.forget_proofs()
    old = people.actor("slp")
    await slp.post("/auth/workspace", data={"workspace": elsewhere(people)})
    after = who_is(people, slp)
    assert after is not None and after.proved_at is None
    with people.db() as db:
        rows = db.execute(select(SignIn).where(col(SignIn.account_id) == old.account_id)).scalars().all()
    assert len({row.expires_at for row in rows}) == 1


@pytest.mark.parametrize("how", ["foreign", "missing", "no id", "ended", "closed"])
async def test_only_live_places_of_her_own_open(people: People, slp: httpx.AsyncClient, how: str) -> None:
    wanted = elsewhere(people)
    with people.db() as db:
        if how == "foreign":
            lonely = Workspace(name="Nobody's")
            db.add(lonely)
            wanted = str(lonely.id)
        elif how == "ended":
            db.execute(update(Membership).where(col(Membership.clinical_role) == "reader").values(ends_at=utc_now()))
        elif how == "closed":
            db.execute(update(Workspace).where(col(Workspace.name) == "Elsewhere").values(status="closed"))
    wanted = {"missing": str(new_id()), "no id": "../x"}.get(how, wanted)
    answer = await slp.post("/auth/workspace", data={"workspace": wanted})
    assert answer.status_code == 404
    assert people.is_in("slp")


def test_a_persons_places_are_listed_by_name_with_what_she_is_there(people: People) -> None:
    places = places_of(people.actor("slp"))
    assert [(one.workspace, one.place.clinical, one.here) for one in places] == [
        ("Elsewhere", "reader", False),
        ("Lincoln USD", "clinician", True),
    ]


async def test_ownership_is_accepted_with_the_password_and_the_former_owner_gets_a_letter(
    people: People, slp: httpx.AsyncClient
) -> None:
    people.act("owner", offer_ownership, people.cast.members["slp"])
    people.forget_proofs()
    for password in ("", WRONG):
        answer = await slp.post("/auth/ownership", data={"password": password})
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["password"])
    assert people.member("owner").admin_role == "owner"
    answer = await slp.post("/auth/ownership", data={"password": PASSWORD})
    assert answer.json() == {"location": "/team/?owner=you"}
    after = who_is(people, slp)
    assert after is not None and after.member.admin == "owner"
    assert not people.is_in("owner") and not people.is_in("slp")
    (letter,) = (get_settings().data_dir / "outbox").glob("*.eml")
    assert "owner@example.org" in letter.read_text()


async def test_without_an_offer_the_password_changes_nothing(people: People, slp: httpx.AsyncClient) -> None:
    before = people.rows()
    answer = await slp.post("/auth/ownership", data={"password": PASSWORD})
    assert answer.status_code == 404
    assert "offer" in answer.json()["errors"]["form"]
    assert people.rows() == before


async def test_a_new_password_ends_every_other_sign_in_and_renews_this_one(
    people: People, slp: httpx.AsyncClient
) -> None:
    async with open_browser() as other:
        data = {"email": "slp@example.org", "password": PASSWORD}
        await other.post("/auth/sign-in", data=data)
        answer = await slp.post("/auth/password", data={"current_password": PASSWORD, "new_password": BETTER})
        assert answer.json() == {"location": "/settings/profile/?password=new"}
        assert who_is(people, other) is None
        assert not people.is_in("slp")
        assert who_is(people, slp) is not None
        assert (await other.post("/auth/sign-in", data=data)).status_code == 422
        assert (await other.post("/auth/sign-in", data=data | {"password": BETTER})).status_code == 200
    assert [row.outcome for row in people.log("change password")] == ["done"]


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"current_password": WRONG, "new_password": BETTER}, ["current_password"]),
        ({"current_password": "", "new_password": BETTER}, ["current_password"]),
        ({"current_password": PASSWORD, "new_password": "short"}, ["new_password"]),
        ({"current_password": PASSWORD, "new_password": "Lincoln USD lincoln usd"}, ["new_password"]),
    ],
)
async def test_a_password_that_cannot_be_changed_says_why_beside_the_field(
    people: People, slp: httpx.AsyncClient, typed: dict[str, str], wrong: list[str]
) -> None:
    answer = await slp.post("/auth/password", data=typed)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, wrong)
    assert people.is_in("slp")


async def test_guessing_the_present_password_is_slowed(people: People, slp: httpx.AsyncClient) -> None:
    typed = {"current_password": WRONG, "new_password": BETTER}
    answers = [(await slp.post("/auth/password", data=typed)).status_code for _ in range(9)]
    assert set(answers[:5]) == {422}
    assert 429 in answers


@pytest.mark.parametrize("path", ["workspace", "ownership", "password"])
async def test_strangers_and_other_sites_are_refused(people: People, slp: httpx.AsyncClient, path: str) -> None:
    async with open_browser() as stranger:
        assert (await stranger.post(f"/auth/{path}")).status_code == 401
    for headers in ({"x-csrf-token": "another"}, {"origin": "http://evil.example"}):
        assert (await slp.post(f"/auth/{path}", headers=headers)).status_code == 403
    assert people.is_in("slp")
