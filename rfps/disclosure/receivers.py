"""What happens here when something happens elsewhere."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connection
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from marketplace.audit import chaining
from marketplace.audit.chaining import Chain
from marketplace.kernel.actors import Actor
from rfps.delivery.models import Opportunity
from rfps.delivery.signals import declined
from rfps.disclosure import roster
from rfps.disclosure.domain import enrolling, granting
from rfps.disclosure.models import DisclosureEvent, Terms


@receiver(post_migrate)
def enrol_terms(sender: AppConfig, **_signal: Any) -> None:
    """The agreements that this release ships are there as soon as their table is."""
    if sender.label == "disclosure" and Terms._meta.db_table in connection.introspection.table_names():
        enrolling.enrol(roster.agreements())


@receiver(declined)
def opportunity_declined(opportunity: Opportunity, actor: Actor, **_signal: Any) -> None:
    """Who will not offer reads nothing more."""
    granting.end(opportunity, cause=granting.DECLINED, actor=actor)


# Ids and hashes of ciphertext only: what erasure nulls is not covered, so the chain outlives it.
READS = "at owner_id field value_version ciphertext_sha256 actor_kind actor_id stage purpose outcome rule".split()
chaining.register(Chain("disclosure", DisclosureEvent, tuple(READS)))
