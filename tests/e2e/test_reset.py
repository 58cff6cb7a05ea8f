"""A forgotten password in a browser: from the sign-in page by a letter back to the caseload."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.demo import PATIENCE_MS, Ear
from tests.e2e.servers import Server
from tests.e2e.test_team import letter_to
from therapytrack.services.demo_accounts import DEMO_ACCOUNTS

pytestmark = pytest.mark.e2e
BETTER = "seven quiet harbors wait"


def set_new_password(page: Page, link: str, password: str) -> None:
    page.goto(link)
    page.get_by_label("New password").fill(password)
    page.get_by_role("button", name="Set the password").click()


def test_a_member_who_forgot_her_password_comes_back_by_a_letter(own_server: Server, context: BrowserContext) -> None:
    page, email = context.new_page(), DEMO_ACCOUNTS["clinician"].email
    page.set_default_timeout(PATIENCE_MS)
    ear = Ear(page)
    page.goto(f"{own_server.url}/sign-in/")
    page.get_by_role("link", name="Forgot password?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Forgot your password?")
    page.get_by_label("Email").fill("nonsense")
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("alert").filter(has_text="email address like")).to_be_visible()
    page.get_by_label("Email").fill(email)
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mailbox")
    (link,) = re.findall(r"http\S+/reset/\S+", letter_to(own_server, email))
    set_new_password(page, link, "short")
    expect(page.get_by_role("alert").filter(has_text="15 characters")).to_be_visible()
    expect(page.get_by_label("New password")).to_have_value("short")
    set_new_password(page, link, BETTER)
    expect(page.get_by_text("Your new password is set")).to_be_visible()
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(BETTER)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(re.compile(r"/today/?$"))
    page.context.clear_cookies()
    page.goto(link)
    expect(page.get_by_text("This link cannot be used")).to_be_visible()
    assert ear.heard == []
