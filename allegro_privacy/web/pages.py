"""The pages: built of elements, never of strings, so that nothing typed can become markup. They load nothing, run
nothing and set nothing; their one style is named by its hash."""

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from lxml import html
from lxml.html.builder import E

from allegro_privacy.core.clicked import Wish
from allegro_privacy.core.postal_tables import read_table
from allegro_privacy.core.shop import Shop

LANGUAGES = ("en", "es")
LONGEST_NAME, LONGEST_ADDRESS = 200, 600
_NO_XML = re.compile("[^\\t\\n\\x20-\\x7e\\xa0-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into the form for circulars, and what is missing of it."""

    name: str = ""
    address: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(part for part, typed in (("name", self.name), ("address", self.address)) if not typed)


@cache
def words(language: str) -> dict[str, str]:
    """What stands on the pages of a language."""
    return dict(read_table(f"pages/{language}.toml"))


@cache
def _style() -> str:
    return (files("allegro_privacy.web") / "page.css").read_text("utf-8")


@cache
def headers() -> tuple[tuple[str, str], ...]:
    """What goes with every answer: nothing is loaded, kept, framed, indexed or told to others."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return (
        ("Content-Security-Policy", policy),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("X-Robots-Tag", "noindex, nofollow"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cache-Control", "no-store"),
    )


def first_page(shop: Shop, language: str) -> bytes:
    """What will happen, what goes on, one button; below it, what else can be asked."""
    said = words(language)
    main = E.main(
        E.h1(_filled(said["title"], shop)),
        E.p(_filled(said["stops"], shop)),
        _form(language, Wish.STOP, E.button(said["stop_button"], {"type": "submit", "class": "first"})),
        E.section(
            {"aria-labelledby": "about"}, E.h2(said["what"], id="about"), E.p(said["goes_on"]), E.p(said["when"])
        ),
        _circulars(language, Typed()),
        _not_mine(language),
    )
    return _whole(shop, language, said["title"], main, switch=True)


def done_page(shop: Shop, language: str, wish: Wish) -> bytes:
    """It is recorded. Whoever stopped e-mail may stop the circulars too."""
    said = words(language)
    name = "done_" + wish.replace("-", "_")
    main = E.main(E.h1(_filled(said[name + "_title"], shop)), E.p(said[name]), E.p(said["goes_on"]))
    if wish is Wish.STOP:
        main.append(_circulars(language, Typed()))
    return _whole(shop, language, said[name + "_title"], main)


def missing_page(shop: Shop, language: str, typed: Typed) -> bytes:
    """The form for circulars again, with what was typed and what is missing."""
    said = words(language)
    main = E.main(E.h1(said["missing_title"]), _circulars(language, typed, asked=True))
    return _whole(shop, language, said["missing_title"], main)


def plain_page(shop: Shop, language: str, name: str, title: str = "") -> bytes:
    """A page that says one thing: kept, lost, broken, nothing, too_long, often, method."""
    said = words(language)
    heading = said[title or f"{name}_title"]
    return _whole(shop, language, heading, E.main(E.h1(heading), E.p(said[name])))


def _form(language: str, wish: Wish, *inside: Any) -> Any:
    hidden = E.input(type="hidden", name="wish", value=wish.value)
    return E.form({"method": "post", "action": f"?lang={language}"}, hidden, *inside)


def _circulars(language: str, typed: Typed, asked: bool = False) -> Any:
    said = words(language)
    missing = typed.missing if asked else ()
    wrong = [E.p(said[f"missing_{part}"], {"class": "wrong", "role": "alert", "id": f"no-{part}"}) for part in missing]
    name = E.input(type="text", name="name", id="name", autocomplete="name", maxlength=str(LONGEST_NAME))
    address = E.textarea(_text(typed.address), name="address", id="address", rows="3", maxlength=str(LONGEST_ADDRESS))
    name.set("value", _text(typed.name))
    name.set("required", "required")
    address.set("required", "required")
    address.set("autocomplete", "street-address")
    for part, element in (("name", name), ("address", address)):
        told = ["address-hint"] * (part == "address") + [f"no-{part}"] * (part in missing)
        if told:
            element.set("aria-describedby", " ".join(told))
        if part in missing:
            element.set("aria-invalid", "true")
    return E.section(
        {"aria-labelledby": "circulars"},
        E.h2(said["circulars_title"], id="circulars"),
        E.p(said["circulars"]),
        *wrong,
        _form(
            language,
            Wish.CIRCULARS,
            E.label(said["name"], {"for": "name"}),
            name,
            E.label(said["address"], {"for": "address"}),
            E.p(said["address_hint"], {"class": "hint", "id": "address-hint"}),
            address,
            E.button(said["circulars_button"], type="submit"),
        ),
    )


def _not_mine(language: str) -> Any:
    said = words(language)
    return E.section(
        {"aria-labelledby": "not-mine"},
        E.h2(said["not_mine_title"], id="not-mine"),
        E.p(said["not_mine"]),
        _form(language, Wish.NOT_MINE, E.button(said["not_mine_button"], type="submit")),
    )


def _whole(shop: Shop, language: str, title: str, main: Any, switch: bool = False) -> bytes:
    document = E.html(
        E.head(
            E.meta(charset="utf-8"),
            E.meta(name="viewport", content="width=device-width, initial-scale=1"),
            E.meta(name="robots", content="noindex, nofollow"),
            E.title(f"{_filled(title, shop)} – {_text(shop.name)}"),
            E.style(_style()),
        ),
        E.body(_head(shop, language, switch), main, _foot(shop, language)),
        lang=language,
    )
    written: bytes = html.tostring(document, doctype="<!DOCTYPE html>", encoding="utf-8")
    return written + b"\n"


def _head(shop: Shop, language: str, switch: bool) -> Any:
    head = E.header(E.p(E.strong(_text(shop.name))))
    if switch:
        others = [
            E.li(E.a(words(other)["language"], {"href": f"?lang={other}", "lang": other, "hreflang": other}))
            for other in LANGUAGES
            if other != language
        ]
        head.append(E.nav({"aria-label": words(language)["switch"]}, E.ul(*others)))
    return head


def _foot(shop: Shop, language: str) -> Any:
    before, after = words(language)["contact"].split("{email}")
    foot = E.footer(E.p(before, E.a(shop.reply_from, href=f"mailto:{shop.reply_from}"), after))
    for address in shop.postal[:1]:
        lines = [line.strip() for line in address.strip().splitlines() if line.strip()]
        foot.append(E.p(_text(", ".join(lines))))
    if shop.phones:
        foot.append(E.p(_text(shop.phones[0])))
    return foot


def _filled(text: str, shop: Shop) -> str:
    return text.replace("{shop}", _text(shop.name))


def _text(text: str) -> str:
    """Without what XML cannot hold."""
    return _NO_XML.sub("", text)
