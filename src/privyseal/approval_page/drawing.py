"""The approval page as HTML: what is asked in words, every page as an image, and one button. Nothing inline."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from html import escape
from typing import Final

from privyseal.approval_page import saying, words
from privyseal.approval_page.asking import Ask
from privyseal.approval_page.enrolling import Enrol
from privyseal.approval_page.inked import Way, figure, inked
from privyseal.approval_page.keeping import A_PART, Held
from privyseal.approval_page.leaving import way_out
from privyseal.approval_page.saying import Reader, Row
from privyseal.pdf import face
from privyseal.pdf.face import Face
from privyseal.pdf.placement import PageSize
from privyseal.pdf.spots import pages_of
from privyseal.signer.documents import Document
from privyseal.signer.passkeys import Page, web_text
from privyseal.signer.statement import Statement, challenge

_DPI: Final = 110
_MOST_PIXELS_ALONG: Final = 2_000
_MICROMETRES_AN_INCH: Final = 25_400
_SAID_BY_SCRIPT: Final = (
    *("asking", "asking-of", "unsupported", "denied", "lost", "kept", "send-kept", "sent", "sending", "again"),
)


def dots_an_inch(size: PageSize) -> int:
    """Return how finely a page is drawn: well to read, and a poster no larger than a screen needs."""
    return max(1, min(_DPI, _MOST_PIXELS_ALONG * _MICROMETRES_AN_INCH // max(size.width, size.height, 1)))


def approval(ask: Ask, documents: Sequence[Held], *, part: int = 1, address: str, own: Page, home: str) -> str:
    """Return the page that shows what is asked, and this part of its documents, and asks for the passkey."""
    reader, stated = Reader.of(ask), ask.stated
    say = reader.say
    asked: Mapping[str, object] = {
        "rpId": own.rp_id,
        "challenges": [web_text(challenge(text.encode())) for text in ask.statements],
        "credentials": list(ask.credentials),
    }
    change, agreement = ask.change, ask.agreement
    faces = {face.digest(one): one for one in ask.faces}
    parts = _parts(len(ask.documents), part, reader, address=address)
    body = [
        f"<h1>{escape(say('title'))}</h1>",
        f"<p>{escape(say('intro-machine' if agreement else 'intro'))}</p>",
        f'<p class="soft">{escape(say("origin"))}</p>',
        *([_picture(ask.picture, reader, address=address)] if ask.picture else []),
        *([] if change is None else [_alone(saying.of_change(change, reader), reader)]),
        *([] if agreement is None else [_alone(saying.of_agreement(agreement, reader), reader)]),
        *(_statement(one, number, len(stated), reader) for number, one in enumerate(stated, start=1)),
        f'<p class="soft">{escape(say("named"))}</p>',
        *(_face(one, reader) for one in ask.faces),
        parts,
        *(_document(held, stated, faces, reader, address=address) for held in documents),
        parts,
        _acts(asked, ask.language, {}, address=address, to=home + ask.back),
    ]
    return _whole(reader.language, say("title"), "".join(body), script="/approve.js")


def hand_over(language: str, *, link: str, browser: str) -> str:
    """Return the page for whoever opens it where no passkey can be used: the way into their browser."""
    say = partial(words.say, language)
    words_of_code = escape(say("hand-over-code"))
    code = f'<img class="code" src="{escape(link)}/code.svg" width="240" height="240" alt="{words_of_code}">'
    body = [
        f"<h1>{escape(say('hand-over-title'))}</h1>",
        f"<p>{escape(say('hand-over'))}</p>",
        f'<p><a class="button primary" href="{escape(way_out(browser, link))}">{escape(say("hand-over-link"))}</a></p>',
        f'<p><input class="link" readonly value="{escape(link)}" aria-label="{escape(say("hand-over-link"))}"></p>',
        f'<p class="soft">{escape(say("hand-over-once"))}</p>',
        code,
    ]
    return _whole(language, say("hand-over-title"), "".join(body))


def enrolment(enrol: Enrol, *, address: str, own: Page, home: str) -> str:
    """Return the page that says whose passkey is to be made, and has it made."""
    say = partial(words.say, enrol.language)
    asked: Mapping[str, object] = {
        "rp": {"id": own.rp_id, "name": own.rp_id},
        "user": {"id": web_text(enrol.person.encode()), "name": enrol.login, "displayName": enrol.name},
        "challenge": enrol.challenge,
        "excluded": list(enrol.excluded),
    }
    who = _rows(((say("enrol-who"), enrol.name), (say("enrol-login"), enrol.login)))
    acts = _acts(
        asked,
        enrol.language,
        {"denied": "enrol-denied", "act": "enrol", "back": "enrol-back"},
        address=address,
        to=home + enrol.back,
    )
    body = (
        f"<h1>{escape(say('enrol-title'))}</h1><p>{escape(say('enrol-intro'))}</p>"
        f'<section class="card">{who}</section>{acts}'
    )
    return _whole(enrol.language, say("enrol-title"), body, script="/approve.js")


def refused(code: str, said: str, *, title: str, language: str, home: str) -> str:
    body = (
        f'<h1>{escape(title)}</h1><p class="notice" role="alert">{escape(said)} [{escape(code)}]</p>'
        f'<p><a class="button" href="{escape(home)}/">{escape(words.say(language, "home"))}</a></p>'
    )
    return _whole(language, title, body)


def _statement(stated: Statement, number: int, count: int, reader: Reader) -> str:
    title = reader.say("says") if count == 1 else reader.say("says-of", number=number, all=count)
    return (
        f'<section class="card" aria-labelledby="says-{number}"><h2 id="says-{number}">{escape(title)}</h2>'
        f"{_rows(saying.rows(stated, reader))}</section>"
    )


def _alone(rows: Iterable[Row], reader: Reader) -> str:
    return (
        f'<section class="card" aria-labelledby="says-1"><h2 id="says-1">{escape(reader.say("says"))}</h2>'
        f"{_rows(rows)}</section>"
    )


def _picture(sha256: str, reader: Reader, *, address: str) -> str:
    return (
        f'<figure class="card"><img class="seen" src="/a/{address}/{sha256}.jpg" alt="{escape(reader.say("seen"))}">'
        f"<figcaption>{escape(reader.say('seen'))} · {escape(reader.say('digest'))} <code>{sha256}</code></figcaption>"
        "</figure>"
    )


def _rows(rows: Iterable[Row]) -> str:
    said = "".join(f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>" for label, value in rows)
    return f"<dl>{said}</dl>"


def _face(one: Face, reader: Reader) -> str:
    digest = face.digest(one)
    return f"<figure class=card>{figure(one)}<figcaption>{escape(reader.say('face'))} · {digest}</figcaption></figure>"


def _document(
    held: Held, stated: Sequence[Statement], faces: Mapping[str, Face], reader: Reader, *, address: str
) -> str:
    name = reader.names.get(held.sha256) or reader.say("unnamed")
    put_on = [(one, document) for one in stated if (document := one.document(held.sha256)) is not None]
    said = [
        f"<h3>{escape(reader.name(one.seal))}</h3>{_rows(saying.of_document(document, reader))}"
        for one, document in put_on
    ]
    ink = inked(held.pages, put_on, faces)
    pages = "".join(
        _page(held, number, _named(put_on, number, reader), ink.on(number), reader, address=address)
        for number in range(1, len(held.pages) + 1)
    )
    shown = "".join(f'<p class="soft">{escape(reader.say(f"mark.{way}"))}</p>' for way in Way if way in ink.ways)
    return (
        f'<section class="card" aria-labelledby="file-{held.sha256}">'
        f'<h2 id="file-{held.sha256}">{escape(reader.say("file", name=name))}</h2>'
        f'<p class="digest"><span>{escape(reader.say("digest"))}</span> <code>{held.sha256}</code></p>'
        f'{"".join(said)}{shown}<ol class="pages">{pages}</ol></section>'
    )


def _parts(count: int, part: int, reader: Reader, *, address: str) -> str:
    """Return where one is among many documents, and the way to the others; nothing where all stand on one page."""
    last = -(-count // A_PART)
    if last <= 1:
        return ""
    said = reader.say("part", first=(part - 1) * A_PART + 1, last=min(part * A_PART, count), all=count)
    ways = [(1, "part-first"), (part - 1, "part-before"), (part + 1, "part-after"), (last, "part-last")]
    links = "".join(
        f'<a class="button" href="/a/{address}/part-{number}">{escape(reader.say(key))}</a>'
        for number, key in ways
        if 1 <= number <= last and number != part
    )
    return f'<nav aria-label="{escape(said)}"><p>{escape(said)}</p><p class="ways">{links}</p></nav>'


def _named(put_on: Iterable[tuple[Statement, Document]], number: int, reader: Reader) -> Sequence[str]:
    """Return what the seals are called that go on a page, each once."""
    here = (one.seal for one, said in put_on if any(number in pages_of(spot) for spot in said.placements))
    return list(dict.fromkeys(reader.names.get(seal) or seal for seal in here))


def _page(held: Held, number: int, names: Sequence[str], ink: str, reader: Reader, *, address: str) -> str:
    size = held.pages[number - 1]
    dots = dots_an_inch(size)
    said = f"<span>{escape(reader.say('mark-on', names=reader.several(names)))}</span>" if names else ""
    return (
        f"<li><span>{escape(reader.say('page', number=number, pages=len(held.pages)))}</span>"
        f'<div class="sheet"><img src="/a/{address}/{held.sha256}/{number}.png" loading="lazy" '
        f'width="{size.width * dots // _MICROMETRES_AN_INCH}" height="{size.height * dots // _MICROMETRES_AN_INCH}" '
        f'alt="{escape(reader.say("image", number=number))}">'
        f"{ink}</div>{said}</li>"
    )


def _acts(asked: Mapping[str, object], language: str, said: Mapping[str, str], *, address: str, to: str) -> str:
    """Return what the script is told, the button, and the way back; ``said`` names the words that differ."""

    def say(key: str) -> str:
        keys = {"denied": "denied", "act": "approve", "back": "back", **said}
        return words.EVERY[keys.get(key, key)][0 if language == words.CHINESE else 1]

    script = {key: say(key).replace("%(number)s", "{number}").replace("%(all)s", "{all}") for key in _SAID_BY_SCRIPT}
    return (
        f'<div class="acts" data-asked="{escape(json.dumps(asked))}" data-words="{escape(json.dumps(script))}" '
        f'data-answer="/a/{address}/answer"><p id="said" role="status" tabindex="-1"></p>'
        f'<noscript><p class="notice">{escape(say("no-script"))}</p></noscript>'
        f'<button id="approve" class="primary" type="button" hidden>{escape(say("act"))}</button>'
        f'<a class="button" href="{escape(to)}">{escape(say("back"))}</a></div>'
    )


def _whole(language: str, title: str, body: str, *, script: str = "") -> str:
    tag = "zh-Hans" if language == words.CHINESE else "en"
    play = f'<script type="module" src="{script}"></script>' if script else ""
    return (
        f'<!doctype html><html lang="{tag}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="/icon.svg" type="image/svg+xml">'
        f'<link rel="stylesheet" href="/page.css">{play}</head><body><main>{body}</main></body></html>'
    )
