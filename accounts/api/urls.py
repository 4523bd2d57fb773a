"""/api/v1/: the data store, suppliers."""

from __future__ import annotations

from django.urls import URLPattern, path

from accounts.api import views

urlpatterns: list[URLPattern] = [
    path("data-store/values/", views.ValueList.as_view(), name="values"),
    path("data-store/values/<str:field>/", views.ValueDetail.as_view(), name="value"),
    path("data-store/items/", views.ItemList.as_view(), name="items"),
    path("data-store/fields/", views.FieldList.as_view(), name="fields"),
    path("suppliers/<uuid:id>/", views.SupplierDetail.as_view(), name="supplier"),
]
