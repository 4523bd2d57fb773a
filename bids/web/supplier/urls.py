"""Addresses of a supplier's pages."""

from __future__ import annotations

from django.urls import path, register_converter

from bids.web.supplier import company, inbox, offer, offers, opportunity, questions, quick


class Word:
    """What a supplier may answer to a request."""

    regex = "accept|refuse|decline|confirm|turn-down"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class OfferWord(Word):
    """What may be done with an offer that was sent."""

    regex = "withdraw|reconfirm"


register_converter(Word, "answer")
register_converter(OfferWord, "act")

HERE = "company/<uuid:organisation>/"
FITS = f"{HERE}requests/<uuid:opportunity>/"

urlpatterns = [
    path(HERE, company.company, name="company"),
    path(f"{HERE}requests/", inbox.inbox, name="inbox"),
    path(FITS, opportunity.opportunity, name="opportunity"),
    path(f"{FITS}ask/", questions.ask, name="opportunity-ask"),
    path(f"{FITS}contract.json", opportunity.contract_json, name="opportunity-contract"),
    path(f"{FITS}offer/<int:option>/", offer.offer, name="offer"),
    path(f"{FITS}offer/<int:option>/total/", offer.total, name="offer-total"),
    path(f"{FITS}offer/<int:option>/<act:word>/", offer.act, name="offer-act"),
    path(f"{FITS}<answer:word>/", opportunity.answer, name="opportunity-answer"),
    path(f"{HERE}offers/", offers.offers, name="offers"),
    path("quick/<str:token>/", quick.quick, name="quick"),
    path("quick/<str:token>/decline/", quick.decline, name="quick-decline"),
]
