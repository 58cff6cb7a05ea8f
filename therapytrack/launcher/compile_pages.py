"""Compile the pages and bundle them, in a process of its own (`python -m therapytrack.launcher.compile_pages`).

Reflex's own `init` command also writes files into the checkout and fetches one from the network; these are its
parts that a build needs, for exactly the pinned version.
"""

import os

from reflex.utils import frontend_skeleton, prerequisites
from reflex.utils.export import export
from reflex_base import constants

from therapytrack.settings import PROJECT_ROOT


def main() -> None:
    """Prepare `.web` when it is missing or of another version, compile, bundle."""
    os.chdir(PROJECT_ROOT)
    prerequisites.initialize_reflex_user_directory()
    if prerequisites.needs_reinit():
        prerequisites.initialize_frontend_dependencies()
        frontend_skeleton.initialize_web_directory()
    export(zipping=False, frontend=True, backend=False, env=constants.Env.PROD, prerender_routes=True)


if __name__ == "__main__":
    main()
