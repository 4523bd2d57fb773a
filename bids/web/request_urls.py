"""Addresses of a customer's pages about requests, purchases and notices."""

from __future__ import annotations

from django.urls import path

from bids.web import acting, notices, purchases, questions, requests, together

urlpatterns = [
    path("requests/", requests.all_of_them, name="requests"),
    path("requests/in/<slug:group>/", requests.all_of_them, name="requests-in"),
    path("requests/<uuid:id>/", requests.one, name="request"),
    path("requests/<uuid:id>/seen/", requests.seen, name="request-seen"),
    path("requests/<uuid:id>/questions/note/", questions.note, name="request-note"),
    path("requests/<uuid:id>/questions/<uuid:question>/", questions.question, name="request-question"),
    path("requests/<uuid:id>/together/", together.together, name="request-together"),
    path("requests/<uuid:id>/together/propose/", together.put_forward, name="request-propose"),
    path("requests/<uuid:id>/together/take-back/", together.take_back, name="request-take-back"),
    path("requests/<uuid:id>/sharing/", together.say_who, name="request-sharing"),
    path("requests/<uuid:id>/change/", acting.widen, name="request-change"),
    *(path(f"requests/<uuid:id>/{name}/", acting.act, {"name": name}, name=f"request-{name}") for name in acting.ACTS),
    path("purchases/", purchases.purchases, name="purchases"),
    path("settings/notices/", notices.notices, name="notices"),
    path("settings/notices/read/", notices.read_all, name="notices-read"),
]
