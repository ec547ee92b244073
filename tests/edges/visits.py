"""What a crawl goes to: every page as somebody who sees it, the approval page, and one with all faults."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.test.client import ClientHandler
from django.test.signals import template_rendered
from django.urls import reverse

from privyseal import web
from privyseal.approval_page.enrolling import Enrol
from privyseal.approval_page.keeping import Kept
from privyseal.approval_page.site import Site
from privyseal.signer.passkeys import Page, web_text
from tests.approval_page.asked import CONTRACT, OTHER, ask_for, digest, use_of
from tests.edges.access import NOBODY, Row, table
from tests.edges.crawl import Crawl, Turn, Visit
from tests.edges.scene import ABOUT, SENT, Scene
from tests.edges.served_here import Answer, Answering, Environ, Here, Served, serving

ROLES, ROWS = table()
# Who looks at a page, of those who may: whoever comes first.
READERS: Final = ("zhao", "chen", "zhou", "wang", "sun", "he", "li", "ma", "gu", "tian", "lu", "bai", "qiu", NOBODY)

# Routes of the table that are no page of ours, and why.
_WHY_NOT: Final[Mapping[str, str]] = {
    "is a file, a picture or a table to take along": """
        applications-file asset attachment-file attachment-page campaign-file certificate-asked company-new-licence
        company-proof document document-page document-photograph evidence-pack evidence-report face-preview
        filing-scan filing-transfer-file filings-file group-campaign-file idle-file impression-page import-template
        incidents-file machines-file people-file stock-takes-file take-outs-file
        mandate-paper month-pack power-file register-file register-seals-file scan-file seal-face seal-photo sealed
        seals-file sheet-code stamped-page stamped-page-small statistics-file stock-take-file totp-picture""",
    "speaks to programs": """
        authority certificate-chain checkpoint device-authority device-manifest device-revocations
        healthz issuer ledger-entries ledger-tile log-key metrics ocsp-asked
        paper-certificates paper-manifest
        readyz revocations status-feed status-json status-keys status-published""",
    "leads on to another page": """
        approval-back approval-passkey-confirmed approval-passkey-made charter-agreed charter-of-all-agreed
        link-provider-start own-yes-back provider-back provider-sign-in rosters-agreed second-step
        impression-agreed mounting-agreed unlocking-agreed""",
    "answers with a file, and until there is one with the page of refusals": "fact-receipt printed-receipt receipt",
    # Pages that nobody in the scene gets.
    "asks for a second factor, with an act that waits for it: tests/journeys/test_passkey.py": "confirm",
    "needs a machine that shows a picture just now: tests/edges/test_confirming.py": "impression",
    "needs a provider of identities: tests/edges/test_provider.py": "link-provider",
    "tells programs and people that nothing is there; of the same template as what is refused": "paper-code",
}
NO_PAGES: Final = {route: why for why, routes in _WHY_NOT.items() for route in routes.split()}
_TEMPLATES: Final = Path(web.__file__).parent / "templates"
# Templates that no page which is only read is drawn by, and why.
UNSEEN: Final[Mapping[str, str]] = {
    "web/apply_use_category.html": "several categories are in force: tests/edges/test_categories.py",
    "web/approved.html": "the answer to the vote that decides: tests/journeys/test_contract.py",
    "web/broken.html": "something broke: tests/edges/test_errors.py",
    "web/cabinet_code.html": "a code opens a cabinet: tests/edges/test_cabinets.py",
    "web/code_half.html": "half of a code is shown to who asked for it: tests/edges/test_machine_uses.py",
    "web/confirm.html": "an act waits for a second factor: tests/journeys/test_passkey.py",
    "web/entry_code.html": "a code is shown once, where it was asked for: tests/journeys/test_days.py",
    "web/impression.html": "a machine shows a picture just now: tests/edges/test_confirming.py",
    "web/link_provider.html": "there is a provider of identities: tests/edges/test_provider.py",
    "web/paper_code.html": "a signed code of a paper is read: tests/edges/test_paper_codes.py",
    "web/recovery_codes.html": "codes are shown once, after a factor was enrolled: tests/edges/test_factors.py",
    "web/second_step.html": "a password was right and a factor is asked: tests/edges/test_factors.py",
}
_ASKED: Final = {"apply-use-terms"}  # what its form sends is also asked for, such as the category
# Pages beside the table: what is refused, and what is not there.
_BESIDE: Final = {("/nowhere/", "wang"): 404, ("/nowhere/", NOBODY): 404, ("/record/", "wang"): 403}

_FAULTS: Final = f"""<!doctype html><html lang="en"><head><title>Faults</title></head><body><main>
<pre>{"wide " * 200}</pre><script>document.title = "inline"</script><img src="/nothing.png">
<form action="/sent/"><input aria-label="words"><button type="button">dead</button></form>
<script src="/heavy.js"></script></main></body></html>"""
FAULTS: Final = {
    "px wide where are",
    "policy",
    "no picture",
    "image-alt",
    "no heading without script",
    "a button that does nothing without script",
    "a form that cannot be sent without script",
    "bytes",
    "Error",
}


@dataclass(slots=True)
class Walked:
    """All origins, as a crawl goes to them."""

    here: Here
    product: Served
    approval: Served
    faulty: Served
    site: "ApprovalSite"
    templates: dict[str, str] = field(default_factory=dict)
    rendered: set[str] = field(default_factory=set)

    def crawl(
        self,
        visits: Sequence[tuple[Visit, Turn]],
        *,
        is_whole: bool = False,
        is_shown: Callable[[int], bool] = lambda _at: True,
    ) -> Crawl:
        crawl = Crawl(lambda address: self.templates.get(address, ""), is_whole=is_whole, is_shown=is_shown)
        self.here.until(lambda: crawl.go(visits))
        return crawl


class ApprovalSite:
    """The approval page itself, with what is asked of it."""

    def __init__(self, origin: str) -> None:
        self._kept = Kept()
        self._site = Site(self._kept, lambda: datetime.now(UTC), own=Page(origin), home="http://localhost:8000")

    def answer(self, environ: Environ) -> Answer:
        started: list[Any] = []
        body = b"".join(self._site(environ, lambda status, headers: started.extend((status, headers))))
        return Answer(int(started[0].split()[0]), tuple(started[1]), body)

    def visits(self, served: Served, language: str) -> Iterator[Visit]:
        at = datetime.now(UTC)
        first, second = (self._asked(language, at) for _ in range(2))
        yield Visit("approval page, where no passkey works", served, f"/o/{first}", browser="MicroMessenger/8.0")
        yield Visit("approval page", served, f"/a/{self._kept.open(second, at)}")
        enrol = Enrol(
            person="11" * 16,
            name="李批",
            login="li",
            challenge=web_text(os.urandom(32)),
            excluded=(),
            language=language,
            back="/mine/",
            context="signed-note",
        )
        code, _ = self._kept.begin(enrol, at)
        yield Visit("approval page, enrolment", served, f"/a/{self._kept.open(self._kept.ready(code, at), at)}")
        yield Visit("approval page, nothing there", served, f"/a/{web_text(os.urandom(32))}", status=404)

    def close(self) -> None:
        """Let go of all documents, as the page does with what is over."""
        self._kept.begin(ask_for(use_of(OTHER)), datetime.now(UTC) + timedelta(days=1))

    def _asked(self, language: str, at: datetime) -> str:
        """Return the code of an ask whose document is there."""
        code, _ = self._kept.begin(ask_for(use_of(CONTRACT), language=language), at)
        self._kept.hand_over(code, digest(CONTRACT), CONTRACT, at)
        return self._kept.ready(code, at)


@contextmanager
def walked() -> Iterator[Walked]:
    """Serve all origins: the product out of the thread that calls, whose transaction it sees."""
    here, sites, hosts = Here(), list[ApprovalSite](), settings.ALLOWED_HOSTS
    product = _Product()

    def site(origin: str) -> Answering:
        sites.append(ApprovalSite(origin))
        return sites[0].answer

    settings.ALLOWED_HOSTS = [*hosts, "localhost"]
    template_rendered.connect(product.notes)
    try:
        with ExitStack() as stack:
            yield Walked(
                here,
                product=stack.enter_context(serving(lambda _: here.done_here(product))),
                approval=stack.enter_context(serving(site)),
                faulty=stack.enter_context(serving(_faulty)),
                site=sites[0],
                templates=product.templates,
                rendered=product.rendered,
            )
    finally:
        sites[0].close()
        template_rendered.disconnect(product.notes)
        settings.ALLOWED_HOSTS = hosts


class _Product:
    """The web application, which notes by which template it drew each address."""

    def __init__(self) -> None:
        self._handler = ClientHandler()
        self.templates: dict[str, str] = {}
        self.rendered: set[str] = set()
        self._path = ""

    def __call__(self, environ: Environ) -> Answer:
        query = environ["QUERY_STRING"]
        self._path = f"{environ['PATH_INFO']}{'?' if query else ''}{query}"
        answer = self._handler(environ)
        body = b"".join(answer)  # whole or in parts, an answer yields what it is made of
        cookies = (("Set-Cookie", cookie.output(header="")) for cookie in answer.cookies.values())
        return Answer(answer.status_code, (*answer.headers.items(), *cookies), body)

    def notes(self, template: Any, **_: object) -> None:  # noqa: ANN401  Django's signal has no types
        self.rendered.add(str(template.name))
        self.templates.setdefault(self._path, str(template.name))


def _faulty(_origin: str) -> Answering:
    def answer(environ: Environ) -> Answer:
        path, policy = environ["PATH_INFO"], ("Content-Security-Policy", "script-src 'self'")
        if path == "/heavy.js":
            return Answer(
                200, (("Content-Type", "text/javascript"),), b"//" + b"x" * 130_000 + b"\nthrow Error('Error')"
            )
        if path == "/":
            return Answer(200, (("Content-Type", "text/html"), policy), _FAULTS.encode())
        return Answer(404, (), b"")

    return answer


def of_all(
    scene: Scene, keys: Mapping[str, str], walked: Walked, turn_of: Callable[[int], Turn]
) -> list[tuple[Visit, Turn]]:
    """Return every page with the turn in which it is looked at."""
    rows = [row for row in ROWS if row.method == "GET" and row.route not in NO_PAGES and "yes" in row.cells]
    visits = [_visit(row, scene, keys, walked.product) for row in rows]
    visits += [
        Visit(f"{path} of {role}", walked.product, path, keys.get(role, ""), status=status)
        for (path, role), status in _BESIDE.items()
    ]
    turns = [(visit, turn_of(at)) for at, visit in enumerate(visits)]
    languages = {language: list(walked.site.visits(walked.approval, language)) for language in ("zh-hans", "en")}
    first = len(visits)
    for at in range(len(languages["en"])):
        turn = turn_of(first + at)
        turns.append((languages[turn.language][at], turn))
    return turns


def _visit(row: Row, scene: Scene, keys: Mapping[str, str], served: Served) -> Visit:
    role = next(role for role in READERS if row.cells[ROLES.index(role)] == "yes")
    address = reverse(row.route, kwargs=ABOUT[row.about](scene))
    is_sent = any(one.route == row.route and one.method != "GET" for one in ROWS) and row.route not in _ASKED
    said = SENT[row.route](scene) if row.route in SENT and not is_sent else {}
    query = urlencode({name: text for name, text in said.items() if isinstance(text, str)})
    return Visit(f"{row} of {role}", served, f"{address}?{query}" if query else address, keys.get(role, ""))


def unseen(rendered: Iterable[str]) -> set[str]:
    """Return the pages' templates that are not among those that were rendered."""
    pages = {path.relative_to(_TEMPLATES).as_posix() for path in (_TEMPLATES / "web").glob("*.html")}
    return pages - set(rendered)
