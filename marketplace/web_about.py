"""Who runs this and who pays, what happens with people's data, and help."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def about(request: HttpRequest) -> HttpResponse:
    """Who runs this server, in which form, on whose money, and where to complain."""
    return render(request, "about/about.html", _operator())


def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept of a person, who sees it, and for how long."""
    return render(request, "about/privacy.html", _operator())


def help_(request: HttpRequest) -> HttpResponse:
    """Questions that people and companies ask."""
    return render(request, "about/help.html", _operator())


def _operator() -> dict[str, str]:
    """What only these pages say of the operator; name and funding stand on every page."""
    return {
        "legal_form": settings.OPERATOR_LEGAL_FORM,
        "address": settings.OPERATOR_ADDRESS,
        "income": settings.OPERATOR_INCOME,
        "complaints": settings.COMPLAINTS_EMAIL,
    }
