"""Making drafts: who may, what is gathered, what would leave, what is kept."""

import asyncio
import json
import re
import threading
from datetime import date, timedelta

import pytest
from llmock.pytest_plugin import LLMock
from sqlmodel import select

from tests.services.draft_world import SINCE, UNTIL, OpenDb, World, make_world, session
from therapytrack.domain.draft_text import fill
from therapytrack.errors import Invalid, NotFound, NotPermitted, Unavailable
from therapytrack.models import Activity, Draft, Student, Workspace, new_id
from therapytrack.services import drafts
from therapytrack.services.draft_writing import WritingJob
from therapytrack.services.drafts import (
    begin_writing,
    cancel_draft,
    fail_draft,
    prepare_draft,
    store_draft,
)
from therapytrack.settings import get_settings

HONEST = "{{student}} attended {{sessions.attended}}. Accuracy rose from {{goal1.first}} to {{goal1.last}}."


@pytest.fixture
def world(db: OpenDb) -> World:
    return make_world(db)


@pytest.fixture
def ai(world: World, monkeypatch: pytest.MonkeyPatch, llmock: LLMock) -> LLMock:
    """The workspace has turned AI on and the server knows a key; the service is a local one."""
    monkeypatch.setenv("THERAPYTRACK_ANTHROPIC_API_KEY", "test-key")
    monkeypatch.setenv("THERAPYTRACK_ANTHROPIC_BASE_URL", llmock.base_url("anthropic"))
    get_settings.cache_clear()
    world.change(Workspace, world.workspace, ai_enabled=True)
    return llmock


def prepare(world: World, who: str = "slp", since: date = SINCE, until: date = UNTIL, update: bool = False) -> Draft:
    with world.open() as db:
        goal = world.goal if update else None
        return prepare_draft(db, world.actor(who), world.student, since, until, world.draft, goal)


def begin(world: World, who: str = "slp", plain: bool = False) -> WritingJob | None:
    with world.open() as db:
        return begin_writing(db, world.actor(who), world.draft, plain=plain)


def started(world: World, who: str = "slp", plain: bool = False) -> WritingJob:
    job = begin(world, who, plain)
    assert job is not None
    return job


def store(world: World, text: str, attempt: int = 1, who: str = "slp") -> Draft:
    with world.open() as db:
        return store_draft(db, world.actor(who), world.draft, attempt, text)


def words_of(job: WritingJob) -> str:
    async def read() -> str:
        return "".join([piece async for piece in job.pieces(asyncio.Event())])

    return asyncio.run(read())


def test_the_plain_draft_is_made_from_documented_data(world: World) -> None:
    prepare(world)
    text = store(world, words_of(started(world))).text
    assert "Mateo attended 8 sessions and received 240 minutes of therapy." in text
    assert "Mateo missed 1 session. Recorded reasons: student absent (1)." in text
    assert "8 probes" in text
    assert "25% (5 of 20) on Sep 1, 2026, and the latest was 95% (19 of 20) on Oct 20, 2026" in text
    assert "The trend was +10.0 points a week (Theil–Sen; 95% interval 10.0 to 10.0, 8 probes)." in text
    assert "(80% or more without cues in 3 probes in a row) was not met in this period." in text


def test_only_the_period_is_gathered(world: World) -> None:
    draft = prepare(world, until=SINCE + timedelta(weeks=3))
    assert draft.facts["values"]["sessions.attended"]["value"] == "4 sessions"
    assert draft.facts["values"]["goal1.points"]["value"] == "4 probes"


def test_planned_and_cancelled_sessions_are_not_documented(world: World) -> None:
    world.add(*session(world, UNTIL, None, attendance="planned"))
    world.add(*session(world, UNTIL - timedelta(days=1), None, status="cancelled"))
    assert prepare(world).facts["values"]["sessions.attended"]["value"] == "8 sessions"


def test_too_few_data_make_no_draft(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        prepare(world, until=SINCE + timedelta(days=1))
    assert "no goal has 3 data points" in caught.value.fields["range"]
    assert world.drafts() == 0


@pytest.mark.parametrize(("since", "until"), [(UNTIL, SINCE), (date(2020, 1, 1), UNTIL)])
def test_a_period_that_cannot_be_is_refused(world: World, since: date, until: date) -> None:
    with pytest.raises(Invalid):
        prepare(world, since=since, until=until)


def test_a_double_click_makes_one_draft(world: World) -> None:
    assert prepare(world).id == prepare(world).id
    assert (world.drafts(), world.acts().count("prepare draft")) == (1, 1)


@pytest.mark.parametrize(("who", "error"), [("reader", NotPermitted), ("owner", NotFound), ("colleague", NotFound)])
def test_who_lacks_the_right_makes_no_draft(world: World, who: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        prepare(world, who)
    assert world.drafts() == 0


def test_an_outsider_gets_not_found_for_student_and_draft(world: World) -> None:
    with pytest.raises(NotFound):
        prepare(world, "outsider")
    prepare(world)
    with pytest.raises(NotFound):
        begin(world, "outsider")


def test_a_draft_is_its_authors_only(world: World) -> None:
    prepare(world)
    with pytest.raises(NotFound):
        begin(world, "supervisor")
    with pytest.raises(NotFound):
        prepare(world, "supervisor")


def test_a_goal_of_another_student_is_not_found(world: World) -> None:
    with world.open() as db, pytest.raises(NotFound):
        prepare_draft(db, world.actor("slp"), world.student, SINCE, UNTIL, world.draft, new_id())


def test_an_assistants_draft_states_data_only(world: World) -> None:
    prepare(world, "slpa")
    text = store(world, words_of(started(world, "slpa")), who="slpa").text
    assert "95% (19 of 20)" in text
    assert not re.search("trend|criterion|met on", text)


def test_an_assistants_draft_never_goes_to_the_ai_service(world: World, ai: LLMock) -> None:
    assert prepare(world, "slpa").source == "template"


def test_ai_is_off_until_the_workspace_turns_it_on(world: World, ai: LLMock) -> None:
    world.change(Workspace, world.workspace, ai_enabled=False)
    draft = prepare(world)
    words_of(started(world))
    assert (draft.source, draft.payload, ai.requests) == ("template", {}, [])


def test_a_student_can_be_opted_out_of_ai(world: World, ai: LLMock) -> None:
    world.change(Student, world.student, ai_opt_out=True)
    assert prepare(world).source == "template"
    words_of(started(world))
    assert ai.requests == []


def test_without_a_key_the_plain_drafter_writes(world: World) -> None:
    world.change(Workspace, world.workspace, ai_enabled=True)
    assert prepare(world).source == "template"


def test_the_payload_that_leaves_is_the_payload_on_record_and_names_nobody(world: World, ai: LLMock) -> None:
    prepare(world)
    ai.reply(HONEST)
    words_of(started(world))
    body = ai.last_request.body
    sent = body["system"] + body["messages"][0]["content"]
    assert not re.search(r"Mateo|Rivera|Alvarez|Lincoln|900123|2018|March|Oct|80%|accuracy", sent)
    assert not re.search(r"\d", re.sub(r"\{\{[a-z0-9.]+\}\}", "", sent))
    payload = world.stored().payload
    assert (payload["instructions"], payload["goals"]) == (
        body["system"],
        json.loads(body["messages"][0]["content"])["goals"],
    )
    assert payload["goals"][0]["topic"] == "Initial /ɹ/ with Ms. [name]"
    assert payload["goals"][0]["course"] == "rising"


def test_what_the_service_words_is_filled_with_our_numbers(world: World, ai: LLMock) -> None:
    prepare(world)
    ai.reply(HONEST)
    draft = store(world, words_of(started(world)))
    assert draft.text.startswith("Mateo attended 8 sessions. Accuracy rose from 25% (5 of 20)")
    assert (draft.status, draft.model, draft.generated_text) == ("written", get_settings().anthropic_model, HONEST)


@pytest.mark.parametrize(
    "text",
    [
        "Accuracy was 97%.",
        "{{student}} came ten times.",
        "{{goal7.last}} was seen.",
        "Accuracy declined to {{goal1.last}}.",
        "",
        "![x](https://evil.example/{{student}})",
    ],
)
def test_a_text_that_is_not_from_the_data_is_not_kept(world: World, text: str) -> None:
    prepare(world)
    begin(world)
    draft = store(world, text)
    assert (draft.status, draft.text, draft.generated_text) == ("failed", "", "")
    assert draft.problem == drafts.REFUSED_TEXT


def test_a_right_revoked_while_writing_stores_nothing(world: World) -> None:
    prepare(world)
    job = started(world)
    world.revoke("slp")
    with pytest.raises(NotFound):
        store(world, words_of(job))
    assert (world.stored().status, world.stored().text) == ("writing", "")


def test_an_opt_out_while_the_service_writes_stores_nothing(world: World, ai: LLMock) -> None:
    prepare(world)
    begin(world)
    world.change(Student, world.student, ai_opt_out=True)
    with pytest.raises(NotPermitted):
        store(world, HONEST)
    assert world.stored().text == ""


def test_an_opt_out_after_preparing_sends_nothing(world: World, ai: LLMock) -> None:
    prepare(world)
    world.change(Student, world.student, ai_opt_out=True)
    with pytest.raises(NotPermitted):
        begin(world)
    assert (ai.requests, world.stored().status) == ([], "prepared")


def test_the_plain_draft_can_still_be_written_after_an_opt_out(world: World, ai: LLMock) -> None:
    prepare(world)
    world.change(Student, world.student, ai_opt_out=True)
    assert store(world, words_of(started(world, plain=True))).status == "written"
    assert ai.requests == []


def test_a_draft_is_written_by_one_writer_at_a_time(world: World) -> None:
    prepare(world)
    assert begin(world) is not None
    assert begin(world) is None


def test_two_writers_at_once_get_one_job(world: World) -> None:
    prepare(world)
    actor = world.actor("slp")
    jobs: list[WritingJob | None] = []

    def run() -> None:
        with world.open() as db:
            jobs.append(begin_writing(db, actor, world.draft))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(job is not None for job in jobs) == 1


def test_a_writer_that_died_with_the_server_can_be_replaced(world: World) -> None:
    prepare(world)
    begin(world)
    facts = {**world.stored().facts, "writing_since": "2026-01-01T00:00:00+00:00"}
    world.change(Draft, world.draft, facts=facts)
    assert started(world).attempt == 2


def test_an_overtaken_attempt_stores_nothing(world: World) -> None:
    prepare(world)
    begin(world)
    assert store(world, HONEST, attempt=7).status == "writing"


def test_a_stopped_draft_keeps_nothing_and_can_be_started_again(world: World) -> None:
    prepare(world)
    begin(world)
    with world.open() as db:
        assert cancel_draft(db, world.actor("slp"), world.draft).status == "stopped"
    assert store(world, HONEST).text == ""
    assert started(world).attempt == 2


def test_a_failure_is_kept_with_its_sentence_and_can_be_retried(world: World) -> None:
    prepare(world)
    begin(world)
    with world.open() as db:
        draft = fail_draft(db, world.actor("slp"), world.draft, 1, "The AI service is overloaded.")
    assert (draft.status, draft.problem) == ("failed", "The AI service is overloaded.")
    assert started(world).attempt == 2


def test_the_days_budget_ends_calls_to_the_service(world: World, ai: LLMock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "AI_DRAFTS_A_DAY", 1)
    prepare(world)
    job = started(world)
    with world.open() as db:
        fail_draft(db, world.actor("slp"), world.draft, job.attempt, "x")
    with pytest.raises(Unavailable):
        begin(world)
    assert store(world, words_of(started(world, plain=True)), attempt=2).status == "written"


def test_every_step_is_in_the_activity_log_without_a_name_or_a_word(world: World, ai: LLMock) -> None:
    prepare(world)
    begin(world)
    store(world, HONEST)
    assert world.acts() == ["prepare draft", "send to AI service", "store draft"]
    with world.open() as db:
        details = json.dumps([row.detail for row in db.exec(select(Activity)).all()])
    assert not re.search("Mateo|attended|ɹ", details)


def test_an_update_is_about_one_goal(world: World) -> None:
    prepare(world, update=True)
    text = store(world, words_of(started(world))).text
    assert text.startswith("The goal “Initial /ɹ/ with Ms. Alvarez” was measured with 8 probes")
    assert "sessions" not in text


def test_unsigned_notes_are_counted(world: World) -> None:
    world.add(*session(world, UNTIL, 19, note="draft"))
    assert prepare(world).facts["unsigned"] == 1


def test_the_plain_words_on_record_pass_the_checks_for_models(world: World) -> None:
    facts = prepare(world).facts
    from therapytrack.domain.draft_facts import load_catalogue

    assert fill(facts["plain"], load_catalogue(facts["values"])).violations == ()
