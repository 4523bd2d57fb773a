"""Forms as a browser sees them: read out of a page's text, filled in with anything, sent as it would send them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin

from django.test import Client

URLENCODED = "application/x-www-form-urlencoded"
TYPED = frozenset({"text", "textarea", "email", "date", "number", "search", "url", "password", "tel"})


@dataclass
class Control:
    """One field of a form: what it holds, and what it offers to choose from."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)


@dataclass
class Form:
    """Where a form goes, and its fields in their order. Buttons are fields that only a press sends."""

    action: str
    method: str
    controls: dict[str, Control] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def data(self, **changes: list[str]) -> dict[str, list[str]]:
        """What a browser sends with nothing changed but `changes`."""
        held = {name: list(each.values) for name, each in self.controls.items() if each.values}
        return {**held, **changes}

    def names(self, *kinds: frozenset[str]) -> list[str]:
        """The fields of these kinds."""
        return [name for name, each in self.controls.items() if any(each.kind in kind for kind in kinds)]


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__(convert_charrefs=True)
        self.address, self.forms = address, list[Form]()
        self.form: Form | None = None
        self.open: Control | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = urljoin(self.address, given.get("action", "")) or self.address
            self.form = Form(action, given.get("method", "get").lower())
            self.forms.append(self.form)
        elif self.form is not None and given.get("name") and "disabled" not in given:
            self._control(tag, given)
        elif tag == "option" and self.open is not None and self.open.kind == "select":
            self._option(given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag in ("textarea", "select") and self.open is not None:
            if tag == "select" and not self.open.values:
                self.open.values = self.open.options[:1]
            if tag == "textarea":
                self.open.values = ["".join(self.open.values).removeprefix("\n")]
            self.open = None

    def handle_data(self, data: str) -> None:
        if self.open is not None and self.open.kind == "textarea":
            self.open.values.append(data)

    def _control(self, tag: str, given: Mapping[str, str]) -> None:
        assert self.form is not None
        kind = given.get("type", "text") if tag == "input" else tag
        if tag == "button" or kind in ("submit", "image"):
            self.form.buttons.append((given["name"], given.get("value", "")))
            return
        control = self.form.controls.setdefault(given["name"], Control(given["name"], kind))
        if kind in ("radio", "checkbox"):
            control.options.append(given.get("value", "on"))
            control.values += [given.get("value", "on")] if "checked" in given else []
        elif tag == "input":
            control.values.append(given.get("value", ""))
        else:
            self.open = control

    def _option(self, given: Mapping[str, str]) -> None:
        assert self.open is not None
        self.open.options.append(given.get("value", ""))
        if "selected" in given:
            self.open.values.append(given.get("value", ""))


def forms_of(page: str, address: str) -> list[Form]:
    """The forms of a page that send something."""
    reader = _Reader(address)
    reader.feed(page)
    return [form for form in reader.forms if form.method == "post"]


def send(client: Client, form: Form, data: Mapping[str, list[str]]) -> Any:
    """Post it, as a browser encodes it."""
    body = urlencode([(name, value) for name, values in data.items() for value in values])
    return client.post(form.action, body, content_type=URLENCODED)
