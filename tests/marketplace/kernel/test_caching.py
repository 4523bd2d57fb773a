"""A cache that is away delays nobody and breaks nothing."""

from __future__ import annotations

import socket
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.cache.backends.base import BaseCache

from marketplace.environment import Reader
from marketplace.kernel.caching import FailOpenCache


def cache_at(address: str) -> FailOpenCache:
    options = Reader({"CACHE_URL": address}).cache()["OPTIONS"]
    return FailOpenCache(address, {"OPTIONS": options})


@pytest.fixture
def hanging(tmp_path):
    """Accepts and never answers."""
    with closing(socket.socket(socket.AF_UNIX)) as server:
        server.bind(str(tmp_path / "hanging.sock"))
        server.listen()
        yield cache_at(f"unix://{tmp_path / 'hanging.sock'}")


def walk(cache: BaseCache) -> list[object]:
    """Every operation once, as answers."""
    return [
        cache.add("a", 1),
        cache.get("a", "nothing"),
        cache.set("a", 1),
        cache.touch("a"),
        cache.get_many(["a"]),
        cache.has_key("a"),
        cache.incr("a", 3),
        cache.set_many({"a": 1}),
        cache.delete_many(["a"]),
        cache.delete("a"),
        cache.clear(),
    ]


AWAY = [True, "nothing", None, False, {}, False, 3, [], None, False, False]


def test_a_hanging_cache_costs_less_than_100_ms_altogether(hanging):
    began = time.monotonic()
    assert walk(hanging) == AWAY
    assert time.monotonic() - began < 0.1


def test_a_dead_cache_answers_like_an_empty_one(tmp_path):
    began = time.monotonic()
    assert walk(cache_at(f"unix://{tmp_path}/nothing.sock")) == AWAY
    assert time.monotonic() - began < 0.1


def test_a_live_cache_keeps_and_counts():
    cache = cache_at(settings.CACHES["default"]["LOCATION"])
    cache.delete("kept")
    assert cache.add("kept", 1) is True
    assert cache.incr("kept", 2) == 3
    assert cache.get("kept") == 3
    assert cache.delete("kept") is True


def test_it_is_asked_again_after_the_pause(tmp_path, monkeypatch):
    cache = cache_at(f"unix://{tmp_path}/later.sock")
    assert cache.get("a", "nothing") == "nothing"
    live = Path(urlsplit(settings.CACHES["default"]["LOCATION"]).path)
    (tmp_path / "later.sock").symlink_to(live)
    cache.set("a", "skipped during the pause")
    monkeypatch.setattr(cache._cache, "away_until", 0.0)
    assert cache.get("a", "nothing") == "nothing"
    cache.set("a", "kept", 5)
    assert cache.get("a", "nothing") == "kept"


def test_connections_outlive_the_cache_object():
    address = settings.CACHES["default"]["LOCATION"]
    assert cache_at(address)._cache is cache_at(address)._cache
