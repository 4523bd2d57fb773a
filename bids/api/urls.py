"""/api/v1/: bids, comparison, choice, contract."""

from __future__ import annotations

from django.urls import URLPattern, path

from bids.api import bids, judging

urlpatterns: list[URLPattern] = [
    path("bids/", bids.BidList.as_view(), name="bids"),
    path("bids/<uuid:id>/", bids.BidDetail.as_view(), name="bid"),
    path("bids/<uuid:id>/submit/", bids.BidSubmit.as_view(), name="bid-submit"),
    path("bids/<uuid:id>/withdraw/", bids.BidWithdraw.as_view(), name="bid-withdraw"),
    path("bids/<uuid:id>/reconfirm/", bids.BidReconfirm.as_view(), name="bid-reconfirm"),
    path("bids/<uuid:id>/versions/", bids.BidVersions.as_view(), name="bid-versions"),
    path("bids/<uuid:id>/contract/", bids.BidContract.as_view(), name="bid-contract"),
    path("opportunities/<uuid:id>/confirm-award/", bids.ConfirmAward.as_view(), name="opportunity-confirm-award"),
    path("opportunities/<uuid:id>/decline-award/", bids.DeclineAward.as_view(), name="opportunity-decline-award"),
    path("reports/win-loss/", bids.WinLoss.as_view(), name="report-win-loss"),
    path("rfps/<uuid:id>/bids/", judging.RfpBids.as_view(), name="rfp-bids"),
    path("rfps/<uuid:id>/comparison/", judging.RfpComparison.as_view(), name="rfp-comparison"),
    path("rfps/<uuid:id>/comparison/explain/", judging.RfpExplanation.as_view(), name="rfp-comparison-explain"),
    path("rfps/<uuid:id>/evaluation/", judging.RfpEvaluation.as_view(), name="rfp-evaluation"),
    path("rfps/<uuid:id>/current/", judging.RfpCurrent.as_view(), name="rfp-current"),
    path("rfps/<uuid:id>/own-entries/", judging.RfpOwnEntries.as_view(), name="rfp-own-entries"),
    path("rfps/<uuid:id>/shortlist/", judging.RfpShortlist.as_view(), name="rfp-shortlist"),
    path("rfps/<uuid:id>/award/", judging.RfpAward.as_view(), name="rfp-award"),
    path("rfps/<uuid:id>/contract/", judging.RfpContract.as_view(), name="rfp-contract"),
    path("rfps/<uuid:id>/export/", judging.RfpExport.as_view(), name="rfp-export"),
    path("rfps/<uuid:id>/funnel/", judging.RfpFunnel.as_view(), name="rfp-funnel"),
]
