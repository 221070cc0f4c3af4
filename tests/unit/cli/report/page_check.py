"""A strict reader of the pages of a report: what a browser would repair, or fetch, is a failure here."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "hr", "img", "input", "wbr"}
RESOURCES = ("src", "href", "xlink:href", "data", "action", "poster", "srcset", "background")
FORBIDDEN = {"script", "iframe", "object", "embed", "link", "img", "form", "base", "foreignobject", "use", "image"}


@dataclass
class Element:
    """An open element, and what of it a check needs."""

    name: str
    attributes: dict[str, str | None]
    children: list[str] = field(default_factory=list)
    has_header: bool = False


class PageCheck(HTMLParser):
    """Read a whole page. Each fault is a sentence in `faults`."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.open: list[Element] = []
        self.ids: list[str] = []
        self.references: list[str] = []
        self.text: list[str] = []
        self.titles: list[str] = []
        self.counts: dict[str, int] = {}
        self.headings: list[int] = []
        self.feed(page)
        self.close()
        if self.open:
            self.faults.append(f"never closed: {[element.name for element in self.open]}")
        if repeated := {name for name in self.ids if self.ids.count(name) > 1}:
            self.faults.append(f"ids that are not unique: {repeated}")
        if missing := set(self.references) - set(self.ids):
            self.faults.append(f"references to no element: {missing}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if len(attributes) < len(attrs):
            self.faults.append(f"<{tag}> has an attribute twice")
        self.counts[tag] = self.counts.get(tag, 0) + 1
        self._check(tag, attributes)
        if self.open:
            self.open[-1].children.append(tag)
        if tag not in VOID:
            self.open.append(Element(tag, attributes))

    def _check(self, tag: str, attributes: dict[str, str | None]) -> None:
        if tag in FORBIDDEN:
            self.faults.append(f"<{tag}> is forbidden")
        for name, value in attributes.items():
            if name.startswith("on") or (name in RESOURCES and not (value or "").startswith("#")):
                self.faults.append(f"<{tag} {name}={value!r}> loads or runs something")
        if "id" in attributes:
            self.ids.append(attributes["id"] or "")
        self.references += (attributes.get("aria-labelledby") or "").split()
        self.references += [value[1:] for value in (attributes.get("href") or "",) if value.startswith("#")]
        if tag == "th":
            if attributes.get("scope") not in ("row", "col"):
                self.faults.append("<th> has no scope")
            next(element for element in reversed(self.open) if element.name == "table").has_header = True
        if tag in ("h1", "h2", "h3"):
            self.headings.append(int(tag[1]))
        if attributes.get("title"):
            self.titles.append(attributes["title"] or "")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1].name != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1].name if self.open else 'nothing'}")
            return
        element = self.open.pop()
        if tag == "table" and (element.children[:1] != ["caption"] or not element.has_header):
            self.faults.append(f"a table without caption or header cells: {element.children}")
        if tag == "svg" and (element.children[:2] != ["title", "desc"] or element.attributes.get("role") != "img"):
            self.faults.append(f"an svg without title, description or role: {element.children[:3]}")

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self.open and self.open[-1].name == "style" and ("url(" in data or "@import" in data):
            self.faults.append("the style sheet loads something")

    def handle_decl(self, decl: str) -> None:
        if decl != "DOCTYPE html" or self.counts:
            self.faults.append(f"a declaration in the page: {decl}")

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"a comment: {data[:40]}")

    def unknown_decl(self, data: str) -> None:
        self.faults.append(f"an unknown declaration: {data[:40]}")


def faults(page: str) -> list[str]:
    """Return all faults of the page, and of its outline: one first heading, then only second ones."""
    check = PageCheck(page)
    if check.headings[:1] != [1] or set(check.headings[1:]) != {2}:
        check.faults.append(f"an outline of {check.headings}")
    if not page.startswith('<!DOCTYPE html>\n<html lang="'):
        check.faults.append(f"it starts with {page[:40]!r}")
    return check.faults
