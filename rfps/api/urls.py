"""/api/v1/: requests, categories, blocks; from the other side, what fits a supplier."""

from __future__ import annotations

from django.urls import URLPattern, path

from rfps.api import opportunities, questions, views

urlpatterns: list[URLPattern] = [
    path("categories/", views.CategoryList.as_view(), name="categories"),
    path("rfps/", views.RfpList.as_view(), name="rfps"),
    path("rfps/<uuid:id>/", views.RfpDetail.as_view(), name="rfp"),
    path("rfps/<uuid:id>/versions/", views.RfpVersions.as_view(), name="rfp-versions"),
    path("rfps/<uuid:id>/publish/", views.RfpPublish.as_view(), name="rfp-publish"),
    path("rfps/<uuid:id>/close/", views.RfpClose.as_view(), name="rfp-close"),
    path("rfps/<uuid:id>/extend/", views.RfpExtend.as_view(), name="rfp-extend"),
    path("rfps/<uuid:id>/cancel/", views.RfpCancel.as_view(), name="rfp-cancel"),
    path("rfps/<uuid:id>/end/", views.RfpEnd.as_view(), name="rfp-end"),
    path("rfps/<uuid:id>/copy/", views.RfpCopy.as_view(), name="rfp-copy"),
    path("rfps/<uuid:id>/preview/", views.RfpPreview.as_view(), name="rfp-preview"),
    path("rfps/<uuid:id>/audience/", views.RfpAudience.as_view(), name="rfp-audience"),
    path("rfps/<uuid:id>/questions/", questions.RfpQuestions.as_view(), name="rfp-questions"),
    path("questions/<uuid:id>/", questions.QuestionDetail.as_view(), name="question"),
    path("questions/<uuid:id>/answer/", questions.QuestionReply.as_view(), name="question-answer"),
    path("blocks/<uuid:supplier>/", views.BlockDetail.as_view(), name="block"),
    path("opportunities/", opportunities.OpportunityList.as_view(), name="opportunities"),
    path("opportunities/<uuid:id>/", opportunities.OpportunityDetail.as_view(), name="opportunity"),
    path(
        "opportunities/<uuid:id>/accept-terms/",
        opportunities.OpportunityAccept.as_view(),
        name="opportunity-accept-terms",
    ),
    path(
        "opportunities/<uuid:id>/refuse-terms/",
        opportunities.OpportunityRefuse.as_view(),
        name="opportunity-refuse-terms",
    ),
    path("opportunities/<uuid:id>/decline/", opportunities.OpportunityDecline.as_view(), name="opportunity-decline"),
    path("opportunities/<uuid:id>/questions/", questions.OpportunityQuestions.as_view(), name="opportunity-questions"),
]
