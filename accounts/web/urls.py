"""Where people get an account without a password, found companies, and say who acts for them."""

from __future__ import annotations

from django.urls import path

from accounts.web import companies, invitations, joining, keys, sessions, team

urlpatterns = [
    path("join/", joining.join, name="join"),
    path("join/code/", joining.confirm, name="join-confirm"),
    path("join/<str:token>/", invitations.invitation, name="invitation"),
    path("company/new/", companies.found, name="found"),
    path("company/<uuid:organisation>/profile/", companies.profile, name="profile"),
    path("company/<uuid:organisation>/checks/<str:kind>/", companies.ask, name="ask-check"),
    path("company/<uuid:organisation>/team/", team.team, name="team"),
    path("company/<uuid:organisation>/team/leave/", team.leave, name="leave"),
    path("company/<uuid:organisation>/team/<uuid:person>/", team.member, name="member"),
    path("company/<uuid:organisation>/team/<uuid:person>/remove/", team.remove, name="member-remove"),
    path("company/<uuid:organisation>/team/invited/<uuid:invitation>/", team.take_back, name="take-back"),
    path("company/<uuid:organisation>/keys/", keys.company_keys, name="keys"),
    path("company/<uuid:organisation>/keys/<uuid:key>/", keys.revoke, name="key-revoke"),
    path("settings/sign-ins/", sessions.sign_ins, name="sign-ins"),
    path("settings/sign-ins/others/end/", sessions.end_others, name="sign-ins-end-others"),
    path("settings/sign-ins/<uuid:sign_in>/end/", sessions.end, name="sign-in-end"),
    path("settings/keys/", keys.own_keys, name="my-keys"),
    path("settings/keys/<uuid:key>/", keys.revoke_own, name="my-key-revoke"),
]
