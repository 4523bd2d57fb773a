"""Every URL; the only place that enters web/ and api/."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.authentication import SessionAuthentication

from marketplace import web, web_about
from marketplace.health import healthz, readyz

API: list[URLPattern | URLResolver] = [
    path("schema/", SpectacularAPIView.as_view(authentication_classes=[], permission_classes=[]), name="schema"),
    path("", include("rfps.api.urls")),
    path("", include("rfps.delivery.api.urls")),
    path("", include("accounts.api.urls")),
    path("", include("rfps.disclosure.api.urls")),
    path("", include("bids.api.urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", web.front, name="front"),
    path("language/", web.language, name="set-language"),
    path("about/", web_about.about, name="about"),
    path("privacy/", web_about.privacy, name="privacy"),
    path("help/", web_about.help_, name="help"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("api/v1/", include(API)),
    path(
        "api/docs/",
        SpectacularSwaggerSplitView.as_view(
            url_name="schema", authentication_classes=[SessionAuthentication], permission_classes=[]
        ),
        name="api-docs",
    ),
    # Operators sign in where everybody does: the admin's own form counts no failed attempts.
    path("admin/login/", secure_admin_login(admin.site.login)),
    path("admin/", admin.site.urls),
    path("", include("accounts.web.urls")),
    path("accounts/", include("allauth.urls")),
    path("", include("bids.web.urls")),
    path("", include("rfps.delivery.web.urls")),
    path("", include("marketplace.operating.urls")),
    path("", include("bids.web.supplier.urls")),
    path("", include("bids.web.request_urls")),
    path("keep/", include("rfps.disclosure.web.urls")),
    path("household/", include("accounts.web.household_urls")),
    path("", include("rfps.web.urls")),
]

handler400 = "marketplace.views.bad_request"
handler404 = "marketplace.views.not_found"
handler500 = "marketplace.views.crash"
