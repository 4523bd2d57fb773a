"""From a sentence to a published request."""

from __future__ import annotations

from django.urls import path

from rfps.web import checking, conditions, details, publishing, rows, seeing, starting

urlpatterns = [
    path("start/", starting.start, name="start"),
    path("requests/<uuid:id>/what/", starting.what, name="compose-what"),
    path("requests/<uuid:id>/details/", details.details, name="compose-details"),
    path("requests/<uuid:id>/who-sees/", seeing.sees, name="compose-sees"),
    path("requests/<uuid:id>/who-sees/move/", seeing.reveal, name="compose-reveal"),
    path("requests/<uuid:id>/check/", checking.check, name="compose-check"),
    path("requests/<uuid:id>/check/meant/", checking.confirm, name="compose-confirm"),
    path("requests/<uuid:id>/check/<slug:part>/", checking.change, name="compose-change"),
    path("requests/<uuid:id>/rows/<slug:name>/", rows.rows, name="compose-rows"),
    path("requests/<uuid:id>/rows/<slug:name>/new/", rows.add, name="compose-row-new"),
    path("requests/<uuid:id>/rows/<slug:name>/<int:at>/", rows.edit, name="compose-row"),
    path("requests/<uuid:id>/rows/<slug:name>/<int:at>/move/", rows.move, name="compose-row-move"),
    path("requests/<uuid:id>/publish/", publishing.publish, name="compose-publish"),
    path("requests/<uuid:id>/publish/code/", publishing.code, name="compose-code"),
    path("requests/<uuid:id>/sent/", publishing.published, name="compose-sent"),
    path("conditions/<str:terms>/", conditions.conditions, name="conditions"),
]
