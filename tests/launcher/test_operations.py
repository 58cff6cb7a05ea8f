"""What an operator relies on: clear refusals, private data, copies, and a page that lists every setting."""

import re
import socket
import sqlite3
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from pydantic import SecretStr
from typer.testing import CliRunner

from therapytrack import cli
from therapytrack.launcher import database, health, quick, server
from therapytrack.launcher.progress import LaunchProblem
from therapytrack.settings import PROJECT_ROOT, Settings


def test_a_port_in_use_is_refused_with_a_free_one_as_advice() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(LaunchProblem, match=f"Port {port} is in use.*PORT={port + 1} make run"):
            server.check_port(Settings(port=port))


def test_a_setting_that_cannot_be_used_is_named_without_its_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", "eighty-secret")
    monkeypatch.setattr("sys.argv", ["therapytrack", "migrate"])
    with pytest.raises(SystemExit):
        cli.main()
    told = capsys.readouterr().err
    assert "PORT" in told
    assert "eighty-secret" not in told


def test_a_data_folder_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(LaunchProblem, match="THERAPYTRACK_DATA_DIR"):
        database.migrate(Settings(data_dir=tmp_path / "file" / "data"))


def test_an_unreachable_database_is_named_without_its_password(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url="postgresql+psycopg://someone:hidden@127.0.0.1:1/none")
    with pytest.raises(LaunchProblem) as caught:
        database.is_current(settings)
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(("url", "told"), [("", "outbox"), ("smtps://user:hidden@mail.school.org", "port 465")])
def test_the_doctor_says_where_mail_goes_without_the_password(tmp_path: Path, url: str, told: str) -> None:
    settings = Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path}/none.db", smtp_url=SecretStr(url))
    (found,) = [one for one in health.examine(settings) if one.what.startswith("mail ")]
    assert told in found.line
    assert "hidden" not in found.line


def test_a_mail_server_that_cannot_be_understood_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("THERAPYTRACK_SMTP_URL", "smtp://user:hidden@far.school.org?starttls=off")
    monkeypatch.setattr("sys.argv", ["therapytrack", "migrate"])
    with pytest.raises(SystemExit):
        cli.main()
    told = capsys.readouterr().err
    assert "smtp_url: " in told
    assert "hidden" not in told


def test_the_data_folder_is_private_to_the_account(tmp_path: Path) -> None:
    database.prepare_folder(Settings(data_dir=tmp_path / "data"))
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    database.migrate(settings)
    database.migrate(settings)
    assert database.is_current(settings)


def test_a_ready_database_is_recognised_without_loading_the_tables(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    assert not quick.is_ready(settings)
    database.migrate(settings)
    assert quick.is_ready(settings)
    assert not quick.is_ready(settings.model_copy(update={"demo": True}))
    with sqlite3.connect(settings.data_dir / "therapytrack.db") as opened:
        opened.execute("UPDATE alembic_version SET version_num = '0000'")
    assert not quick.is_ready(settings)


def test_the_newest_revision_is_the_one_that_the_migrations_name() -> None:
    script = ScriptDirectory.from_config(database.alembic_config("sqlite://"))
    assert quick.newest_revision() == script.get_current_head()


def test_the_doctor_points_at_a_server_open_to_the_network_without_https(tmp_path: Path) -> None:
    findings = health.examine(Settings(data_dir=tmp_path, host="192.0.2.1"))
    told = [finding.line for finding in findings if not finding.ok]
    assert any("THERAPYTRACK_PUBLIC_URL" in line for line in told)


def test_the_doctor_points_at_demo_sign_ins_in_production(tmp_path: Path) -> None:
    findings = health.examine(Settings(data_dir=tmp_path, environment="production", demo=True))
    assert any("THERAPYTRACK_DEMO=false" in finding.line for finding in findings if not finding.ok)


def test_the_operations_page_lists_every_setting_and_no_other() -> None:
    page = (PROJECT_ROOT / "docs" / "operations.md").read_text()
    listed = set(re.findall(r"^\| `([A-Z_]+)`", page, re.MULTILINE))
    wanted = {"PORT" if name == "port" else f"THERAPYTRACK_{name.upper()}" for name in Settings.model_fields}
    assert listed == wanted


def test_the_operations_page_describes_every_command() -> None:
    page = (PROJECT_ROOT / "docs" / "operations.md").read_text()
    names = [
        line.split()[1] for line in CliRunner().invoke(cli.app, ["--help"]).output.splitlines() if line.startswith("│ ")
    ]
    commands = {
        name
        for name in names
        if name in {command.callback.__name__ for command in cli.app.registered_commands if command.callback}
    }
    assert commands
    assert not {name for name in commands if f"`{name}`" not in page}
