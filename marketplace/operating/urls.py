"""Pages of an operator."""

from __future__ import annotations

from django.urls import path

from marketplace.operating import web

urlpatterns = [
    path("operator/", web.overview, name="operator"),
    path("operator/checks/", web.checks, name="operator-checks"),
    path("operator/checks/<uuid:asked>/", web.check, name="operator-check"),
    path("operator/checks/<uuid:asked>/no/", web.turn_down, name="operator-turn-down"),
    path("operator/gaps/", web.gaps, name="operator-gaps"),
    path("operator/ending/", web.ending, name="operator-ending"),
    path("operator/audit/", web.audit, name="operator-audit"),
    path("operator/suspended/", web.suspended, name="operator-suspended"),
    path("operator/suspended/<uuid:organisation>/", web.reinstate, name="operator-reinstate"),
]
