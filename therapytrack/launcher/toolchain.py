"""Node, npm and Reflex's own switches: nothing is written outside the checkout, no third party is asked."""

import os
import subprocess
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from therapytrack.settings import PROJECT_ROOT

BUILD_DIR = PROJECT_ROOT / ".build"
LOG_DIR = BUILD_DIR / "logs"

REFLEX_DEFAULTS = {
    "REFLEX_USE_NPM": "1",
    "REFLEX_CHECK_LATEST_VERSION": "false",
    "REFLEX_TELEMETRY_ENABLED": "false",
    "REFLEX_DIR": str(BUILD_DIR / "reflex"),
    # A dead connection is noticed in seconds, not minutes; a new version never reloads a page with typed text.
    "REFLEX_SOCKET_INTERVAL": "5s",
    "REFLEX_SOCKET_TIMEOUT": "5s",
    "REFLEX_AUTO_RELOAD_COOLDOWN": "900000h",
    # Lock files name no registry's address.
    "npm_config_omit_lockfile_registry_resolved": "true",
    "npm_config_audit": "false",
    "npm_config_fund": "false",
    "npm_config_update_notifier": "false",
}


def environment(base: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for Reflex, Node and npm: the scripts beside this Python come first on the path."""
    env = dict(os.environ if base is None else base)
    scripts = sysconfig.get_path("scripts")
    if scripts not in env.get("PATH", "").split(os.pathsep):
        env["PATH"] = scripts + os.pathsep + env.get("PATH", "")
    return {**REFLEX_DEFAULTS, **env}


def npm_registry(env: Mapping[str, str]) -> str:
    """The registry that npm is configured for; Reflex would otherwise probe two, one of them a third party's."""
    if given := env.get("NPM_CONFIG_REGISTRY"):
        return given
    command = ["npm", "config", "get", "registry"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, env=dict(env), cwd=PROJECT_ROOT)
    return answer.stdout.strip()


def npm_ci(lock_dir: Path, target: Path) -> list[str]:
    """The npm command that installs what `lock_dir` pins into `target`; the two lock files are copied there first."""
    target.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        (target / name).write_bytes((lock_dir / name).read_bytes())
    return ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(target)]
