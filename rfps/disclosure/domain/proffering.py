"""Agreements of the roster become rows when a request first names them."""

from __future__ import annotations

from django.db import transaction

from rfps.disclosure import roster
from rfps.disclosure.models import Terms
from rfps.disclosure.roster import Agreement


@transaction.atomic
def proffer(slug: str) -> Terms:
    """The current version of an agreement as a row, and beside it the one that its acceptance includes.

    Raises UnknownTerms.
    """
    _keep(roster.award_terms(slug))
    return _keep(roster.agreement(slug))


def _keep(agreement: Agreement) -> Terms:
    content = {
        "title": agreement.title,
        "text": agreement.text,
        "machine": agreement.machine,
        "sha256": agreement.sha256,
    }
    return Terms.objects.get_or_create(slug=agreement.id, version=agreement.version, defaults=content)[0]
