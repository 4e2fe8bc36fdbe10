"""Tenants, their administrations (legal entities), users, API keys, audit trail, request keys."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Identity, Index, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from bordereau.contract import Address, Contact, Party
from bordereau.store.base import Base, Entity, Tenanted, tenant_fk


class Tenant(Base):
    """An account: the fence around everything else.

    `region` is the country of first registration and decides `currency` once (row A6); `plan` is
    `trial` or `subscriber` (row A5); days and periods are cut in `time_zone` (row A41).
    """

    __tablename__ = "tenant"
    __table_args__ = (
        CheckConstraint("plan in ('trial', 'subscriber')", name="plan"),
        {"info": {"fence_column": "id"}},
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    region: Mapped[str]
    currency: Mapped[str]
    time_zone: Mapped[str]
    language: Mapped[str] = mapped_column(server_default="en")
    plan: Mapped[str] = mapped_column(server_default="trial")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class PartyColumns:
    """The columns of a party of EN 16931: a seller (BG-4) or a buyer (BG-7)."""

    code: Mapped[str]
    name: Mapped[str]
    street: Mapped[str] = mapped_column(server_default="")
    additional: Mapped[str] = mapped_column(server_default="")
    postcode: Mapped[str] = mapped_column(server_default="")
    city: Mapped[str] = mapped_column(server_default="")
    subdivision: Mapped[str] = mapped_column(server_default="")
    country: Mapped[str]
    contact_name: Mapped[str] = mapped_column(server_default="")
    phone: Mapped[str] = mapped_column(server_default="")
    email: Mapped[str] = mapped_column(server_default="")
    legal_id: Mapped[str] = mapped_column(server_default="")
    legal_scheme: Mapped[str] = mapped_column(server_default="")
    vat_id: Mapped[str] = mapped_column(server_default="")
    electronic_address: Mapped[str] = mapped_column(server_default="")
    electronic_scheme: Mapped[str] = mapped_column(server_default="")

    def party(self) -> Party:
        """Return the party as documents carry it."""
        return Party(
            code=self.code,
            name=self.name,
            address=Address(
                street=self.street,
                additional=self.additional,
                postcode=self.postcode,
                city=self.city,
                subdivision=self.subdivision,
                country=self.country,
            ),
            contact=Contact(name=self.contact_name, phone=self.phone, email=self.email),
            legal_id=self.legal_id,
            legal_scheme=self.legal_scheme,
            vat_id=self.vat_id,
            electronic_address=self.electronic_address,
            electronic_scheme=self.electronic_scheme,
        )


class Administration(PartyColumns, Entity, Base):
    """A legal entity of the tenant: it sells, numbers its invoices and keeps its own settings.

    `tax_policy` says where tax is rounded (`category` or `line`); `finalise` whether numbers are
    taken when asked (`explicit`) or at generation (`on_generate`); `change_allowed` whether
    generated automatic invoices may be edited before they have a number (row B21).
    `surcharge_work_type_id` is the work type for invoice surcharge (row B53). Days up to
    `closed_until` take no entry; `credit_booking` says whether what a credit note takes back from
    revenue is booked as a `debit` or as a `negative_credit` (row B62).
    """

    __tablename__ = "administration"
    __table_args__ = (
        UniqueConstraint("tenant_id", "code"),
        CheckConstraint("tax_policy in ('category', 'line')", name="tax_policy"),
        CheckConstraint("finalise in ('explicit', 'on_generate')", name="finalise"),
        CheckConstraint("collect in ('customer', 'contract', 'project')", name="collect"),
        CheckConstraint("credit_booking in ('debit', 'negative_credit')", name="credit_booking"),
        tenant_fk("surcharge_work_type_id", "work_type", use_alter=True),
        tenant_fk("layout_id", "layout", use_alter=True),
    )

    currency: Mapped[str | None]
    language: Mapped[str] = mapped_column(server_default="en")
    iban: Mapped[str] = mapped_column(server_default="")
    bic: Mapped[str] = mapped_column(server_default="")
    blocked_iban: Mapped[str] = mapped_column(server_default="")
    payment_days: Mapped[int] = mapped_column(server_default="30")
    payment_terms: Mapped[str] = mapped_column(server_default="")
    tax_policy: Mapped[str] = mapped_column(server_default="category")
    finalise: Mapped[str] = mapped_column(server_default="explicit")
    collect: Mapped[str] = mapped_column(server_default="customer")
    change_allowed: Mapped[bool] = mapped_column(server_default="true")
    strict_dates: Mapped[bool] = mapped_column(server_default="false")
    closed_until: Mapped[date | None]
    revenue_account: Mapped[str] = mapped_column(server_default="")
    receivable_account: Mapped[str] = mapped_column(server_default="")
    tax_account: Mapped[str] = mapped_column(server_default="")
    suspense_account: Mapped[str] = mapped_column(server_default="")
    credit_booking: Mapped[str] = mapped_column(server_default="debit")
    surcharge_work_type_id: Mapped[UUID | None]
    layout_id: Mapped[UUID | None]


class User(Entity, Base):
    """Somebody, or something, that acts; `rights` are the names in `tenancy.rights`."""

    __tablename__ = "app_user"
    __table_args__ = (UniqueConstraint("tenant_id", "email"),)

    email: Mapped[str]
    name: Mapped[str]
    rights: Mapped[list[str]] = mapped_column(ARRAY(Text))
    active: Mapped[bool] = mapped_column(server_default="true")


class ApiKey(Entity, Base):
    """A key for programs; only the hash of its secret is kept."""

    __tablename__ = "api_key"
    __table_args__ = (tenant_fk("user_id", "app_user", ondelete="CASCADE"),)

    user_id: Mapped[UUID]
    name: Mapped[str]
    secret_sha256: Mapped[str]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class AuditEvent(Entity, Base):
    """Who did what, when and to what; it can be added to and read, nothing else."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index(None, "tenant_id", "subject"),
        {"info": {"privileges": ("select", "insert")}},
    )

    at: Mapped[datetime] = mapped_column(server_default=func.now())
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(server_default="{}")


class RequestKey(Tenanted, Base):
    """An `Idempotency-Key` with the answer it got, written in the transaction that did the work."""

    __tablename__ = "request_key"

    key: Mapped[str] = mapped_column(primary_key=True)
    route: Mapped[str]
    body_sha256: Mapped[str]
    status: Mapped[int | None]
    body: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
