"""A REST client for tests: JSON in, parsed JSON out, through the whole middleware."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.test import Client


@dataclass
class Answer:
    """Status, parsed body and headers of one answer."""

    status: int
    body: Any
    headers: Any


@dataclass
class Rest:
    """Speaks to /api/v1/ with one key (or none)."""

    key: str | None = None
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def call(self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **headers: Any) -> Answer:
        sent = raw if raw is not None else (b"" if body is None else json.dumps(body).encode())
        extra = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.key is not None:
            extra["Authorization"] = f"Bearer {self.key}"
        extra.setdefault("Accept", "application/json")
        kind = extra.pop("Content-Type", "application/json")
        response = self.client.generic(method, f"/api/v1/{path}", sent, content_type=kind, headers=extra)
        parsed = json.loads(response.content) if response.content and "json" in response["Content-Type"] else None
        return Answer(response.status_code, parsed, response.headers)

    def get(self, path: str, **headers: str) -> Answer:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.call("POST", path, {} if body is None else body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.call("PUT", path, {} if body is None else body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.call("PATCH", path, {} if body is None else body, **headers)

    def delete(self, path: str, **headers: str) -> Answer:
        return self.call("DELETE", path, **headers)
