"""What every page keeps: a declared capability, nothing inline, nothing from elsewhere, colours one can read."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import URLPattern, URLResolver, get_resolver

from privyseal.identity.rules import Power
from privyseal.kernel.canonical import NotCanonical, sha256, utc_time
from privyseal.kernel.file_kinds import CERTIFICATES, CHECKED, DOCUMENT, EVIDENCE, PHOTOGRAPH, SCAN, UPLOADS
from privyseal.kernel.moments import LATEST
from privyseal.language.refusals import WORDS
from privyseal.pdf.accepted import MAX_BYTES
from privyseal.signer.certifying import MOST_BETWEEN, MOST_CERTIFICATE_BYTES
from privyseal.web.forms import DayField, MomentField

WEB = Path(__file__).parents[2] / "src" / "privyseal" / "web"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
ASSETS = sorted(path for path in (WEB / "static" / "web").iterdir() if path.is_file())
# What others wrote and we ship as they wrote it; docs/dependencies.md says what it is.
OTHERS = {
    "LICENSE": "07a9f887e9215644439b808628b09f8eece932d79130ff563f958f3a1783e684",
    "decode.js": "00e209820dcb11d624e9a03d6383e580766792b57d1651318f0a29e4e1ff0fe8",
    "index.js": "a0de370051f94bd74f218f74401fdf197585e3f9ef0143164f87ea941a3fdd6f",
}
AA = 4.5
# Each pair is text on its background, by token.
TEXT_ON = [
    ("ink", "paper"), ("ink", "surface"), ("ink", "sunken"), ("ink-soft", "paper"), ("ink-soft", "surface"),
    ("ink-soft", "sunken"), ("brand-ink", "brand"), ("action-ink", "action"), ("action-ink", "action-strong"),
    ("link", "paper"), ("link", "surface"), ("pending", "pending-soft"), ("approved", "approved-soft"),
    ("rejected", "rejected-soft"), ("neutral", "neutral-soft"), ("caution", "caution-soft"), ("rejected", "surface"),
    ("reject-action", "surface"), ("reject-action-ink", "reject-action"), ("approve-action-ink", "approve-action"),
]  # fmt: skip


def views(patterns: list[URLPattern | URLResolver]) -> Iterator[tuple[str, object]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns)
        else:
            yield str(pattern.pattern), pattern.callback


def undeclared(patterns: list[URLPattern | URLResolver]) -> list[str]:
    known = {"public", "signed-in", *Power}
    return [address for address, view in views(patterns) if getattr(view, "capability", None) not in known]


def test_every_url_has_a_declared_capability() -> None:
    addresses = [address for address, _ in views(get_resolver().url_patterns)]

    assert len(addresses) > 30
    assert undeclared(get_resolver().url_patterns) == []


def test_an_undeclared_url_would_be_found() -> None:
    assert undeclared([URLPattern(get_resolver().url_patterns[0].pattern, lambda _: None)]) != []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_nothing_inline_and_nothing_from_elsewhere(template: Path) -> None:
    text = template.read_text(encoding="utf-8")

    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:", text) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)", text) == []
    assert re.findall(r"(?:src|href)=[\"']?(?:https?:)?//", text) == []


def test_what_stands_after_a_label_is_translated_too() -> None:
    """A colon or comma of ASCII looks lost in Chinese: `{% translate ": " %}` says it in each language."""
    whole = r"\{% blocktranslate.*?endblocktranslate %\}"
    bare = {path.name: re.sub(whole, "", path.read_text("utf-8"), flags=re.DOTALL) for path in TEMPLATES}
    after = r"(?:\}\}|%\}|</\w+>)[:;,] "

    assert [(name, found) for name, text in bare.items() for found in re.findall(f".{{0,40}}{after}", text)] == []
    assert re.search(after, '{% translate "Impressions" %}: {{ use.fired }}')
    assert [path.name for path in ASSETS if path.suffix == ".js" and "}: ${" in path.read_text("utf-8")] == []


def test_no_page_loads_anew_by_itself_where_a_script_can_look_first() -> None:
    """Nothing moves under the hands of whoever decides: a page is loaded anew only when it says something else."""
    bare = [re.sub(r"<noscript>.*?</noscript>", "", path.read_text("utf-8"), flags=re.DOTALL) for path in TEMPLATES]

    assert [text for text in bare if 'http-equiv="refresh"' in text] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_form_that_changes_something_is_protected(template: Path) -> None:
    forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", template.read_text(encoding="utf-8"), re.DOTALL)

    assert [form for form in forms if "{% csrf_token %}" not in form] == []


@pytest.mark.parametrize("asset", ASSETS, ids=lambda path: path.name)
def test_an_asset_loads_nothing_from_elsewhere(asset: Path) -> None:
    text = asset.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")

    assert re.findall(r"https?://|@import|eval\(|new Function|innerHTML", text) == []


def test_what_others_wrote_is_shipped_as_they_wrote_it_and_runs_no_text() -> None:
    found = {path.name: path.read_bytes() for path in (WEB / "static" / "web" / "qr").iterdir()}

    assert {name: sha256(data) for name, data in found.items()} == OTHERS
    assert [
        re.findall(rb"^import .* from '(.*)'", found[name], re.MULTILINE) for name in ("decode.js", "index.js")
    ] == [[b"./index.js"], []]
    assert [name for name, data in found.items() if re.search(rb"\beval\(|new Function|innerHTML", data)] == []


def test_every_asset_that_a_template_names_is_there() -> None:
    named = {name for path in TEMPLATES for name in re.findall(r"static 'web/([^']+)'", path.read_text("utf-8"))}

    assert named - {f"app/{path.name}" for path in (WEB / "static" / "web" / "app").iterdir()} == {
        path.name for path in ASSETS
    }


def test_no_template_style_or_script_outgrows_its_reader() -> None:
    long = {path.name: count for path in (*TEMPLATES, *ASSETS) if (count := len(path.read_text().splitlines())) > 400}

    assert long == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "background"), TEXT_ON)
def test_colours_can_be_read(scheme: str, text: str, background: str) -> None:
    colours = tokens()[scheme]

    assert contrast(colours[text], colours[background]) >= AA


def tokens() -> dict[str, dict[str, str]]:
    light, dark = (WEB / "static" / "web" / "tokens.css").read_text("utf-8").split("@media", 1)
    found = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", part)) for part in (light, dark)]
    return {"light": found[0], "dark": found[0] | found[1]}


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours as WCAG 2.2 defines it."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_upload_says_its_kinds_by_the_one_table() -> None:
    """A photograph straight from a camera is of any kind: what comes is looked at."""
    code = {path.name: path.read_text("utf-8") for path in WEB.rglob("*.py")}
    said = {(name, kinds) for name, text in code.items() for kinds in re.findall(r'"accept": ([^,}]+)', text)}

    assert {(name, kinds) for name, kinds in said if not re.fullmatch(r"[A-Z_]+(\.accept)?", kinds)} == {
        ("forms_of_stock.py", '"image/*"'),
        ("forms_of_takeout.py", '"image/*"'),
    }
    assert {row.code for row in UPLOADS} <= set(WORDS)
    assert CERTIFICATES.most_bytes == 2 * (MOST_BETWEEN + 1) * MOST_CERTIFICATE_BYTES
    assert (CHECKED.most_bytes, DOCUMENT.most_bytes) == (MAX_BYTES, settings.DOCUMENT_BYTES)
    assert not any(row.takes(b"MZ") for row in (SCAN, EVIDENCE, PHOTOGRAPH))


def test_every_day_and_moment_that_is_sent_in_can_be_kept_and_shown_in_every_zone() -> None:
    bare = [path.name for path in WEB.rglob("*.py") if re.search(r"forms\.Date(Time)?Field\(", path.read_text("utf-8"))]

    assert [name for name in bare if name != "forms.py"] == []
    for field, said in (
        (DayField(), "9999-12-31"),
        (DayField(), "0001-01-01"),
        (MomentField(), "9999-12-31T23:59:59Z"),
        (MomentField(), "0001-01-01T00:00:00+08:00"),
    ):
        with pytest.raises(ValidationError):
            field.clean(said)
    for said in ("9999-12-31T23:59:59.000000Z", "0001-01-01T00:00:00.000000Z"):
        with pytest.raises(NotCanonical):
            utc_time(said)
    assert utc_time("9998-12-31T23:59:59.000000Z").year == LATEST.year
