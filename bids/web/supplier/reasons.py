"""Why a supplier says no, as a form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from marketplace.kernel.forms import DomainForm
from rfps.delivery.domain.answering import MAX_REASON

WHY = ("decline", "refuse", "turn-down")


class ReasonForm(DomainForm):
    """A sentence, or nothing."""

    reason = forms.CharField(label=gettext_lazy("Why not"), max_length=MAX_REASON, required=False)

    def __init__(self, *args: Any, help_text: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = help_text
        self.fields["reason"].optional = True  # type: ignore[attr-defined]
