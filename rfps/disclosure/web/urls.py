"""Addresses below /keep/: what a person keeps here, and who has what."""

from __future__ import annotations

from django.urls import path

from rfps.disclosure.web import facts, readers, things

urlpatterns = [
    path("", facts.everything, name="keep"),
    path("ledger/", readers.ledger, name="keep-ledger"),
    path("companies/", readers.companies, name="keep-companies"),
    path("companies/<uuid:company>/", readers.one_company, name="keep-company"),
    path("things/add/<slug:kind>/", things.add, name="keep-thing-add"),
    path("things/<uuid:id>/remove/", things.remove, name="keep-thing-remove"),
    path("<str:field>/", facts.fact, name="keep-field"),
    path("<str:field>/withdraw/", facts.withdraw, name="keep-withdraw"),
]
