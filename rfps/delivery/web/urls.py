"""What a company wants to hear about."""

from __future__ import annotations

from django.urls import path

from rfps.delivery.web import subscriptions

SEAT = "company/<uuid:organisation>/interests/"

urlpatterns = [
    path(SEAT, subscriptions.subscriptions, name="subscriptions"),
    path(f"{SEAT}new/", subscriptions.new, name="subscription-new"),
    path(f"{SEAT}<uuid:subscription>/", subscriptions.change, name="subscription"),
    path(f"{SEAT}<uuid:subscription>/remove/", subscriptions.remove, name="subscription-remove"),
]
