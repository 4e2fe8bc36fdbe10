"""Shapes that all routes share: ids with their prefix, money as text, pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Generic, Self, TypeVar
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import core_schema

from bordereau.values.ids import parse_id, public_id
from bordereau.values.money import round_amount

ItemT = TypeVar("ItemT")


class Shape(BaseModel):
    """The base of request and answer bodies: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    @classmethod
    def from_row(cls, row: Any, **given: Any) -> Self:
        """Answer a row: fields as given, else from the row, where `batch` is its `batch_id`."""
        for name in cls.model_fields:
            if name not in given:
                given[name] = getattr(row, name if hasattr(row, name) else f"{name}_id")
        return cls(**given)


class Filter(BaseModel):
    """The base of what a list can be narrowed by, read from the address."""

    def given(self) -> dict[str, Any]:
        """Return what was given."""
        return {name: getattr(self, name) for name in self.model_fields_set}


@dataclass(frozen=True, slots=True)
class PublicId:
    """Marks a UUID that is shown with a prefix, `inv_…`; the `others` are read too."""

    prefix: str
    others: tuple[str, ...] = ()

    def __get_pydantic_core_schema__(
        self, _source: Any, _handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        write = core_schema.plain_serializer_function_ser_schema(
            lambda value: public_id(self.prefix, value), return_schema=core_schema.str_schema()
        )
        return core_schema.no_info_plain_validator_function(self._read, serialization=write)

    def __get_pydantic_json_schema__(
        self, _schema: core_schema.CoreSchema, _handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        prefix = f"({'|'.join((self.prefix, *self.others))})" if self.others else self.prefix
        return {"type": "string", "pattern": f"^{prefix}_[0-9a-f]{{32}}$"}

    def _read(self, value: Any) -> UUID:
        if isinstance(value, UUID):
            return value
        text = str(value)
        known = (one for one in self.others if text.startswith(f"{one}_"))
        return parse_id(next(known, self.prefix), text)


AdministrationId = Annotated[UUID, PublicId("adm")]
ApiKeyId = Annotated[UUID, PublicId("key")]
BatchId = Annotated[UUID, PublicId("bat")]
ChargeId = Annotated[UUID, PublicId("chg")]
ConnectionId = Annotated[UUID, PublicId("con")]
ContractId = Annotated[UUID, PublicId("ctr")]
CustomerId = Annotated[UUID, PublicId("cus")]
DeliveryId = Annotated[UUID, PublicId("dlv")]
DraftId = Annotated[UUID, PublicId("drf")]
EventId = Annotated[UUID, PublicId("evt")]
InvoiceId = Annotated[UUID, PublicId("inv")]
ItemId = Annotated[UUID, PublicId("itm")]
LayoutId = Annotated[UUID, PublicId("lay")]
LineId = Annotated[UUID, PublicId("lin")]
OrderId = Annotated[UUID, PublicId("ord")]
OwnerId = Annotated[UUID, PublicId("ctr", ("prj", "cus"))]
ProjectId = Annotated[UUID, PublicId("prj")]
RatingId = Annotated[UUID, PublicId("rat")]
SeriesId = Annotated[UUID, PublicId("ser")]
TaxCodeId = Annotated[UUID, PublicId("tax")]
TicketId = Annotated[UUID, PublicId("tkt")]
UserId = Annotated[UUID, PublicId("usr")]
WorkTypeId = Annotated[UUID, PublicId("wtp")]

Amount = Annotated[
    Decimal,
    PlainSerializer(lambda value: format(value, "f"), return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?$", "examples": ["12.34"]}),
]
Figure = Annotated[
    Decimal,
    PlainSerializer(lambda value: format(value.normalize() + 0, "f"), return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?$", "examples": ["1.5"]}),
]
"""A quantity, rate or price: as many decimals as it needs."""


Given = Annotated[Decimal, Field(gt=-(10**12), lt=10**12, decimal_places=6)]
"""A number that a caller gives, as far as the tables keep one."""


class Money(Shape):
    """An amount as text with its currency, never a float."""

    amount: Amount
    currency: str

    @classmethod
    def of(cls, amount: Decimal, currency: str) -> "Money":
        """Write an amount with the decimals of its currency."""
        return cls(amount=round_amount(amount, currency), currency=currency)


class MoneyIn(Shape):
    """An amount with its currency, as a caller gives it."""

    amount: Given
    currency: Annotated[str, Field(min_length=3, max_length=3)]


class Page(Shape, Generic[ItemT]):
    """A page of a list; pass `next_cursor` as `cursor` to go on."""

    data: list[ItemT]
    has_more: bool = False
    next_cursor: str | None = None


class Count(Shape):
    """How many things an action touched."""

    count: int


def given(body: BaseModel) -> Mapping[str, Any]:
    """Return the fields that the caller gave, for a change of just these."""
    return {name: getattr(body, name) for name in body.model_fields_set}
