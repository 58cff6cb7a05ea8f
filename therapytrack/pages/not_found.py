"""An address that leads nowhere."""

import reflex as rx

from therapytrack.components.feedback import not_found_panel
from therapytrack.components.layout import page_title


def not_found() -> rx.Component:
    """What every address without a page of its own shows."""
    return rx.el.main(rx.el.h1("No such page", class_name="sr"), not_found_panel(), id="main", class_name="main")


PAGE = {"route": "404", "title": page_title("Not found")}
