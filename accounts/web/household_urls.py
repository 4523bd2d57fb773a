"""Addresses below /household/: those one lives with."""

from __future__ import annotations

from django.urls import path

from accounts.web import household

urlpatterns = [
    path("", household.household, name="household"),
    path("join/", household.join, name="household-join"),
    path("leave/", household.leave, name="household-leave"),
]
