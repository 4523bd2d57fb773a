"""Where a person is signed in: noted once a day, shown to nobody else, ended one by one or all but this one."""

from __future__ import annotations

from django.contrib.sessions.models import Session
from django.db import transaction

from accounts.models import SignIn, User
from accounts.policies import Today, visible_sign_ins
from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import require

# What stands in a browser's name of itself, the more exact first: Edge calls itself Chrome, and Chrome Safari.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "CrOS": "Chromebook",
    "Mac OS X": "Mac",
    "Linux": "Linux",
}


@transaction.atomic
def note(user: User, *, session_key: str, agent: str) -> bool:
    """Write down that this session was used today; False when it has ended meanwhile."""
    if not Session.objects.select_for_update().filter(pk=session_key).exists():
        return False
    row = SignIn(user=user, session_id=session_key, browser=_said(agent, BROWSERS), system=_said(agent, SYSTEMS))
    row.seen_on = Today()
    changed = ["user", "browser", "system", "seen_on"]
    SignIn.objects.bulk_create([row], update_conflicts=True, unique_fields=["session"], update_fields=changed)
    return True


@transaction.atomic
def end(found: SignIn, *, actor: Actor) -> None:
    """Sign the person out there."""
    require(visible_sign_ins(actor).filter(pk=found.pk).exists())
    _end([found], actor)


@transaction.atomic
def end_others(*, actor: Actor, keep: str) -> int:
    """Sign the person out everywhere but in the session `keep`; how many that were."""
    require(actor.is_person and actor.scopes is None)
    others = list(visible_sign_ins(actor).exclude(session=keep))
    _end(others, actor)
    return len(others)


def _end(rows: list[SignIn], actor: Actor) -> None:
    for row in rows:
        record("session.ended", actor=actor, kind="sign_in", subject=row.public_id)
    Session.objects.filter(pk__in=[row.session_id for row in rows]).delete()


def _said(agent: str, known: dict[str, str]) -> str:
    return next((name for sign, name in known.items() if sign in agent), "")
