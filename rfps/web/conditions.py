"""A person's conditions, as they and companies read them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from markdown_it import MarkdownIt

from rfps.disclosure import roster


def conditions(request: HttpRequest, terms: str) -> HttpResponse:
    """The whole text of one agreement of the roster."""
    try:
        agreement = roster.agreement(terms)
    except roster.UnknownTerms as error:
        raise Http404 from error
    text = MarkdownIt("commonmark", {"html": False}).render(agreement.text)
    return render(request, "composer/conditions.html", {"agreement": agreement, "text": text})
