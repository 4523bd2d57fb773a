"""The data store, and suppliers' public records."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import describing as shape
from accounts.api.rendering import field_json, item_json, supplier_json, value_json
from accounts.datastore import catalogue
from accounts.datastore.domain import itemising, keeping, owning
from accounts.datastore.models import FieldValue, Item, Owner
from accounts.datastore.policies import visible_items, visible_values
from accounts.models import User
from accounts.policies import visible_organisations
from accounts.states import OrganisationKind
from marketplace.idempotency.views import ApiView
from marketplace.kernel.api.paging import WHOLE, page, whole
from marketplace.kernel.api.tags import tag
from marketplace.kernel.errors import Fault, Invalid


class DataStoreView(ApiView):
    """Base of the views of a person's own data."""

    scope = "data"

    @property
    def person(self) -> User:
        """Keys with the scope `data` belong to people only."""
        holder = self.request.user
        if not isinstance(holder, User):
            raise Http404
        return holder


class ValueList(DataStoreView):
    """What a person keeps."""

    @extend_schema(summary="List what I keep, newest first", parameters=shape.PAGE, responses=shape.ValuePage)
    def get(self, request: Request) -> Response:
        rows = visible_values(self.actor).select_related("owner__key", "item")
        return page(request, rows, lambda found: [value_json(value) for value in found])

    @extend_schema(
        summary="Keep a value",
        description="409 `exists` when one of this field (and item) is live: correct it instead.",
        request=shape.NewValue,
        responses={201: shape.ValueAnswer},
        examples=[shape.NEW_VALUE, shape.VALUE],
    )
    def post(self, request: Request) -> Response:
        body = self.read(shape.NewValue)
        item = self._item(body.pop("item"))
        owner = owning.owner_of_field(self.person, body["field"], item)
        kept = keeping.add(owner, actor=self.actor, item=item, **body)
        return self.resource(value_json(kept), tag(kept.public_id), 201)

    def _item(self, public_id: UUID | None) -> Item | None:
        if public_id is None:
            return None
        item = visible_items(self.actor).select_related("owner__key").filter(public_id=public_id).first()
        if item is None:
            raise Invalid([Fault("/item", "unknown_item", _("There is no such item."))])
        return item


class ValueDetail(DataStoreView):
    """One value that a person keeps."""

    def load(self, field: str) -> FieldValue:
        """The live value of the field about `?item=`."""
        about = self.request.query_params.get("item")
        found = keeping.find(visible_values(self.actor), field, None if about is None else _uuid(about))
        if found is None:
            raise Http404
        return found

    def current_tag(self, field: str) -> str:
        # The owner's row, and then again: a correction is another row, which waiting for the old one would not show.
        Owner.objects.select_for_update(no_key=True).only("pk").get(pk=self.load(field).owner_id)
        return tag(self.load(field).public_id)

    def show(self, value: FieldValue) -> Response:
        return self.resource(value_json(value), tag(value.public_id))

    @extend_schema(summary="Read a value", parameters=shape.ONE, responses=shape.ValueAnswer, examples=[shape.VALUE])
    def get(self, request: Request, field: str) -> Response:
        return self.show(self.load(field))

    @extend_schema(
        summary="Correct a value",
        description="Makes a new version; the old one stays as it was.",
        parameters=shape.ONE,
        request=shape.Correction,
        responses=shape.ValueAnswer,
        examples=[shape.CORRECTION, shape.VALUE],
    )
    def patch(self, request: Request, field: str) -> Response:
        return self.show(keeping.correct(self.load(field), actor=self.actor, **self.read(shape.Correction)))

    @extend_schema(
        summary="Withdraw a value",
        description="It is disclosed to nobody from now on.",
        parameters=shape.ONE,
        request=None,
        responses={204: None},
    )
    def delete(self, request: Request, field: str) -> Response:
        keeping.withdraw(self.load(field), actor=self.actor)
        return Response(status=204)


class ItemList(DataStoreView):
    """Things that values are about."""

    @extend_schema(summary="List my things, newest first", parameters=shape.PAGE, responses=shape.ItemPage)
    def get(self, request: Request) -> Response:
        rows = visible_items(self.actor).select_related("owner__key")
        return page(request, rows, lambda found: [item_json(item) for item in found])

    @extend_schema(
        summary="Add a thing that values can be about",
        request=shape.NewItem,
        responses={201: shape.ItemAnswer},
        examples=[shape.NEW_ITEM],
    )
    def post(self, request: Request) -> Response:
        body = self.read(shape.NewItem)
        owner = owning.owner_of_facts(self.person, itemising.belongs_to(body["kind"]))
        return Response(item_json(itemising.add(owner, actor=self.actor, **body)), 201)


class FieldList(DataStoreView):
    """The catalogue of facts."""

    @extend_schema(summary="List the fields that can be kept", parameters=WHOLE, responses=shape.FieldPage)
    def get(self, request: Request) -> Response:
        return whole(request, [field_json(field) for field in catalogue.all_fields()])


class SupplierDetail(ApiView):
    """A supplier's public record."""

    scope = None

    @extend_schema(summary="Read a supplier's public record", responses=shape.SupplierAnswer)
    def get(self, request: Request, id: UUID) -> Response:  # noqa: A002 - the path's own word
        suppliers = visible_organisations(self.actor).filter(kind=OrganisationKind.SUPPLIER)
        body = supplier_json(self.one(suppliers.select_related("supplier"), public_id=id))
        return self.resource(body, tag(*_flat(body)))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


def _flat(body: dict[str, Any]) -> list[Any]:
    return [str(value) for value in body.values()]
