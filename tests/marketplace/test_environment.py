"""What a deployment has to say, and what is refused."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from marketplace import environment
from marketplace.demo import pointer
from marketplace.environment import Environment

CHECKOUT = Path(__file__).parents[2]
KEY = base64.b64encode(bytes(range(100, 132))).decode()
STRONG = {
    "DATABASE_URL": "postgresql://beckon:p%40ss@db.internal:5433/beckon?sslmode=verify-full",
    "BROKER_URL": "rediss://:secret@broker.internal:6379/0",
    "CACHE_URL": "redis://cache.internal:6379/1",
    "SECRET_KEY": "9vH2-Wq_7sLk3ZrX0bTnYc5Pd8MfJg1AeUiOo4Qw6-RtEyUiKj",
    "DATA_KEYS": KEY,
    "ALLOWED_HOSTS": "beckon.example,www.beckon.example",
    "EMAIL_URL": "smtp+tls://mailer:p%3Aw@mail.example",
}
SAID = {
    "OPERATOR_NAME": "Leith Energy Co-op",
    "OPERATOR_LEGAL_FORM": "registered society",
    "OPERATOR_ADDRESS": "1 Shore, Leith",
    "OPERATOR_INCOME": "Membership fees.",
    "FUNDING_URL": "https://leith.example/who-pays",
    "COMPLAINTS_EMAIL": "complaints@leith.example",
}


@pytest.fixture
def read(monkeypatch, tmp_path):
    def read(**changes: str | None) -> Environment:
        for name in (*environment.REQUIRED, "SITE_URL", "FROM_EMAIL", "BECKON_PROCESS"):
            monkeypatch.delenv(name, raising=False)
        for name, value in {**STRONG, **changes}.items():
            if value is not None:
                monkeypatch.setenv(name, value)
        return Environment.read(tmp_path)

    return read


def refusal(read, **changes: str | None) -> str:
    with pytest.raises(ImproperlyConfigured) as caught:
        read(**changes)
    return str(caught.value)


def test_a_strong_environment_is_accepted(read):
    found = read()
    database = found.databases["default"]
    assert (database["HOST"], database["PORT"], database["USER"]) == ("db.internal", "5433", "beckon")
    assert (database["NAME"], database["PASSWORD"]) == ("beckon", "p@ss")
    assert database["OPTIONS"]["sslmode"] == "verify-full"
    assert found.secure is True
    assert found.site_url == "https://beckon.example"
    assert found.from_email == "Beckon <no-reply@beckon.example>"
    assert found.email["EMAIL_HOST_PASSWORD"] == "p:w"
    assert (found.email["EMAIL_PORT"], found.email["EMAIL_USE_TLS"]) == (587, True)


@pytest.mark.parametrize("name", environment.REQUIRED)
@pytest.mark.parametrize("value", [None, ""])
def test_each_missing_value_is_named(read, name, value):
    assert refusal(read, **{name: value}) == f"Beckon cannot run: {name} is not set. See docs/operations.md."


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("SECRET_KEY", "short", "SECRET_KEY is weak"),
        ("SECRET_KEY", "a" * 60, "SECRET_KEY is weak"),
        ("SECRET_KEY", "django-insecure-" + STRONG["SECRET_KEY"], "SECRET_KEY is weak"),
        ("DATA_KEYS", "not base64!", "DATA_KEYS: key 1 is not base64"),
        ("DATA_KEYS", base64.b64encode(b"short").decode(), "DATA_KEYS: key 1 has 5 bytes instead of 32"),
        ("DATA_KEYS", base64.b64encode(bytes(32)).decode(), "DATA_KEYS is weak"),
        ("DATA_KEYS", f"{KEY},{KEY}", "DATA_KEYS is weak"),
        ("ALLOWED_HOSTS", " , ", "ALLOWED_HOSTS names no host"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS: '*' is no host name"),
        ("ALLOWED_HOSTS", "beckon.example,.example", "ALLOWED_HOSTS: '.example' is no host name"),
        ("ALLOWED_HOSTS", "https://beckon.example", "ALLOWED_HOSTS: 'https://beckon.example' is no host name"),
        ("DATABASE_URL", "sqlite:///db.sqlite3", "DATABASE_URL is no address of the kind postgresql:// or postgres://"),
        ("DATABASE_URL", "postgresql://db.internal", "DATABASE_URL names no database"),
        ("DATABASE_URL", "postgresql://db:port/name", "DATABASE_URL is no address"),
        ("BROKER_URL", "memory://", "BROKER_URL is no address of the kind redis:// or rediss:// or redis+socket://"),
        ("CACHE_URL", "locmem", "CACHE_URL is no address of the kind redis:// or rediss:// or unix://"),
        ("EMAIL_URL", "mail.example", "EMAIL_URL is no address"),
        ("SITE_URL", "http://beckon.example", "SITE_URL must be https://"),
        ("SITE_URL", "beckon.example", "SITE_URL is no address"),
        ("API_RATE_PER_MINUTE", "many", "API_RATE_PER_MINUTE is no positive number"),
        ("API_RATE_PER_MINUTE", "-1", "API_RATE_PER_MINUTE is no positive number"),
    ],
)
def test_weak_and_malformed_values_are_refused(read, name, value, reason):
    assert reason in refusal(read, **{name: value})


def test_refusals_name_every_fault_and_no_secret(read):
    said = refusal(
        read, SECRET_KEY="hush-hush", DATA_KEYS="whisper", DATABASE_URL="mysql://root:toor@db/x", EMAIL_URL=""
    )
    for name in ("SECRET_KEY", "DATA_KEYS", "DATABASE_URL", "EMAIL_URL"):
        assert name in said
    for secret in ("hush-hush", "whisper", "toor"):
        assert secret not in said


def test_only_this_machine_may_do_without_tls(read):
    assert read(ALLOWED_HOSTS="localhost,127.0.0.1,[::1]").secure is False


def test_only_the_web_server_pools_connections(read):
    worker, web = (read(BECKON_PROCESS=kind).databases["default"] for kind in ("worker", "web"))
    assert (worker["CONN_MAX_AGE"], "pool" in worker["OPTIONS"]) == (None, False)
    assert (web["CONN_MAX_AGE"], web["OPTIONS"]["pool"]["max_size"]) == (0, 20)
    assert worker["OPTIONS"]["options"] == "-c idle_in_transaction_session_timeout=10s"


@pytest.mark.parametrize(
    ("argv", "alone"),
    [
        (["manage.py", "makemigrations"], True),
        (["./manage.py", "demo"], True),
        (["/x/bin/mypy", "."], True),
        (["manage.py", "check"], False),
        (["manage.py", "migrate"], False),
        (["manage.py", "shell"], False),
        (["uvicorn", "marketplace.asgi:application"], False),
        (["celery", "check"], False),
        ([], False),
    ],
)
def test_programs_that_need_no_engine(argv, alone):
    assert environment.asks_no_engine(argv) is alone


def manage(*arguments: str, **values: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=CHECKOUT, env={**kept, **values}, capture_output=True, text=True
    )


def test_the_deployment_check_is_clean():
    done = manage("check", "--deploy", "--fail-level", "INFO", **STRONG, **SAID)
    assert (done.returncode, done.stdout) == (0, "System check identified no issues (0 silenced).\n"), done.stderr


def test_the_deployment_check_fails_until_everything_is_said_of_the_operator():
    done = manage("check", "--deploy", **STRONG, **{**SAID, "OPERATOR_ADDRESS": " ", "COMPLAINTS_EMAIL": "nobody"})
    assert done.returncode == 1
    assert re.findall(r"\(beckon\.(\w+)\) (\w+)", done.stderr) == [
        ("E001", "OPERATOR_ADDRESS"),
        ("E002", "COMPLAINTS_EMAIL"),
    ]


def test_commands_refuse_in_one_line():
    done = manage("migrate", **{**STRONG, "SECRET_KEY": "weak"})
    assert done.returncode == 1
    expected = "Beckon cannot run: SECRET_KEY is weak: it takes 50 random characters. See docs/operations.md.\n"
    assert done.stderr == expected


def test_the_note_of_a_running_demo_is_followed(monkeypatch, tmp_path):
    for name in environment.REQUIRED:
        monkeypatch.delenv(name, raising=False)
    pointer.write(tmp_path, {**STRONG, "SITE_URL": "https://noted.example"})
    assert pointer.path(tmp_path).stat().st_mode & 0o777 == 0o600
    assert Environment.read(tmp_path).site_url == "https://noted.example"
    pointer.remove(tmp_path)
    with pytest.raises(ImproperlyConfigured, match="no demo runs in this checkout either"):
        Environment.read(tmp_path)


def test_the_environment_wins_over_the_note(read, tmp_path):
    pointer.write(tmp_path, {**STRONG, "SITE_URL": "https://noted.example"})
    assert read().site_url == "https://beckon.example"


@pytest.mark.parametrize("change", [{"pid": 2**22 + 1}, {"started": "1"}, {"checkout": "/elsewhere"}])
def test_a_stale_note_is_recognised(tmp_path, change):
    pointer.write(tmp_path, STRONG)
    note = pointer.path(tmp_path)
    note.write_text(json.dumps({**json.loads(note.read_text()), **change}))
    assert pointer.read(tmp_path) == {}


@pytest.mark.parametrize("content", ["", "{}", "[]", "null", '{"pid": "x"}', "\x00"])
def test_a_broken_note_is_no_note(tmp_path, content):
    pointer.write(tmp_path, STRONG)
    pointer.path(tmp_path).write_text(content)
    assert pointer.read(tmp_path) == {}


def test_the_handbook_names_every_variable():
    code = (CHECKOUT / "marketplace" / "environment.py").read_text()
    known = {*environment.REQUIRED, *re.findall(r'(?:values\.get|number)\("([A-Z_]+)"', code)} - {"BECKON_PROCESS"}
    rows = re.findall(r"^\| `([A-Z_]+)` \|", (CHECKOUT / "docs" / "operations.md").read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(known)
