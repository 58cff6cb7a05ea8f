"""The lock files hold what every machine needs that is promised to, not only this one."""

import json
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from therapytrack.settings import PROJECT_ROOT

LOCKS = {"runtime": "requirements.lock", "dev": "requirements-dev.lock"}
MACHINES = {
    "a Mac": {"sys_platform": "darwin", "platform_system": "Darwin", "platform_machine": "arm64"},
    "Debian": {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64"},
}
PYTHONS = ("3.11", "3.12", "3.13")
Pinned = dict[str, Requirement]


def environment(machine: str, python: str) -> dict[str, str]:
    """What markers ask for."""
    same = {"os_name": "posix", "implementation_name": "cpython", "platform_python_implementation": "CPython"}
    full = f"{python}.9"
    versions = {"python_version": python, "python_full_version": full, "implementation_version": full}
    return same | versions | {"platform_release": "", "platform_version": ""} | MACHINES[machine]


@cache
def rows(kind: str) -> list[tuple[Requirement, list[str]]]:
    """What a lock pins, with the hashes of each."""
    text = (PROJECT_ROOT / LOCKS[kind]).read_text().replace("\\\n", " ")
    parts = [line.split(" --hash=") for line in text.splitlines() if line and not line.startswith("#")]
    return [(Requirement(head), hashes) for head, *hashes in parts]


def pinned(kind: str, where: dict[str, str]) -> Pinned:
    """What is installed there, by name."""
    found = [one for one, _ in rows(kind) if one.marker is None or one.marker.evaluate(where)]
    assert len({one.name for one in found}) == len(found)
    return {canonicalize_name(one.name): one for one in found}


def asked_for(kind: str) -> list[Requirement]:
    """What the project itself asks for."""
    project = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text())["project"]
    further = project["optional-dependencies"]["dev"] if kind == "dev" else []
    return [Requirement(one) for one in [*project["dependencies"], *further]]


@cache
def told(name: str, version: str) -> list[Requirement]:
    """What that very package says that it needs, when it is installed here."""
    try:
        installed = distribution(name)
    except PackageNotFoundError:
        return []
    return [Requirement(one) for one in installed.requires or []] if installed.version == version else []


def needs(one: Requirement, version: str, where: dict[str, str]) -> Iterator[Requirement]:
    """What a package with its extras needs there."""
    extras = one.extras or {""}
    for need in told(one.name, version):
        if need.marker is None or any(need.marker.evaluate({**where, "extra": extra}) for extra in extras):
            yield need


def missing(kind: str, where: dict[str, str]) -> list[str]:
    """Everything that is needed there, from the project on, and that the lock does not pin, or otherwise."""
    there, todo = pinned(kind, where), asked_for(kind)
    gaps, seen = [], set()
    while todo:
        need = todo.pop()
        if str(need) in seen:
            continue
        seen.add(str(need))
        pin = there.get(canonicalize_name(need.name))
        version = str(pin.specifier).removeprefix("==") if pin else ""
        if not version or not need.specifier.contains(version, prereleases=True):
            gaps.append(f"{need} (locked: {version or 'nothing'})")
        todo += needs(need, version, where)
    return gaps


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("kind", LOCKS)
def test_a_lock_holds_everything_that_its_packages_need_there(kind: str, machine: str, python: str) -> None:
    assert missing(kind, environment(machine, python)) == []


def test_what_a_lock_lacks_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    where = environment("a Mac", "3.13")
    monkeypatch.setitem(globals(), "needs", lambda one, *_: [Requirement("appnope")] if one.name == "typer" else [])
    assert missing("runtime", where) == ["appnope (locked: nothing)"]


@pytest.mark.parametrize("kind", LOCKS)
def test_a_lock_knows_packages_by_their_hashes_alone(kind: str) -> None:
    for one, hashes in rows(kind):
        assert one.url is None
        assert hashes, one
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}\s*", mark) for mark in hashes)


def npm_lock(name: str) -> dict[str, dict[str, object]]:
    """The packages of an npm lock, by their place."""
    found: dict[str, dict[str, object]] = json.loads((PROJECT_ROOT / name / "package-lock.json").read_text())[
        "packages"
    ]
    return found


@pytest.mark.parametrize("name", ["reflex.lock", "fonts.lock"])
def test_what_is_made_for_one_system_is_locked_for_a_mac_too(name: str) -> None:
    packages = npm_lock(name)
    names = {Path(place).as_posix().rpartition("node_modules/")[2] for place in packages}
    for place, one in packages.items():
        optional = one.get("optionalDependencies", {})
        assert isinstance(optional, dict)
        made_for = [other for other in optional if "linux-x64" in other]
        assert not made_for or any("darwin-arm64" in other and other in names for other in optional), place
        assert not place or str(one.get("integrity", "")).startswith("sha512-"), place
