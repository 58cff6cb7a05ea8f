"""Makes the app: pages, HTTP routes, the error handler. Nothing else."""

import gc
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import reflex as rx
from starlette.applications import Starlette

from therapytrack import pages
from therapytrack.components.feedback import connection_overlay
from therapytrack.components.session_grid import tap_sender
from therapytrack.errors import TherapyTrackError
from therapytrack.routes import (
    activity_export,
    calendar_feed,
    calendar_file,
    files,
    goal_bank,
    minutes_export,
    renewal,
    reports,
    reset,
    taps,
)
from therapytrack.routes import exports as export_routes
from therapytrack.routes import invites as invite_routes
from therapytrack.routes import proof as proof_routes
from therapytrack.routes import sign_in as sign_in_routes
from therapytrack.routes.client import answer_error
from therapytrack.routes.edge import Edge
from therapytrack.services.file_sweep import remove_what_is_over
from therapytrack.services.pdf_workers import end_with_server
from therapytrack.services.report_batches import remove_expired
from therapytrack.state.failures import log_failure, quiet_framework_logs
from therapytrack.state.guard import GuardMiddleware
from therapytrack.state.sockets import guard_sockets

PAGES = [import_module(f"{pages.__name__}.{found.name}") for found in iter_modules(pages.__path__)]
FONT = "/fonts/source-sans-3-latin-wght-normal.woff2"  # the one that every page needs
ROUTE_PARTS: tuple[Any, ...] = (
    sign_in_routes,
    reset,
    proof_routes,
    renewal,
    invite_routes,
    taps,
    export_routes,
    reports,
    files,
    minutes_export,
    activity_export,
    calendar_file,
    calendar_feed,
    goal_bank,
)
ROUTES = tuple(route for part in ROUTE_PARTS for route in part.routes)


def settle() -> None:
    """What is loaded when the server starts stays until it ends. The garbage collector need not look through it again
    and again: that is two hundred thousand objects, and nobody's event goes on meanwhile."""
    gc.collect()
    gc.freeze()


quiet_framework_logs()
app = rx.App(
    api_transformer=[Starlette(routes=list(ROUTES), exception_handlers={TherapyTrackError: answer_error}), Edge],
    backend_exception_handler=log_failure,
    reset_style=False,
    stylesheets=["/tokens.css", "/app.css"],
    toaster=None,
    app_wraps={
        (5, "ConnectionNotice"): lambda stateful: connection_overlay() if stateful else None,
        (4, "TapSender"): lambda stateful: tap_sender() if stateful else None,
    },
    html_lang="en",
    head_components=[
        rx.el.link(rel="icon", href="/icon.svg", type="image/svg+xml"),
        rx.el.link(rel="preload", href=FONT, custom_attrs={"as": "font"}, type="font/woff2", cross_origin="anonymous"),
    ],
)
guard_sockets(app)
app.register_lifespan_task(settle)
app.register_lifespan_task(remove_expired)
app.register_lifespan_task(remove_what_is_over)
app.register_lifespan_task(end_with_server)
app.add_middleware(GuardMiddleware(), index=0)
for module in PAGES:  # each module of `pages` is one page: its function has the module's name
    app.add_page(getattr(module, module.__name__.rpartition(".")[2]), **module.PAGE)
