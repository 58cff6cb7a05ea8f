"""The operator's commands; `make run` is `run`, and each part of it can be called alone."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from therapytrack.errors import TherapyTrackError
from therapytrack.launcher import progress
from therapytrack.settings import Settings, get_settings

app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help="TherapyTrack for operators."
)

audit = typer.Typer(no_args_is_help=True, help="The activity log's chain.")
app.add_typer(audit, name="audit")
files = typer.Typer(no_args_is_help=True, help="The students' files.")
app.add_typer(files, name="files")


def main() -> None:
    """Run a command; an expected failure is one sentence on standard error and exit code 1."""
    try:
        app()
    except (progress.LaunchProblem, TherapyTrackError) as problem:
        sys.stderr.write(f"\n{problem}\n")
        sys.exit(1)
    except ValidationError as error:
        sys.stderr.write(f"\n{settings_sentence(error)}\n")
        sys.exit(1)


def settings_sentence(error: ValidationError) -> str:
    """Which settings cannot be used and why; never their values, which may be secrets."""
    rows = [f"  {'.'.join(str(part) for part in row['loc'])}: {row['msg']}" for row in error.errors()]
    return "These settings cannot be used (docs/operations.md lists all of them):\n" + "\n".join(rows)


@app.command()
def run() -> None:
    """Serve TherapyTrack; builds, migrates and loads the demo workspace first where that is needed."""
    from therapytrack.launcher import server

    settings = get_settings()
    server.check_port(settings)
    prepare_pages()
    prepare_database_apart(settings)
    server.serve(settings, announcement(settings))


@app.command()
def build() -> None:
    """Install the fonts and build the pages, if their sources changed."""
    prepare_pages()


@app.command()
def migrate() -> None:
    """Bring the database to the newest revision."""
    prepare_database(get_settings())


@app.command()
def demo() -> None:
    """Load the demo workspace, unless it is there already; brings the database to the newest revision first."""
    prepare_database(get_settings().model_copy(update={"demo": True}))


@app.command()
def backup(
    to: Annotated[
        Path | None, typer.Option(help="Where the copy goes; a dated file in the data folder by default.")
    ] = None,
) -> None:
    """Copy the database and the students' files while people work; exit code 1 when a file was missing.

    PostgreSQL's own pg_dump copies a PostgreSQL database.
    """
    from therapytrack.launcher import copies, copies_postgresql

    settings = get_settings()
    made = (copies_postgresql if settings.on_postgresql else copies).backup(settings, to)
    beside = copies.files_beside(made.database).name
    progress.say(f"Copied to {made.database}; files of students beside it in {beside}: {made.files}")
    _tell_missing(made.missing)


@app.command()
def restore(copy: Annotated[Path, typer.Argument(help="The database that `backup` made.")]) -> None:
    """Put a copy back, with the files beside it, while the server is stopped; what is there is kept aside."""
    from therapytrack.launcher import copies, copies_postgresql

    settings = get_settings()
    done = (copies_postgresql if settings.on_postgresql else copies).restore(settings, copy)
    progress.say(f"Put back {copy}" + ("" if done.with_files else ", which has no files beside it"))
    if done.replaced:
        progress.say(f"What was there before is in {done.replaced}: delete it when you need it no more")
    _tell_missing(done.missing)


def _tell_missing(files: int) -> None:
    if files:
        progress.say(f"  LOOK  files of students that are not there: {files}. Look for them in an earlier copy")
        raise typer.Exit(1)


@app.command()
def doctor() -> None:
    """Look for what would keep TherapyTrack from running well; exit code 1 when something was found."""
    from therapytrack.launcher import health

    findings = health.examine(get_settings())
    for finding in findings:
        progress.say(finding.line)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


@audit.command("head")
def audit_head() -> None:
    """Print where each log ends, to be kept on another machine: `audit verify --heads` holds the logs against it."""
    from therapytrack.db import snapshot
    from therapytrack.services.audit_report import head_lines

    with snapshot() as db:
        for line in head_lines(db):
            progress.say(line)


@audit.command("verify")
def audit_verify(
    workspace: Annotated[str, typer.Option(help="Check one workspace's log only, by the workspace's id.")] = "",
    head: Annotated[str, typer.Option(help="A head of that log that was kept elsewhere, as NUMBER:HASH.")] = "",
    heads: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="A file of what `audit head` printed once.")
    ] = None,
) -> None:
    """Look for rows of the activity log that were edited, deleted, swapped, added or cut off; exit code 1 for any."""
    from therapytrack.db import snapshot
    from therapytrack.services.audit_report import kept_heads, verify_lines
    from therapytrack.services.audit_seal import current_keys

    kept = kept_heads(workspace, head, heads.read_text(encoding="utf-8").splitlines() if heads else [])
    clean = True
    with snapshot() as db:
        for line, well in verify_lines(db, current_keys(to_look=True), workspace, kept):
            progress.say(line)
            clean = clean and well
    if not clean:
        raise typer.Exit(1)


@files.command("rewrap")
def files_rewrap() -> None:
    """Wrap the keys of the students' files under the secret in use; exit code 1 when one opens with no known secret."""
    from therapytrack.db import snapshot
    from therapytrack.services.file_keys import known_files, rewrap_files

    with snapshot() as db:
        known = known_files(db)
    done = rewrap_files(known)
    progress.say(f"Files that now open with the secret in use alone: {done.anew}; that did before: {done.before}")
    if done.broken:
        progress.say(f"  LOOK  not there, or open with no secret that is set: {done.broken}. Look in an earlier copy")
        raise typer.Exit(1)


def prepare_pages() -> None:
    """Fonts and built pages, each only when missing or changed."""
    from therapytrack.launcher import fonts, frontend

    if not fonts.are_current():
        progress.step(3, "Fetching fonts")
        fonts.install()
    if not frontend.is_current():
        progress.step(4, "Building the pages (about half a minute the first time)")
        frontend.build()


def prepare_database(settings: Settings) -> None:
    """The newest tables, and the demo workspace when it is wanted."""
    from therapytrack.launcher import database, quick, wall

    if not database.is_current(settings):
        progress.step(5, "Preparing the database")
        database.migrate(settings)
    if settings.resolved_database_url.startswith("postgresql"):
        wall.look(settings)
    if settings.demo and not quick.has_demo(settings):
        from therapytrack.services.demo import load_demo_workspace

        progress.step(6, "Loading the demo workspace, if it is not there")
        load_demo_workspace()


def prepare_database_apart(settings: Settings) -> None:
    """As `prepare_database`, in a process of its own: what it loads would stay in the server's memory.

    Raises typer.Exit when that process failed; it has told why.
    """
    from therapytrack.launcher import quick

    if not quick.is_ready(settings):
        command = [sys.executable, "-m", "therapytrack.cli", "demo" if settings.demo else "migrate"]
        if code := subprocess.run(command, check=False).returncode:
            raise typer.Exit(code)


def announcement(settings: Settings) -> str:
    """Where TherapyTrack is, and with the demo workspace how to sign in."""
    lines = [f"\nTherapyTrack is running at {settings.origin}   (stop with Ctrl-C)"]
    if settings.demo:
        from therapytrack.services.demo_accounts import DEMO_ACCOUNTS, DEMO_PASSWORD

        lines.append(f"\nDemo sign-ins (made-up people; password for all: {DEMO_PASSWORD})")
        lines += [f"  {account.title:<12} {account.email}" for account in DEMO_ACCOUNTS.values()]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
