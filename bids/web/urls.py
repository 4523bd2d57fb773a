"""Addresses of the pages about offers."""

from __future__ import annotations

from django.urls import path

from bids.web import choice, columns, comparison, entries

urlpatterns = [
    path("requests/<uuid:id>/compare/", comparison.compare, name="compare"),
    path("requests/<uuid:id>/compare/weights/", comparison.weigh, name="compare-weights"),
    path("requests/<uuid:id>/compare/table.csv", comparison.take_away, name="compare-csv"),
    path("requests/<uuid:id>/compare/now/", entries.now, name="compare-now"),
    path("requests/<uuid:id>/compare/elsewhere/", entries.elsewhere, name="compare-elsewhere"),
    path("requests/<uuid:id>/compare/own/<uuid:entry>/", entries.rewrite, name="compare-own"),
    path("requests/<uuid:id>/compare/own/<uuid:entry>/out/", entries.take_out, name="compare-out"),
    path("requests/<uuid:id>/compare/<uuid:column>/", columns.column, name="compare-column"),
    path("requests/<uuid:id>/compare/<uuid:bid>/shortlist/", columns.look_closer, name="compare-shortlist"),
    path("requests/<uuid:id>/choose/<uuid:bid>/", choice.choose, name="choose"),
    path("requests/<uuid:id>/contract/", choice.contract, name="contract"),
    path("requests/<uuid:id>/contract/tell/", choice.tell, name="contract-tell"),
    path("requests/<uuid:id>/contract/contract.json", choice.contract_json, name="contract-json"),
]
