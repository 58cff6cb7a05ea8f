"""A build is made again only when something that the browser gets has changed, and it fits any host."""

import json
from pathlib import Path

import pytest

import rxconfig
from therapytrack.launcher import frontend, progress, toolchain


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(frontend, "PROJECT_ROOT", tmp_path)
    monkeypatch.setattr(frontend, "BUILT", tmp_path / ".web/build")
    monkeypatch.setattr(frontend, "STAMP", tmp_path / ".web/build/.fingerprint")
    for name in (
        "rxconfig.py",
        "therapytrack/pages/today.py",
        "therapytrack/cli.py",
        "assets/app.css",
        ".web/build/client/index.html",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("first")
    frontend.STAMP.write_text(frontend.fingerprint())
    return tmp_path


def test_an_unchanged_checkout_is_not_built_again(checkout: Path) -> None:
    assert frontend.is_current()


@pytest.mark.parametrize("name", ["rxconfig.py", "therapytrack/pages/today.py", "assets/app.css", "assets/new.svg"])
def test_a_changed_source_is_built_again(checkout: Path, name: str) -> None:
    (checkout / name).write_text("second")
    assert not frontend.is_current()


def test_a_change_that_no_page_can_see_builds_nothing(checkout: Path) -> None:
    (checkout / "therapytrack/cli.py").write_text("second")
    assert frontend.is_current()


def test_a_build_that_was_cut_off_is_made_again(checkout: Path) -> None:
    (checkout / ".web/build/client/index.html").unlink()
    assert not frontend.is_current()


def test_what_is_edited_during_a_build_is_built_again(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edits = {"therapytrack/pages/today.py": "second", "reflex.lock/package.json": "{}"}
    (checkout / "reflex.lock").mkdir()

    def run_logged(*_args: object, **_options: object) -> None:
        for name, text in edits.items():
            (checkout / name).write_text(text)

    monkeypatch.setattr(progress, "run_logged", run_logged)
    monkeypatch.setattr(toolchain, "npm_registry", lambda _env: "")
    frontend.build()
    assert not frontend.is_current(), "the page was edited after the compiler may have read it"
    edits["reflex.lock/package.json"] = '{"more": "1"}'
    frontend.build()
    assert frontend.is_current(), "the build wrote the list of packages itself"


def test_the_built_pages_talk_to_the_host_that_served_them(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    generated = tmp_path / "assets/reflex-env-abc.js"
    generated.write_text("var e={PING:`http://localhost:8000/ping`,EVENT:`ws://localhost:8000/_event`};export{e as t};")
    rxconfig.AnyOrigin().post_build(static_dir=tmp_path)
    text = generated.read_text()
    assert "8000" not in text
    assert "PING:location.origin+`/ping`" in text
    assert 'EVENT:location.origin.replace(/^http/,"ws")+`/_event`' in text


def test_a_layout_that_is_not_understood_stops_the_build(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets/reflex-env-abc.js").write_text("var e={PING:'http://localhost:8000/ping'}")
    with pytest.raises(ValueError, match="addresses"):
        rxconfig.AnyOrigin().post_build(static_dir=tmp_path)


def test_a_copied_sheet_is_served_without_its_comments_and_line_breaks(tmp_path: Path) -> None:
    sheet = tmp_path / "few.css"
    sheet.write_text('/* Why,\n   so. */\nhtml {\n.a .b,\n.c { content: " ; "; margin: 0 auto;\n}\n}\n')
    rxconfig.SmallSheets().post_build(static_dir=tmp_path)
    assert sheet.read_text() == 'html{.a .b,.c{content: " ; ";margin: 0 auto;}}'


def test_the_list_of_packages_is_kept_as_a_build_writes_it() -> None:
    kept = (Path(rxconfig.__file__).parent / "reflex.lock" / "package.json").read_text()
    assert kept == json.dumps(json.loads(kept), indent=2, sort_keys=True) + "\n", "or a build would change the checkout"
