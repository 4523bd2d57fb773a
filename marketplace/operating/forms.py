"""What an operator writes down."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.audit.reading import KINDS
from marketplace.kernel.forms import DateField, DomainForm


class FindForm(DomainForm):
    """What was found true, from when to when."""

    valid_from_on = DateField(label=_("Holds from"))
    valid_until_on = DateField(label=_("Holds until"), help_text=_("The last day. After it nothing new fits."))
    evidence = forms.CharField(
        label=_("Where you looked"),
        help_text=_("A register and the number in it. Stands in the record; at most 300 characters."),
        max_length=300,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.now().date()
        self.initial = {"valid_from_on": today, "valid_until_on": today + timedelta(days=365), **self.initial}


class TurnDownForm(DomainForm):
    """Why not."""

    reason = forms.CharField(
        label=_("Why not"),
        help_text=_("The company reads this and may ask again. At most 500 characters."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AuditForm(forms.Form):
    """Which changes to show."""

    use_required_attribute = False

    kind = forms.ChoiceField(
        label=_("About"), choices=[("", _("everything")), *((kind, kind) for kind in KINDS)], required=False
    )
    subject = forms.UUIDField(label=_("Id"), required=False)
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
