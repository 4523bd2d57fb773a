"""Passkeys, codes from an app and recovery codes: what allauth asks of us for them."""

from __future__ import annotations

import base64
import re
import struct
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.kernel.crypto import seal_shared, unseal_shared

CONTEXT = "second factor"
LONGEST = 60
# What reading a passkey raises when a stranger made it up: members missing, or of another kind, or not as CBOR goes.
MALFORMED = (LookupError, TypeError, ValueError, AttributeError, struct.error)


class Adapter(DefaultMFAAdapter):
    """Secrets are sealed, and passkeys belong to the site's own address, whatever host was asked."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("That did not fit. Try again."),
        "unverified_email": gettext_lazy("Confirm every e-mail address of your account first, or remove it."),
    }

    def encrypt(self, text: str) -> str:
        return base64.b64encode(seal_shared(text.encode(), CONTEXT)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises DecryptionFailed; a master key that sealed a secret stays in DATA_KEYS."""
        return unseal_shared(base64.b64decode(encrypted_text), CONTEXT).decode()

    def build_totp_svg(self, url: str) -> SafeString:
        """The picture as a part of the page; its own size and prologue would stand in the way."""
        drawing = re.sub(r'^<\?xml[^>]*>\s*| (?:width|height)="[\d.]+mm"', "", super().build_totp_svg(url))
        return mark_safe(drawing)  # noqa: S308  drawn from an address that stands nowhere in it

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:  # noqa: A002
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey %(number)d") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": str(urlsplit(settings.SITE_URL).hostname), "name": "Beckon"}


class AddPasskeyForm(AddWebAuthnForm):
    """Every passkey signs in by itself: it is kept by the device, and asks for a finger, a face or a PIN."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("To know it from others, for example “My phone”."),
        max_length=LONGEST,
        required=False,
    )
    passwordless = forms.BooleanField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["passwordless"] = True

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error


class Careful(AuthenticateWebAuthnForm):
    """What is no passkey is refused like a wrong one."""

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error


class EnterForm(Careful, LoginWebAuthnForm):
    """A passkey alone."""


class AskedForm(Careful):
    """A passkey after a password or a code."""


class AskedAgainForm(Careful, ReauthenticateWebAuthnForm):
    """A passkey before a change of the ways into the account."""
