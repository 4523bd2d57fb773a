"""What delivery does when something happens to an organisation."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from accounts.models import Organisation
from accounts.signals import organisation_checked
from rfps.delivery.domain import subscribing


@receiver(organisation_checked)
def match_anew(organisation: Organisation, **_signal: Any) -> None:
    """What is open now fits a supplier from the day on that it is checked."""
    subscribing.rematch_all(organisation)
