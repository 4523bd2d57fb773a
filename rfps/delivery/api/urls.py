"""/api/v1/: subscriptions and the changes feed."""

from __future__ import annotations

from django.urls import URLPattern, path

from rfps.delivery.api import feed, subscriptions

urlpatterns: list[URLPattern] = [
    path("subscriptions/", subscriptions.SubscriptionList.as_view(), name="subscriptions"),
    path("subscriptions/<uuid:id>/", subscriptions.SubscriptionDetail.as_view(), name="subscription"),
    path("subscriptions/<uuid:id>/dry-run/", subscriptions.SubscriptionDryRun.as_view(), name="subscription-dry-run"),
    path("feed/", feed.Feed.as_view(), name="feed"),
]
