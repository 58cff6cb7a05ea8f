"""The person's own settings: how she signs, her calendar feed, and the browsers in which she is signed in."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button
from therapytrack.components.feedback import banner
from therapytrack.components.forms import date_field, error_of, http_form, select_field, text_field, tick_field
from therapytrack.components.islands import FocusInvalid, copy_button
from therapytrack.components.layout import page_title
from therapytrack.components.settings_parts import settings_page
from therapytrack.components.status import tag
from therapytrack.domain.calendar_feed import SHOWS
from therapytrack.domain.us_states import US_STATES
from therapytrack.state.settings_profile import SettingsProfileState

State: Any = SettingsProfileState


def _form() -> rx.Component:
    given = {
        name: {"error": error_of(State.field_errors, name), "default_value": State.fields[name]}
        for name in ("name", "credential", "credential_until", "us_state")
    }
    return rx.el.form(
        banner(State.problem, "bad"),
        FocusInvalid.create(errors=State.field_errors),
        rx.el.div(
            rx.el.h2("Profile"),
            rx.el.p("You sign in as ", rx.el.span(State.email, class_name="b"), ".", class_name="t2 s13"),
        ),
        rx.el.div(
            text_field(
                "name", "Your name", hint="As it stands under your notes.", auto_complete="name", **given["name"]
            ),
            text_field(
                "credential",
                "Credential",
                optional=True,
                span="c6",
                placeholder="CCC-SLP",
                auto_complete="off",
                **given["credential"],
            ),
            date_field("credential_until", "Valid until", optional=True, span="c6", **given["credential_until"]),
            select_field(
                "us_state",
                "State or territory of your license",
                list(US_STATES.items()),
                **given["us_state"],
            ),
            tick_field(
                "single_keys",
                "Keys of one letter, number or sign",
                hint="For moving, marking and signing without a mouse. Switch them off if you dictate, or if keys are "
                "pressed by accident; Ctrl, Enter and Escape go on working.",
                default_checked=State.fields["single_keys"] != "",
            ),
            class_name="fields",
        ),
        rx.el.div(button("Save", "check", kind="pri", type="submit"), class_name="form-foot"),
        on_submit=State.save,
        class_name="card pad-l stack",
        key=State.form_key,
        no_validate=True,
        aria_label="Profile",
    )


def _sign_in(one: Any) -> rx.Component:
    end = button(
        "Sign out", small=True, on_click=State.end_sign_in(one.id), aria_label="Sign out there, since " + one.started
    )
    words = rx.el.span("Active ", one.active, ", until ", one.ends, class_name="sub-line")
    return rx.el.li(
        rx.el.div(rx.el.p("Since ", one.started, class_name="b"), words, class_name="grow"),
        rx.cond(one.here, tag("This browser", "info"), end),
        class_name="wrap",
    )


def _sign_ins() -> rx.Component:
    title = "Where you are signed in"
    everywhere = button("Sign out everywhere", "shield", type="submit")
    return rx.el.section(
        rx.el.div(rx.el.h2(title), class_name="panel-h"),
        rx.el.ul(rx.foreach(State.sign_ins, _sign_in), class_name="list"),
        rx.el.div(
            rx.el.p(
                "A browser that was not used for 30 minutes is signed out by itself. No names of devices are kept."
            ),
            http_form(everywhere, action="/auth/sign-out-everywhere", wipe=True),
            class_name="pad-m stack s13 t2 ruled",
        ),
        class_name="card clip",
        aria_label=title,
    )


def _password() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Password"),
        rx.el.p("A new password signs every other browser out, in every workspace.", class_name="s13 t2"),
        http_form(
            rx.el.div(
                text_field(
                    "current_password",
                    "Present password",
                    type="password",
                    span="c6",
                    auto_complete="current-password",
                    hint="The one that you use now.",
                ),
                text_field(
                    "new_password",
                    "New password",
                    type="password",
                    span="c6",
                    auto_complete="new-password",
                    hint="At least 15 characters: a sentence works well.",
                ),
                class_name="fields",
            ),
            rx.el.div(button("Change password", "key_round", type="submit"), class_name="form-foot"),
            action="/auth/password",
            class_name="stack",
        ),
        class_name="card pad-l stack",
        aria_label="Password",
    )


SUBSCRIBING = (
    ("iPhone", "in Calendar, tap Calendars, Add Calendar, Add Subscription Calendar, and paste the address."),
    ("Google", "on a computer, in Google Calendar, press + beside Other calendars, choose From URL, and paste it."),
    ("Outlook", "in Outlook on the web, in Calendar, press Add calendar, choose Subscribe from web, and paste it."),
)
"""How the three calendars that people have take an address. Google and Outlook fetch it from their own computers."""


def _steps() -> rx.Component:
    return rx.el.div(
        rx.el.h3("Put it into your calendar"),
        rx.el.ul(*[rx.el.li(rx.el.b(name), ": ", how) for name, how in SUBSCRIBING], class_name="stack tight"),
        rx.el.p(
            "Google and Outlook look for changes every few hours, and only at addresses that the internet can reach.",
            class_name="t2",
        ),
        class_name="stack tight s13",
    )


def _feed_address() -> rx.Component:
    field = rx.el.div(
        text_field(
            "feed_address",
            "Address of your feed",
            hint="It is shown this once. Whoever has it can read the feed: give it to your calendar program alone.",
            value=State.feed.address,
            read_only=True,
            auto_complete="off",
            aria_required="false",
        ),
        class_name="fields",
    )
    return rx.el.div(field, rx.el.div(copy_button("feed_address"), class_name="row wrap"), _steps(), class_name="stack")


def _feed() -> rx.Component:
    """Subscribing to one's own schedule from a calendar program."""
    live = State.feed.made != ""
    state = rx.cond(
        live,
        rx.el.p("Your feed was made ", State.feed.made, ". It shows ", State.feed.words, ".", class_name="s14"),
        rx.el.p("There is no feed.", class_name="s14"),
    )
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Calendar feed"),
            rx.el.p(
                "Your sessions of the next twelve months in the calendar on your telephone or computer, by a private "
                "address. It never shows a whole name, and ends with your place in this workspace.",
                class_name="s13 t2",
            ),
        ),
        state,
        rx.cond(State.feed.address != "", _feed_address(), rx.fragment()),
        rx.el.form(
            rx.el.div(
                select_field(
                    "shows",
                    "What it says of students",
                    list(SHOWS.items()),
                    span="c6",
                    error=error_of(State.field_errors, "shows"),
                ),
                class_name="fields",
            ),
            rx.el.div(
                button(rx.cond(live, "Make a new one, end this one", "Make a feed"), type="submit"),
                rx.cond(live, button("End the feed", kind="danger", on_click=State.end_feed), rx.fragment()),
                class_name="form-foot",
            ),
            on_submit=State.make_feed,
            class_name="stack",
            no_validate=True,
            aria_label="Calendar feed",
        ),
        class_name="card pad-l stack",
        id="calendar-feed",
        aria_label="Calendar feed",
    )


def settings_profile() -> rx.Component:
    """The page /settings/profile."""
    feed = rx.cond(State.has_feed, _feed(), rx.fragment())
    content = rx.fragment(_form(), feed, _password(), _sign_ins())
    return settings_page("Profile", State, State.form_key != "", content)


PAGE = {"route": "/settings/profile", "title": page_title("Settings"), "on_load": SettingsProfileState.enter}
