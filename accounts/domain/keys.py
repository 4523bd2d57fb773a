"""API keys: issued, found, revoked. Only a hash is stored; the key is shown once."""

from __future__ import annotations

import hashlib
import secrets
import string
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import ApiKey, Organisation, User
from accounts.policies import allowed_scopes, can_manage_keys
from marketplace.audit.recording import record
from marketplace.kernel.actors import Actor
from marketplace.kernel.clock import database_now
from marketplace.kernel.errors import Conflict, Fault, refuse, require

ALPHABET = string.ascii_letters + string.digits
PREFIX_LENGTH = 8
SECRET_LENGTH = 43  # 256 bits in 62 letters
TOUCH_EVERY = timedelta(minutes=1)


@transaction.atomic
def issue(
    holder: User | Organisation,
    *,
    actor: Actor,
    scopes: Iterable[str] | None = None,
    name: str = "",
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A new key and its text, which is never shown again. Default scopes: all that the holder may use."""
    require(can_manage_keys(actor, holder))
    wanted = sorted(set(allowed_scopes(holder) if scopes is None else scopes))
    refuse(check_issue(holder, wanted, name=name, expires_at=expires_at))
    prefix, text = _new_text(sandbox=isinstance(holder, Organisation) and holder.sandbox)
    key = ApiKey.objects.create(
        person=holder if isinstance(holder, User) else None,
        organisation=holder if isinstance(holder, Organisation) else None,
        issued_by_id=actor.person_id,
        name=name,
        prefix=prefix,
        sha256=_hashed(text),
        scopes=wanted,
        expires_at=expires_at,
    )
    record("key.issued", actor=actor, kind="key", subject=key.public_id, holder=str(holder.public_id), scopes=wanted)
    return key, text


def check_issue(
    holder: User | Organisation, scopes: list[str], *, name: str, expires_at: datetime | None
) -> list[Fault]:
    """Everything wrong with a key that somebody asks for."""
    may = allowed_scopes(holder)
    faults = [
        Fault(
            "/scopes",
            "scope_not_allowed",
            _("The scope “%(scope)s” is not one that this holder may use.") % {"scope": s},
        )
        for s in scopes
        if s not in may
    ]
    if not scopes:
        faults.append(Fault("/scopes", "required", _("There is no scope that this holder may use.")))
    if len(name) > 100:
        faults.append(Fault("/name", "too_long", _("A name has at most 100 characters.")))
    if expires_at is not None and expires_at <= database_now():
        faults.append(Fault("/expires_at", "in_the_past", _("A key cannot expire in the past.")))
    return faults


@transaction.atomic
def revoke(key: ApiKey, *, actor: Actor) -> None:
    """The key is refused from now on; Conflict when it was revoked before."""
    holder = key.person or key.organisation
    require(holder is not None and can_manage_keys(actor, holder))
    if not ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_at=Now()):
        raise Conflict(_("This key was revoked before."), code="revoked")
    record("key.revoked", actor=actor, kind="key", subject=key.public_id)


def find(secret: str) -> ApiKey | None:
    """The usable key with this text, with its holder; None when unknown, revoked, expired or its holder is barred."""
    if not secret.startswith("bk_") or len(secret) > 100:
        return None
    return (
        ApiKey.objects.select_related("person", "organisation")
        .filter(sha256=_hashed(secret), revoked_at__isnull=True)
        .filter(Q(expires_at__isnull=True) | Q(expires_at__gt=Now()))
        .filter(Q(person__is_active=True) | Q(organisation__suspended_at__isnull=True, organisation__isnull=False))
        .first()
    )


def touch(key: ApiKey) -> None:
    """Note that the key was used, at most once a minute; a row that another request holds is left alone."""
    now = timezone.now()
    if key.last_used_at is not None and now - key.last_used_at < TOUCH_EVERY:
        return
    with transaction.atomic():
        free = ApiKey.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=key.pk)
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - TOUCH_EVERY)
        ApiKey.objects.filter(stale, pk__in=free.values("pk")).update(last_used_at=now)


def _new_text(*, sandbox: bool) -> tuple[str, str]:
    prefix = f"bk_{'test' if sandbox else 'live'}_{_random(PREFIX_LENGTH)}"
    return prefix, f"{prefix}_{_random(SECRET_LENGTH)}"


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _hashed(text: str) -> str:
    # 256 random bits need no slow hash.
    return hashlib.sha256(text.encode()).hexdigest()
