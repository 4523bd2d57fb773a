"""/api/v1/: grants, the log of reads, terms."""

from __future__ import annotations

from django.urls import URLPattern, path

from rfps.disclosure.api import views

urlpatterns: list[URLPattern] = [
    path("data-store/disclosures/", views.DisclosureList.as_view(), name="disclosures"),
    path("grants/", views.GrantList.as_view(), name="grants"),
    path("grants/<uuid:id>/", views.GrantDetail.as_view(), name="grant"),
    path("terms/", views.TermsList.as_view(), name="terms"),
]
