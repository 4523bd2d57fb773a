"""Which language a person is answered in."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.deprecation import MiddlewareMixin


def supported(locale: str) -> str:
    """The language of ours that a locale like de-AT asks for, else the one the texts are written in."""
    try:
        return translation.get_supported_language_variant(locale)
    except LookupError:
        return settings.LANGUAGE_CODE


class PersonsLanguage(MiddlewareMixin):
    """Pages speak the language that the person signed in chose; a stranger's comes from cookie and browser."""

    def process_request(self, request: HttpRequest) -> None:
        if request.user.is_authenticated and not request.path.startswith("/api/v1/"):
            translation.activate(supported(request.user.locale))
            request.LANGUAGE_CODE = translation.get_language()
