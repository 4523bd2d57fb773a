"""Saying that something happened: an event and the work of bringing it, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from accounts.models import Organisation
from rfps.delivery.domain.matching import MatchFacts
from rfps.delivery.models import Epoch, Event, FanoutShard, Match, Opportunity
from rfps.delivery.signals import work_waiting
from rfps.delivery.states import EventType, ShardState
from rfps.models import Rfp

SUPPLIERS_PER_SHARD = 50_000


@transaction.atomic(savepoint=False)
def announce(
    rfp: Rfp,
    *,
    type: str,  # noqa: A002 - an event's own word
    body: dict[str, Any],
    match: MatchFacts | None = None,
    excluded: Iterable[int] = (),
) -> Event:
    """Leave an event to be brought to every fitting supplier (`match`) and to the request's opportunities.

    `body` is the finished S0 body; `excluded` are ids of organisations that never hear of it. Costs the same
    whether ten or a million subscriptions exist. A cancelled request also stops what is still on its way.
    """
    event = Event.objects.create(
        rfp=rfp,
        type=type,
        data=body,
        matches_subscriptions=match is not None,
        excluded_organisations=sorted(set(excluded)),
        **_columns(rfp, match),
    )
    if type == EventType.RFP_CANCELLED:
        _stop_earlier(event)
    _cut_into_shards(event)
    transaction.on_commit(partial(work_waiting.send_robust, sender=Event))
    return event


@transaction.atomic
def tell(
    opportunities: Iterable[Opportunity],
    *,
    type: str,  # noqa: A002 - an event's own word
    data: dict[str, Any],
    rfp: Rfp | None = None,
) -> Event:
    """Tell suppliers that are known already: the event and one match each, now."""
    told = list(opportunities)
    about = rfp or (told[0].rfp if told else None)
    event = Event.objects.create(
        rfp=about, type=type, data=data, sandbox=about is not None and about.sandbox, fanned_out_at=Now()
    )
    epoch = current_epoch()
    Match.objects.bulk_create(
        Match(event=event, organisation_id=each.organisation_id, opportunity=each, epoch=epoch) for each in told
    )
    return event


def current_epoch() -> int:
    """The database's epoch: 1 until the first restore."""
    return Epoch.objects.aggregate(last=Max("number"))["last"] or 1


def _columns(rfp: Rfp, match: MatchFacts | None) -> dict[str, Any]:
    if match is None:
        return {"sandbox": rfp.sandbox, "kind": rfp.kind}
    columns = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(match).items()}
    return {**columns, "sandbox": rfp.sandbox, "budget_currency": match.budget_currency or ""}


def _stop_earlier(event: Event) -> None:
    """Nothing earlier of the request is on its way any more, so nothing of it can be late."""
    FanoutShard.objects.filter(event__rfp=event.rfp, event__lt=event.pk, state=ShardState.WAITING).update(
        state=ShardState.CANCELLED, done_at=Now()
    )
    Event.objects.filter(rfp=event.rfp, pk__lt=event.pk, fanned_out_at__isnull=True).update(fanned_out_at=Now())


def _cut_into_shards(event: Event) -> None:
    """Ranges of supplier ids, so that one supplier falls into one shard."""
    last = Organisation.objects.aggregate(last=Max("pk"))["last"] or 1
    FanoutShard.objects.bulk_create(
        FanoutShard(
            event=event,
            first_supplier=first,
            last_supplier=min(first + SUPPLIERS_PER_SHARD - 1, last),
            cursor=first - 1,
        )
        for first in range(1, last + 1, SUPPLIERS_PER_SHARD)
    )
