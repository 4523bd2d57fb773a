"""Where people get an account without a password."""

from __future__ import annotations

from django.urls import path

from accounts.web import joining

urlpatterns = [
    path("", joining.join, name="join"),
    path("code/", joining.confirm, name="join-confirm"),
]
