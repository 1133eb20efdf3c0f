"""The SVG that a drawing library wrote, made fit to stand in our page: no style, no metadata, no name twice."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from allegro_privacy.reports.charts import Chart

SVG = "http://www.w3.org/2000/svg"
_HREF = "{http://www.w3.org/1999/xlink}href"
_REFERENCE = re.compile(r"(?:^|url\()#([\w.-]+)\)?")
_FRACTION = re.compile(r"-?\d+\.\d+")
_PLACES = ("d", "x", "y", "transform", "width", "height")
_SIZE = re.compile(r"[\d.]+px")
_NEEDLESS = {f"{{{SVG}}}metadata", f"{{{SVG}}}style"}


def drawing(chart: Chart, name: str, title: str) -> Any:
    """The chart as an element of our page, with its title and description; `name` begins all its ids."""
    root = etree.fromstring(chart.svg, etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True))
    for element in list(root.iter()):
        if element.tag in _NEEDLESS:
            element.getparent().remove(element)
    for element in root.iter():
        _without_style(element)
        _rounded(element)
    _name_anew(root, name)
    for attribute in ("width", "height", "version"):
        root.attrib.pop(attribute, None)
    root.set("role", "img")
    root.set("aria-labelledby", f"{name}-title {name}-words")
    root[:0] = [_told("title", f"{name}-title", title), _told("desc", f"{name}-words", chart.words)]
    etree.cleanup_namespaces(root)
    return root


def _told(tag: str, name: str, text: str) -> Any:
    element = etree.Element(f"{{{SVG}}}{tag}", id=name)
    element.text = text
    return element


def _without_style(element: Any) -> None:
    """Our strict content policy knows no style attribute; the same can be said in attributes of their own."""
    for declaration in (element.attrib.pop("style", "") or "").split(";"):
        key, _, value = (part.strip() for part in declaration.partition(":"))
        if key in ("font", "font-size"):
            found = _SIZE.search(value)
            element.set("font-size", found[0] if found else "11px")
        elif key and key != "font-family":
            element.set(key, value)
    if etree.QName(element).localname != "text":
        element.text = (element.text or "").strip() or None
    element.tail = None


def _rounded(element: Any) -> None:
    for key in _PLACES:
        if value := element.get(key):
            whole = _FRACTION.sub(lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), value)
            element.set(key, " ".join(whole.split()))


def _name_anew(root: Any, name: str) -> None:
    """Ids that nothing refers to go; the others are numbered, so that several drawings can share a page."""
    numbered = {old: f"{name}-{place}" for place, old in enumerate(dict.fromkeys(_referred(root)))}
    for element in root.iter():
        if (old := element.attrib.pop("id", None)) in numbered:
            element.set("id", numbered[old])
        if href := element.attrib.pop(_HREF, None):
            element.set("href", href)
        for key, value in element.attrib.items():
            found = _REFERENCE.search(value)
            if found and found[1] in numbered:
                element.set(key, value.replace(f"#{found[1]}", f"#{numbered[found[1]]}"))


def _referred(root: Any) -> Iterator[str]:
    for element in root.iter():
        for key, value in element.attrib.items():
            if key == _HREF or "url(" in value:
                yield from _REFERENCE.findall(value)
