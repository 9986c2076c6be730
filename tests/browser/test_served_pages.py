"""The pages of the server in a browser: what-if by keyboard and slider, claims, rule files, no scripts, small windows."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from test_every_page import TOO_WIDE, findings
from window import Browser, becomes

from screener.io.package_data import TEMPLATES_FOLDER

pytest.importorskip("uvicorn", reason="the extra serve is not installed")
FIXTURES = TEMPLATES_FOLDER.parent / "fixtures"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Returns the address of a running server for three profiles, with its token."""
    folder = tmp_path_factory.mktemp("served")
    for name in ("nvidia", "openai", "oracle"):
        shutil.copy(FIXTURES / f"{name}.json", folder)
    command = [sys.executable, "-I", "-m", "screener", "serve", str(folder), "--write", "--pack", "ai-era"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    assert running.stdout is not None
    try:
        yield re.findall(r"http://\S+", running.stdout.readline())[0]
    finally:
        running.terminate()
        running.communicate()


@pytest.fixture
def tab(browser: Browser, address: str) -> Iterator[Any]:
    context = browser.context()
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


def path(page: Any) -> str:
    return "/" + str(page.url).split("/", 3)[3]


def test_the_token_leaves_the_address_and_a_company_opens(tab: Any) -> None:
    becomes(tab, lambda: path(tab), "/")
    tab.get_by_role("link", name="Oracle").first.click()
    becomes(tab, lambda: path(tab), "/company/oracle")


def test_what_if_by_keyboard(tab: Any, address: str) -> None:
    tab.goto(address.replace("/?", "/company/oracle?"))
    tab.locator("[name=total_debt]").focus()
    tab.keyboard.type("10e9")
    tab.keyboard.press("Enter")
    becomes(tab, lambda: "total_debt=10e9" in path(tab), True)
    tab.get_by_text("as assumed").wait_for()
    assert tab.locator("[name=total_debt]").input_value() == "10e9"


def test_a_slider_sets_its_field_and_screens_again(tab: Any, address: str) -> None:
    tab.goto(address.replace("/?", "/company/oracle?"))
    slider = tab.locator("[name=total_debt] + [type=range]")
    slider.focus()
    tab.keyboard.press("Home")
    becomes(tab, lambda: "total_debt=0" in path(tab), True)


def test_a_slider_keeps_the_focus_and_shows_the_answer_beside_it(tab: Any, address: str) -> None:
    tab.goto(address.replace("/?", "/company/oracle?"))
    slider = tab.locator("[name=total_debt] + [type=range]")
    slider.focus()
    for _ in range(3):
        tab.keyboard.press("ArrowLeft")
    tab.get_by_text("as assumed").wait_for()
    becomes(tab, lambda: "total_debt=89822000000" in path(tab), True)
    assert tab.evaluate("document.activeElement.type") == "range"
    tab.reload()
    assert slider.input_value() == "-3"


def test_a_rule_is_tried_while_it_is_edited(tab: Any, address: str) -> None:
    tab.goto(address.replace("/?", "/rules?rule=circular-financing&"))
    text = tab.get_by_label("Rule file")
    text.fill(text.input_value().replace("value: 3", "value: 4"))
    tab.get_by_text("2 examples are not as expected").wait_for()
    assert tab.locator("#live-examples .critical").count() == 2


def test_a_file_is_dropped(tab: Any, address: str) -> None:
    tab.goto(address.replace("/?", "/add?"))
    dropped = tab.evaluate_handle("""() => {
        const all = new DataTransfer()
        all.items.add(new File(['{"name": "Dropped"}'], 'dropped.json'))
        return all
    }""")
    tab.dispatch_event("body", "drop", {"dataTransfer": dropped})
    tab.get_by_role("heading", name="Dropped").wait_for()


@pytest.mark.parametrize("width", [1280, 390])
def test_a_shock_by_keyboard_is_answered_beside_its_form(browser: Browser, address: str, axe: str, width: int) -> None:
    context = browser.context(width=width)
    page = context.new_page()
    page.goto(address.replace("/?", "/shock?"))
    page.locator("[name=if]").focus()
    page.keyboard.type("openai: stops paying")
    page.get_by_role("heading", name="Before and after").wait_for()
    becomes(page, lambda: "if=openai" in path(page), True)
    assert page.locator("[name=if]").evaluate("field => field === document.activeElement")
    assert page.locator("svg").count() > 0, "the payments are drawn"
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert findings(page, axe) == []
    assert page.evaluate(TOO_WIDE) == [0]
    context.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_what_is_shown_after_a_change_is_accessible(browser: Browser, address: str, axe: str, width: int) -> None:
    context = browser.context(width=width)
    page = context.new_page()
    page.goto(address.replace("/?", "/company/oracle?"))
    page.locator("[name=total_debt]").fill("10e9")
    page.get_by_text("as assumed").wait_for()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert findings(page, axe) == []
    assert page.evaluate(TOO_WIDE) == [0]
    context.close()


def test_a_claim_is_added_and_used(tab: Any, address: str) -> None:
    tab.goto(address.replace("/?", "/company/nvidia?"))
    tab.get_by_label("Figure", exact=True).select_option("cash")
    tab.get_by_label("Value", exact=True).fill("43e9")
    tab.get_by_label("Title of the source").fill("Annual report")
    tab.get_by_role("button", name="Save the claim").click()
    tab.get_by_text("Written: nvidia.json").wait_for()
    tab.goto(address.replace("/?", "/company/nvidia?"))
    assert "now 43 bn" in tab.content()


def test_a_rule_file_is_checked(tab: Any, address: str) -> None:
    tab.goto(address.replace("/?", "/rules?"))
    tab.get_by_label("Rule file").fill("rule: [")
    tab.get_by_role("button", name="Check").click()
    tab.get_by_role("alert").get_by_text("is not YAML").wait_for()


def test_reading_and_what_if_need_no_script(browser: Browser, address: str) -> None:
    context = browser.context(scripts=False, width=390)
    page = context.new_page()
    page.goto(address.replace("/?", "/company/oracle?total_debt=10e9&"))
    assert "as assumed" in page.content()
    page.locator("[name=revenue]").fill("90e9")
    page.get_by_role("button", name="Screen again").click()
    page.wait_for_url("**revenue=90e9**")
    context.close()
