"""What operators see: organisations, their checks, and accounts. Nobody's values, keys or grants stand here."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import Group
from django.core.exceptions import BadRequest
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain import checking, unlocking
from accounts.models import Check, Organisation, User
from accounts.policies import actor_of_person
from marketplace.kernel.actors import ANONYMOUS, Actor
from marketplace.kernel.errors import DomainError

M = TypeVar("M", bound=Model)

ROW = re.compile(r"[0-9]{1,18}")

# Who can put an address or a passkey on an account can sign in as its person. Groups mean nothing here.
admin.site.unregister([EmailAddress, Authenticator, Group])


class OperatorAdmin(admin.ModelAdmin[M]):
    """Operators look; whatever they may change goes through the domain."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _actor(request).is_operator

    def has_view_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return _actor(request).is_operator

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        _require_known(request, ACTION_CHECKBOX_NAME)
        return super().changelist_view(request, extra_context)

    def each(self, request: HttpRequest, rows: QuerySet[M], act: Callable[..., Any]) -> None:
        """Do it to every row, and say what was refused and how many were done."""
        done = 0
        for row in rows:
            try:
                act(row, actor=_actor(request))
                done += 1
            except DomainError as error:
                messages.error(request, f"{row}: {error.message}")
        messages.success(request, _("Done: %(count)d.") % {"count": done})


@admin.register(Organisation)
class OrganisationAdmin(OperatorAdmin[Organisation]):
    """Suppliers, attesters and advocates."""

    list_display = ("name", "kind", "country", "sandbox", "suspended_at", "created_at")
    list_filter = ("kind", "sandbox")
    search_fields = ("name", "legal_name", "public_id")
    fields = ("public_id", "kind", "name", "legal_name", "country", "time_zone", "sandbox", "suspended_at")
    actions = ("suspend", "reinstate")

    @admin.action(description=gettext_lazy("Suspend"), permissions=["view"])
    def suspend(self, request: HttpRequest, rows: QuerySet[Organisation]) -> None:
        self.each(request, rows, checking.suspend)

    @admin.action(description=gettext_lazy("Reinstate"), permissions=["view"])
    def reinstate(self, request: HttpRequest, rows: QuerySet[Organisation]) -> None:
        self.each(request, rows, checking.reinstate)


class CheckForm(forms.ModelForm[Check]):
    """A finding, with the domain's own rules."""

    class Meta:
        model = Check
        fields = ("organisation", "kind", "valid_from_on", "valid_until_on", "evidence")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.errors:
            finding = {name: value for name, value in given.items() if name != "organisation"}
            for fault in checking.check_finding(**finding):
                self.add_error(fault.pointer.removeprefix("/"), fault.message)
        return given


@admin.register(Check)
class CheckAdmin(OperatorAdmin[Check]):
    """What operators found true: added and revoked, never edited."""

    form = CheckForm
    list_display = ("organisation", "kind", "valid_from_on", "valid_until_on", "revoked_at")
    list_filter = ("kind",)
    search_fields = ("organisation__name",)
    list_select_related = ("organisation",)
    autocomplete_fields = ("organisation",)
    actions = ("revoke",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _actor(request).is_operator

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        _require_known(request, "organisation")
        return super().add_view(request, form_url, extra_context)

    def get_fields(self, request: HttpRequest, obj: Check | None = None) -> list[Any]:
        """Who found it, and whether it still counts, stands where it can only be read."""
        return [*super().get_fields(request, obj), *(("checked_by", "created_at", "revoked_at") if obj else ())]

    def save_model(self, request: HttpRequest, obj: Check, form: Any, change: bool) -> None:
        assert isinstance(request.user, User)
        made = checking.check(**form.cleaned_data, actor=_actor(request), checked_by=request.user)
        obj.pk = made.pk

    @admin.action(description=gettext_lazy("Revoke"), permissions=["view"])
    def revoke(self, request: HttpRequest, rows: QuerySet[Check]) -> None:
        self.each(request, rows, checking.revoke)


@admin.register(User)
class UserAdmin(OperatorAdmin[User]):
    """Accounts, without anything that a person keeps."""

    list_display = ("public_id", "email", "is_active", "is_staff", "date_joined", "guest_until")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "public_id")
    fields = ("public_id", "email", "is_active", "is_staff", "date_joined", "guest_until", "last_login")
    actions = ("unlock",)

    @admin.action(description=gettext_lazy("Unlock: passkeys and codes are lost"), permissions=["view"])
    def unlock(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        self.each(request, rows, unlocking.unlock)


def _require_known(request: HttpRequest, rows: str) -> None:
    """What no page of ours would send is refused before the database is asked: the field `rows` holds ids of rows."""
    sent = [(name, value) for given in (request.GET, request.POST) for name in given for value in given.getlist(name)]
    if any("\x00" in value or (name == rows and value and not ROW.fullmatch(value)) for name, value in sent):
        raise BadRequest("no row and no filter of ours")


def _actor(request: HttpRequest) -> Actor:
    """Whoever asks; the sign-in page asks on behalf of a stranger."""
    if not isinstance(request.user, User):
        return ANONYMOUS
    return actor_of_person(request.user)
