"""Goes through pages in a real browser and notes what none of ours may be: closed to some, heavy, broken, too wide."""

import gzip
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import product
from typing import Any, Final, Literal, TypeAlias

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]  # it ships no types
from django.conf import settings
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, ViewportSize, sync_playwright

from tests.edges.served_here import Answer, Served
from tests.journeys.conftest import CHROMIUM, QUIET

NARROW: Final[ViewportSize] = {"width": 360, "height": 740}
WIDE: Final[ViewportSize] = {"width": 1440, "height": 900}
MOST_BYTES: Final = 120 * 1024
Scheme: TypeAlias = Literal["light", "dark"]
Found: TypeAlias = dict[str, list[str]]
_OF_DOCUMENTS: Final = re.compile(r"/pages/[0-9]|/photographs/[0-9a-f]|/a/[^/]+/[0-9a-f]{64}/")
_EXPECTED: Final = re.compile("Service Worker registration blocked by Playwright")
_MINUTE: Final = 60_000


@dataclass(frozen=True, slots=True)
class Turn:
    """One way to look at a page."""

    language: str
    scheme: Scheme
    viewport: ViewportSize


_SCHEMES: Final[tuple[Scheme, ...]] = ("light", "dark")
TURNS: Final = [Turn(*one) for one in product(("zh-hans", "en"), _SCHEMES, (NARROW, WIDE))]


@dataclass(frozen=True, slots=True)
class Visit:
    """A page: where it is, who asks for it in which browser, and what it is called."""

    name: str
    served: Served
    address: str
    session: str = ""
    browser: str = ""
    status: int = 200


@dataclass(slots=True)
class Crawl:
    """``template_of`` says by which template an address was drawn: barriers are looked for once in each.

    Only the pages that ``is_shown`` says yes to, by their number, are shown; of the others their HTML is read.
    """

    template_of: Callable[[str], str]
    is_whole: bool = False
    is_shown: Callable[[int], bool] = lambda _at: True
    found: Found = field(default_factory=dict)
    weighed: dict[str, int] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)
    _told: list[str] = field(default_factory=list)
    _inspected: set[str] = field(default_factory=set)

    def go(self, visits: Iterable[tuple[Visit, Turn]]) -> None:
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
            context = chromium.new_context(viewport=NARROW, service_workers="block", reduced_motion="reduce")
            context.add_init_script(_WATCH)
            page = context.new_page()
            page.set_default_timeout(_MINUTE)
            page.on("console", lambda said: self._hear(said))  # noqa: PLW0108  the library writes on what it is given
            page.on("pageerror", lambda error: self._told.append(str(error)))
            try:
                for at, (visit, turn) in enumerate(visits):
                    self._enter(context, visit, turn)
                    is_shown = self.is_shown(at)
                    problems = self._look(page, visit, turn) if is_shown else self._read(context, visit)
                    if problems:
                        self.found[f"{visit.name} ({turn.language}, {turn.scheme})"] = problems
            finally:
                chromium.close()

    def _hear(self, said: ConsoleMessage) -> None:
        is_of_page = said.location.get("url") == said.page.url if said.page else False
        is_refusal = is_of_page and said.text.startswith("Failed to load resource: the server responded with")
        if said.type in {"error", "warning"} and not is_refusal and not _EXPECTED.search(said.text):
            self._told.append(said.text)

    def _enter(self, context: BrowserContext, visit: Visit, turn: Turn) -> None:
        cookies = {settings.SESSION_COOKIE_NAME: visit.session or "-", settings.LANGUAGE_COOKIE_NAME: turn.language}
        context.add_cookies(
            [{"name": name, "value": value, "url": visit.served.origin} for name, value in cookies.items()]
        )

    def _read(self, context: BrowserContext, visit: Visit) -> list[str]:
        headers = {"User-Agent": visit.browser} if visit.browser else {}
        answer = context.request.get(f"{visit.served.origin}{visit.address}", headers=headers)
        problems = [] if answer.status == visit.status else [f"answered {answer.status}"]
        self.read.append(visit.name)
        return [*problems, *without_script(answer.text())]

    def _look(self, page: Page, visit: Visit, turn: Turn) -> list[str]:
        address = f"{visit.served.origin}{visit.address}"
        page.emulate_media(color_scheme=turn.scheme)
        if visit.browser:
            page.set_extra_http_headers({"User-Agent": visit.browser})
        try:
            answer = page.goto(address)
        except Error as error:  # such as a file, which no page is
            return [f"not shown: {error.message}"]
        problems = [] if answer and answer.status == visit.status else [f"answered {answer and answer.status}"]
        shown: dict[str, Any] = page.evaluate(_SHOWN)
        problems += [*_too_wide(shown["width"], NARROW), *shown["broken"]]
        if turn.viewport is WIDE:
            page.set_viewport_size(WIDE)
            problems += _too_wide(page.evaluate("document.documentElement.scrollWidth"), WIDE)
        problems += self._barriers(page, visit)
        if turn.viewport is WIDE:
            page.set_viewport_size(NARROW)
        if visit.browser:
            page.set_extra_http_headers({})
        problems += self._weight(visit, shown["parts"])
        problems += without_script(_text(visit.served.answers[visit.address]))
        problems += [*page.evaluate("window.refusedByPolicy"), *self._told]
        page.goto("about:blank")  # some pages go on by themselves, and would do so while others are only read
        self._told.clear()
        return problems

    def _barriers(self, page: Page, visit: Visit) -> Sequence[str]:
        template = self.template_of(visit.address) or visit.name
        if template in self._inspected and not self.is_whole:
            return ()
        self._inspected.add(template)
        page.evaluate(AXE_SCRIPT)
        found: list[str] = page.evaluate(_BARRIERS)
        return found

    def _weight(self, visit: Visit, parts: Sequence[str]) -> Sequence[str]:
        loaded = {path for path in (visit.address, *parts) if not _OF_DOCUMENTS.search(path)}
        weight = {path: len(visit.served.answers[path].body) for path in loaded if path in visit.served.answers}
        self.weighed[visit.name] = sum(weight.values())
        return [f"{sum(weight.values())} bytes: {weight}"] if sum(weight.values()) > MOST_BYTES else []


def interactive(visits: Iterable[Visit], *, slower: int) -> Mapping[str, int]:
    """Return how many milliseconds after its last byte a page can be used, on a processor so many times slower."""
    found = {}
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        try:
            context = chromium.new_context(viewport=NARROW, service_workers="block")
            page = context.new_page()
            page.set_default_timeout(_MINUTE)
            session = context.new_cdp_session(page)
            session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
            started = ""
            for visit in visits:
                cookie = {"name": settings.SESSION_COOKIE_NAME, "value": visit.session or "-"}
                context.add_cookies([{**cookie, "url": visit.served.origin}])  # type: ignore[typeddict-item]  # it is one
                if visit.served.origin != started:  # what a browser starts for an origin is no page's
                    started = visit.served.origin
                    page.goto(f"{started}/nothing/")
                session.send("Network.clearBrowserCache")  # each as the first: with styles and scripts to come
                page.goto(f"{visit.served.origin}{visit.address}")
                found[visit.name] = round(page.evaluate(_INTERACTIVE))
        finally:
            chromium.close()
    return found


def _too_wide(width: int, viewport: ViewportSize) -> Sequence[str]:
    return [f"{width} px wide where {viewport['width']} are"] if width > viewport["width"] else []


def _text(answer: Answer) -> str:
    is_packed = dict(answer.headers).get("Content-Encoding") == "gzip"
    return (gzip.decompress(answer.body) if is_packed else answer.body).decode()


def without_script(html: str) -> list[str]:
    """Return what the page as it was sent lacks for whoever runs no script."""
    reading = _Plain()
    reading.feed(html)
    return [*([] if reading.heading.strip() else ["no heading without script"]), *reading.dead]


class _Plain(HTMLParser):
    """Reads what is shown before any script ran: the heading, buttons that nothing hears, forms that cannot be sent."""

    def __init__(self) -> None:
        super().__init__()
        self.heading = ""
        self.dead: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._form: str | None = None
        self._is_filled_in = self._can_send = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag not in _VOID:
            self._open.append((tag, "hidden" in said or tag == "template"))
        if self._is_hidden():
            return
        if tag == "form":
            self._form, self._is_filled_in, self._can_send = str(said.get("action", "")), False, False
        self._is_filled_in |= tag in {"select", "textarea"} or (tag == "input" and said.get("type") != "hidden")
        if (tag == "button" and said.get("type", "submit") == "submit") or (
            tag == "input" and said.get("type") in {"submit", "image"}
        ):
            self._can_send = True
        self._can_send |= tag == "noscript"  # which says so
        if tag == "button" and said.get("type") == "button" and "hidden" not in said:
            self.dead.append(f"a button that does nothing without script: {said}")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._form is not None:
            if self._is_filled_in and not self._can_send:
                self.dead.append(f"a form that cannot be sent without script: {self._form}")
            self._form = None
        while self._open and tag in {name for name, _ in self._open} and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if any(name == "h1" for name, _ in self._open) and not self._is_hidden():
            self.heading += data

    def _is_hidden(self) -> bool:
        return any(is_hidden for _, is_hidden in self._open)


def kinds(found: Mapping[str, list[str]]) -> set[str]:
    """Return of what kind the problems are."""
    return {re.sub(":.*|[0-9]+ ?", "", problem).strip() for problems in found.values() for problem in problems}


_VOID: Final = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "path"]
)
_WATCH: Final = """
window.refusedByPolicy = [];
addEventListener("securitypolicyviolation", (event) =>
  window.refusedByPolicy.push(`policy: ${event.effectiveDirective} ${event.blockedURI}`));
"""
_SHOWN: Final = """() => {
  for (const one of document.querySelectorAll("details")) one.open = true;
  return {
    width: document.documentElement.scrollWidth,
    broken: [...document.images].filter((one) => one.complete && !one.naturalWidth)
      .map((one) => `no picture: ${one.src}`),
    parts: performance.getEntriesByType("resource").map((one) => one.name.replace(location.origin, "")),
  };
}"""
_INTERACTIVE: Final = """() => {
  const [one] = performance.getEntriesByType("navigation");
  return one.domContentLoadedEventEnd - one.responseEnd;
}"""
_BARRIERS: Final = """axe.run({ resultTypes: ["violations"], preload: false }).then((found) =>
  found.violations.map((one) => `${one.id}: ${one.nodes.length} ${one.nodes[0].html.slice(0, 200)}`))"""
