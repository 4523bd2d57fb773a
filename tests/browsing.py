"""A person's browser without a browser: pages as text, and forms sent with the token that their page holds."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.test import Client

from accounts.models import User


def entered(user: User) -> Client:
    """Signed in as the person."""
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def text(client: Client, path: str, status: int = 200) -> str:
    """The page with single spaces."""
    answer = client.get(path)
    assert answer.status_code == status
    return re.sub(r"\s+", " ", answer.content.decode())


def press(client: Client, path: str, page: str = "", **fields: Any) -> Any:
    """Send a form to `path` with the token of its own page, or of `page`."""
    token = re.search(r'name="once" value="([^"]+)"', text(client, page or path))
    assert token
    return client.post(path, {"once": token[1], **fields})
