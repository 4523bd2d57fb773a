"""A mail's subject and text from its template: the first line is the subject."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string

MAX_SUBJECT = 200


def render(kind: str, **context: Any) -> tuple[str, str]:
    """(subject, body) of `templates/emails/<kind>.txt`, with dots of the kind as underscores."""
    text = render_to_string(f"emails/{kind.replace('.', '_')}.txt", context)
    subject, _, body = text.strip().partition("\n")
    return " ".join(subject.split())[:MAX_SUBJECT], body.strip() + "\n"
