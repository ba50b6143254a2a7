"""The web view in a real browser: every page, by keys and by pointer, in light, dark and small."""

from __future__ import annotations

import shutil
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.record import Archive

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What else may differ where it is dark, or small.
ASKED = {"light": EVERYTHING, "dark": ["color-contrast"], "phone": ["target-size", "color-contrast", "scrollable-region-focusable", "meta-viewport"]}  # fmt: skip # noqa: E501
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Start the system's Chromium once, with a profile of its own."""
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


def _open(browser: Any, view: str, **options: Any) -> Any:
    given = {"viewport": WIDE, "timezone_id": "Asia/Tokyo", "base_url": view} | options
    page = browser.new_context(**given).new_page()
    page.set_default_timeout(20_000)
    page.troubles = []
    page.on("console", lambda said: page.troubles.append(said.text))
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    return page


def _addresses(archive: Archive) -> list[str]:
    last = archive.history(["lantern-privacy"])[0].id
    third = archive.history(["lantern-privacy"])[1].id
    arabic = archive.history(["sahara-privacy"])[0].id
    return [
        "/",
        "/changes",
        "/feeds",
        "/search?q=records",
        "/sources/lantern-privacy",
        "/sources/sahara-privacy",
        "/sources/blocked",
        f"/changes/{third}",
        f"/changes/{last}?view=side",
        f"/changes/{last}?view=unified",
        f"/changes/{arabic}",
        "/sources/lantern-privacy/compare?from=1&to=4",
        "/sources/lantern-privacy/versions/3",
        "/sources/lantern-privacy/versions/4?blame=1",
        "/nothing",
    ]


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_pages_are_accessible_and_quiet(
    browser: Any, view: str, filled: Archive, look: str
) -> None:
    """axe-core finds nothing against WCAG 2.2 AA on any page; nothing fails or overflows."""
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
    scheme = "dark" if look == "dark" else "light"
    options = {"viewport": PHONE if look == "phone" else WIDE, "color_scheme": scheme}
    # The rules are put in by the test; a page would not be allowed to.
    page = _open(browser, view, bypass_csp=True, reduced_motion="reduce", **options)
    faults = {}
    for address in _addresses(filled):
        page.goto(address)
        page.evaluate(axe)
        found = page.evaluate("only => axe.run({runOnly: only})", ASKED[look])
        faults |= {
            (address, one["id"]): [node["html"][:200] for node in one["nodes"]]
            for one in found["violations"]
        }
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        if page.evaluate(wide) > 0:
            faults[address, "scrolls sideways"] = []
    assert faults == {}
    assert [said for said in page.troubles if "404" not in said] == []


def test_keys_walk_through_passages_and_views(browser: Any, view: str, filled: Archive) -> None:
    """J and k lead from passage to passage, u to the unified diff and back, brackets further."""
    second = filled.history(["lantern-privacy"])[1].id
    page = _open(browser, view)
    page.goto(f"/changes/{second}")
    places = []
    for key in "jjk":
        page.keyboard.press(key)
        places.append(page.evaluate("document.activeElement.id"))
    assert places == ["p1", "p2", "p1"]
    page.keyboard.press("u")
    page.wait_for_url("**view=unified")
    assert page.locator("pre.unified ins").count() > 0
    page.keyboard.press("u")
    page.wait_for_url("**view=inline")
    page.keyboard.press("]")
    page.wait_for_url(f"**/changes/{second + 1}?view=inline")
    page.keyboard.press("[")
    page.wait_for_url(f"**/changes/{second}?view=inline")
    page.goto("/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sources/*")
    assert page.troubles == []


def test_a_reader_finds_her_way(browser: Any, view: str) -> None:
    """From the overview to a source, a change, its folded rest, a finding's words, a version."""
    page = _open(browser, view)
    page.goto("/")
    page.fill('.filters input[name="text"]', "lantern")
    page.click(".filters button")
    assert page.locator(".source-row").count() == 1
    page.click(".source-row .head")
    page.locator(".change-row .head").last.click()
    page.wait_for_url("**/changes/*")
    fold = page.locator("details.fold").first
    fold.locator("summary").click()
    assert fold.locator(".folded p").first.is_visible()
    page.click('a[href="#f2"]')
    assert page.locator("mark#f2").is_visible()
    page.click("text=Side by side")
    assert page.locator(".pair .old del").first.is_visible()
    page.click(".more-tools summary")
    with page.expect_download() as download:
        page.click("text=new capture")
    assert download.value.suggested_filename == "lantern-privacy-2.txt"
    page.click("text=version 2 >> nth=0")
    assert page.locator(".prose h2").first.inner_text() == "Privacy policy"
    page.fill("#on", "2025-08-10")
    page.click("main button")
    assert "In force on 2025-08-10" in page.inner_text("main")
    assert page.troubles == []


def test_times_are_the_readers_own(browser: Any, view: str) -> None:
    """An instant is shown by the clock of whoever looks, and in UTC without a script."""
    local, plain = _open(browser, view), _open(browser, view, java_script_enabled=False)
    local.goto("/sources/lantern-privacy")
    plain.goto("/sources/lantern-privacy")
    shown = local.locator("time[data-show=minute]").first
    assert shown.get_attribute("datetime") == "2026-05-03T09:30:00Z"
    assert shown.inner_text() == "2026-05-03 18:30"
    assert plain.locator("time[data-show=minute]").first.inner_text() == "2026-05-03 09:30"
    assert "Asia/Tokyo" in local.inner_text("footer")


def test_right_to_left_policies_read_right_to_left(
    browser: Any, view: str, filled: Archive
) -> None:
    """Their words run from the right; the page around them does not."""
    page = _open(browser, view)
    page.goto(f"/changes/{filled.history(['sahara-privacy'])[0].id}")
    direction = "element => getComputedStyle(element).direction"
    assert page.locator(".passage p").first.evaluate(direction) == "rtl"
    assert page.locator(".facts").evaluate(direction) == "ltr"
    page.goto("/sources/sahara-privacy/versions/1")
    assert page.locator(".prose p").first.evaluate(direction) == "rtl"


def test_hostile_policies_run_nothing(browser: Any, view: str, filled: Archive) -> None:
    """No script runs, of a policy on any page that shows its words, or of an address asked for."""
    page = _open(browser, view)
    page.on("dialog", lambda dialog: page.troubles.append(dialog.message))
    change = filled.history(["hostile-terms"])[0].id
    evil = quote("\"'></title></script><script>alert(9)</script><img src=x onerror=alert(9)>")
    shown = (
        "/", "/changes", "/sources/hostile-terms", f"/changes/{change}",
        f"/changes/{change}?view=side", f"/changes/{change}?view=unified",
        "/sources/hostile-terms/versions/2", "/sources/hostile-terms/versions/2?blame=1",
        "/sources/hostile-terms/compare?from=1&to=2", "/search?q=alert", "/feeds",
        f"/?text={evil}", f"/search?q={evil}", f"/changes?site={evil}",
    )  # fmt: skip
    for address in shown:
        answer = page.goto(address)
        assert answer.status == 200, address
        page.mouse.move(300, 400)
        for link in page.locator("a[href]").all():
            assert not str(link.get_attribute("href")).startswith("javascript:"), address
    assert page.troubles == []
    for address in (f"/changes/{change}?view={evil}", f"/sources/{evil}", f"/{evil}"):
        page.goto(address)
    assert [said for said in page.troubles if " 4" not in said] == []
