"""Somebody before a screen: what they do, and what every page they see must keep."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it ships no types
from playwright.sync_api import Browser, Page, ViewportSize

PHONE: ViewportSize = {"width": 360, "height": 740}
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
# The browser says this of every page that is refused; the page says the rest.
_EXPECTED = (
    "Failed to load resource: the server responded with a status of 4",
    "Failed to load resource: net::ERR_INTERNET_DISCONNECTED",  # where a test takes the network away
)


@dataclass(frozen=True, slots=True)
class Hands:
    page: Page
    url: str
    complaints: list[str]
    has_script: bool

    def open(self, path: str) -> None:
        self.page.goto(f"{self.url}{path}")
        self.look()

    def enter(self, login: str) -> None:
        """Sign in as one of the demo's cast."""
        self.open("/sign-in/")
        self.press(f"button[value={login}]")

    def leave(self) -> None:
        self.open("/mine/")
        self.press("main form button")

    def press(self, selector: str) -> None:
        with self.page.expect_navigation():
            self.page.click(selector)
        self.look()

    def hand_in(self, data: bytes, *, name: str) -> None:
        """Choose a file and send it, which is all there is in the form."""
        self.choose(data, name=name)
        self.page.click("form.upload button.main-action")

    def choose(self, data: bytes, *, name: str) -> None:
        self.page.set_input_files("input[type=file]", {"name": name, "mimeType": "application/pdf", "buffer": data})

    def send_by_hand(self, path: str, **fields: str) -> None:
        """Send a form that the page does not offer, with the page's own token."""
        said = {"command_id": str(uuid4()), **fields}
        with self.page.expect_navigation():
            self.page.evaluate(_FORGE, [path, said])
        self.look()

    def saved(self, selector: str) -> tuple[str, bytes]:
        """Download what the link leads to; return its name and content."""
        with self.page.expect_download() as download:
            self.page.click(selector)
        return download.value.suggested_filename, download.value.path().read_bytes()

    def look(self) -> None:
        """Keep what every page must: it fits. Whom it shuts out is asked of every page by a crawl (tests/edges)."""
        self.page.wait_for_load_state()
        if not self.has_script:
            return  # nobody can be asked
        assert self.page.viewport_size is not None
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= self.page.viewport_size["width"], f"{self.page.url} is {width} px wide"

    def barriers(self) -> list[str]:
        self.page.wait_for_load_state()  # colours are judged as the style sheets have them
        found: list[dict[str, Any]] = Axe().run(self.page).response["violations"]
        return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]


@contextmanager
def hands(
    browser: Browser,
    url: str,
    *,
    viewport: ViewportSize,
    language: str,
    scheme: str = "light",
    has_script: bool = True,
) -> Iterator[Hands]:
    """Give a browser window of one's own; at its end, the browser must have had nothing to complain about."""
    context = browser.new_context(
        viewport=viewport,
        locale={"zh-hans": "zh-CN", "en": "en-GB"}[language],
        color_scheme="dark" if scheme == "dark" else "light",
        has_touch=viewport is PHONE,
        java_script_enabled=has_script,
    )
    page, complaints = context.new_page(), list[str]()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: (
            complaints.append(f"{said.text} {said.location.get('url', '')} on {page.url}")
            if said.type in {"error", "warning"} and not said.text.startswith(_EXPECTED)
            else None
        ),
    )
    try:
        yield Hands(page, url, complaints, has_script)
        assert complaints == [], complaints
    finally:
        context.close()


_FORGE = """([path, said]) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = path;
  const token = document.querySelector("input[name=csrfmiddlewaretoken]").value;
  for (const [name, value] of Object.entries({ ...said, csrfmiddlewaretoken: token })) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}"""
