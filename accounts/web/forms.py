"""Forms of companies, their teams and keys."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accounts.datastore.places import country_names
from accounts.domain.organising import MAX_DESCRIPTION
from accounts.states import MemberRole, OrganisationKind
from marketplace.kernel import speaking
from marketplace.kernel.forms import ChoiceField, DomainForm

ROLES = {
    MemberRole.OWNER: _("Owner: everything, and says who acts for the company"),
    MemberRole.BIDDER: _("Makes offers: reads requests, makes and changes offers"),
    MemberRole.VIEWER: _("Looks: reads requests and offers, changes nothing"),
}
SHORT_ROLES = {MemberRole.OWNER: _("owner"), MemberRole.BIDDER: _("makes offers"), MemberRole.VIEWER: _("looks")}
KINDS = {
    OrganisationKind.SUPPLIER: _("A company that makes offers"),
    OrganisationKind.ATTESTER: _("An office that confirms facts about people"),
    OrganisationKind.ADVOCATE: _("A group that speaks for customers"),
}
SCOPES = {
    "data:read": _("Read what you keep here"),
    "data:write": _("Change what you keep here"),
    "rfps:read": _("Read your requests and the offers on them"),
    "rfps:write": _("Write, publish and decide your requests"),
    "opportunities:read": _("Read requests that fit"),
    "bids:read": _("Read your offers"),
    "bids:write": _("Make and change offers"),
    "subscriptions:write": _("Change what you want to hear about"),
    "webhooks:write": _("Change where news is sent"),
    "attestations:write": _("Confirm facts"),
}
LIFETIMES = {"30": _("30 days"), "90": _("90 days"), "365": _("one year"), "": _("until it is revoked")}
PLACED_FIRST = ("GB", "IE", "DE", "AT", "CH", "FR")


def countries() -> list[tuple[str, str]]:
    """Every country, the near ones first."""
    return speaking.countries(country_names(), first=PLACED_FIRST)


class FoundForm(DomainForm):
    """A new organisation."""

    name = forms.CharField(label=_("Name"), help_text=_("As customers know it."), max_length=120)
    legal_name = forms.CharField(
        label=_("Name in the register"),
        help_text=_("With its legal form, for example Calder Energy Ltd. An operator looks it up when you ask."),
        required=False,
        max_length=200,
    )
    country = forms.ChoiceField(label=_("Country"), choices=lazy(countries, list)(), initial="GB")
    kind = ChoiceField(label=_("What it is"), choices=list(KINDS.items()), initial=OrganisationKind.SUPPLIER)


class DescribeForm(DomainForm):
    """What a company says of itself. Name, legal name and country stay while a check holds."""

    pointers = {"/capabilities/*": "capabilities"}

    name = forms.CharField(label=_("Name"), max_length=120)
    legal_name = forms.CharField(label=_("Name in the register"), required=False, max_length=200)
    country = forms.ChoiceField(label=_("Country"), choices=lazy(countries, list)())
    description = forms.CharField(
        label=_("What you do"),
        help_text=_("Two or three sentences: what you sell, where, and what you are good at."),
        required=False,
        max_length=MAX_DESCRIPTION,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    website = forms.CharField(label=_("Website"), required=False, max_length=300, help_text=_("https://…"))
    capabilities = forms.CharField(
        label=_("What you can also do"),
        help_text=_("One a line, for example: installation. Some requests ask for one of these."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, supplies: bool, checked: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not supplies:
            for name in ("description", "website", "capabilities"):
                del self.fields[name]
        if checked:
            for name in ("name", "legal_name", "country"):
                self.fields[name].disabled = True
            self.fields["name"].help_text = _("Checked. To change name, register or country, write to the operator.")

    def clean_capabilities(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["capabilities"].splitlines() if line.strip()]


class AskForm(DomainForm):
    """Where an operator looks."""

    note = forms.CharField(
        label=_("Where to look"),
        help_text=_("A register and your number in it, or an address of a page. At most 500 characters."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class InviteForm(DomainForm):
    """Somebody to act for the company."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = ChoiceField(label=_("Role"), choices=list(ROLES.items()), initial=MemberRole.BIDDER)


class RoleForm(DomainForm):
    """What somebody may do."""

    role = ChoiceField(label=_("Role"), choices=list(ROLES.items()))


class KeyForm(DomainForm):
    """A key to be issued."""

    name = forms.CharField(label=_("Name"), help_text=_("What will use it, for example: price system."), max_length=100)
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), widget=forms.CheckboxSelectMultiple, help_text=_("As little as it needs.")
    )
    lasts = ChoiceField(label=_("How long it holds"), choices=list(LIFETIMES.items()), required=False, initial="90")

    pointers = {"/expires_at": "lasts"}

    def __init__(self, *args: Any, allowed: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["scopes"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(scope, label) for scope, label in SCOPES.items() if scope in set(allowed)]

    def clean(self) -> dict[str, Any]:
        """The day it ends instead of how long it lasts."""
        given = super().clean() or self.cleaned_data
        days = given.pop("lasts", "")
        given["expires_at"] = timezone.now() + timedelta(days=int(days)) if days else None
        return given
