"""What bills are made from: customers, contracts, projects, tickets, tax codes, work types."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bordereau.store.base import Base, Entity, tenant_fk
from bordereau.tenancy.tables import PartyColumns

PERCENT = "between 0 and 100"


class TaxCode(Entity, Base):
    """A tax: category of UNCL 5305 and rate in per cent; its code is the VAT rate group (B54).

    `distance_selling` marks the rates of EU OSS: what bears one is never billed automatically
    (row B22).
    """

    __tablename__ = "tax_code"
    __table_args__ = (
        UniqueConstraint("tenant_id", "code"),
        CheckConstraint(f"rate {PERCENT}", name="rate"),
    )

    code: Mapped[str]
    name: Mapped[str]
    category: Mapped[str]
    rate: Mapped[Decimal]
    exemption: Mapped[str] = mapped_column(server_default="")
    country: Mapped[str] = mapped_column(server_default="")
    distance_selling: Mapped[bool] = mapped_column(server_default="false")


class WorkType(Entity, Base):
    """A kind of work or goods: it gives tax, account and whether it is charged (row B6)."""

    __tablename__ = "work_type"
    __table_args__ = (
        UniqueConstraint("tenant_id", "code"),
        tenant_fk("tax_code_id", "tax_code"),
    )

    code: Mapped[str]
    name: Mapped[str]
    tax_code_id: Mapped[UUID | None]
    account: Mapped[str] = mapped_column(server_default="")
    unit: Mapped[str] = mapped_column(server_default="C62")
    charge: Mapped[bool] = mapped_column(server_default="true")


class Layout(Entity, Base):
    """How documents look: colour, logo and the legal mentions below each page."""

    __tablename__ = "layout"
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)

    name: Mapped[str]
    accent: Mapped[str] = mapped_column(server_default="#1f4e79")
    logo: Mapped[bytes] = mapped_column(server_default="")
    footer: Mapped[str] = mapped_column(server_default="")


class Customer(PartyColumns, Entity, Base):
    """A customer (sales relation): the buyer on an invoice.

    `delivery_mode` is the preferred issue method (row B39), empty if none was chosen;
    `distance_selling` marks EU OSS sales, as a tax code may too (row B22);
    `split_percent` is the part of the wage total that goes to a blocked account (row B58).
    """

    __tablename__ = "customer"
    __table_args__ = (
        UniqueConstraint("tenant_id", "code"),
        CheckConstraint(f"split_percent {PERCENT}", name="split_percent"),
        tenant_fk("administration_id", "administration"),
    )

    administration_id: Mapped[UUID | None]
    currency: Mapped[str | None]
    language: Mapped[str] = mapped_column(server_default="en")
    payment_days: Mapped[int | None]
    buyer_reference: Mapped[str] = mapped_column(server_default="")
    delivery_mode: Mapped[str] = mapped_column(server_default="")
    save_in_folder: Mapped[bool] = mapped_column(server_default="false")
    distance_selling: Mapped[bool] = mapped_column(server_default="false")
    split_percent: Mapped[Decimal] = mapped_column(server_default="0")
    active: Mapped[bool] = mapped_column(server_default="true")


class Contract(Entity, Base):
    """A running agreement with a customer.

    `terms` holds the fields of its type (`charges.rules`), decimals as text; `timing` says when a
    fixed fee is due (`advance` or `arrears`); the `time_*` columns round billable time in minutes.
    """

    __tablename__ = "contract"
    __table_args__ = (
        Index(None, "tenant_id", "customer_id"),
        UniqueConstraint("tenant_id", "code"),
        CheckConstraint('"end" >= start', name="term"),
        CheckConstraint("timing in ('advance', 'arrears')", name="timing"),
        CheckConstraint("prorate in ('none', 'daily')", name="prorate"),
        CheckConstraint("late_policy in ('bill_next', 'adjust', 'write_off')", name="late_policy"),
        tenant_fk("customer_id", "customer"),
        tenant_fk("administration_id", "administration"),
        tenant_fk("tax_code_id", "tax_code"),
    )

    code: Mapped[str]
    name: Mapped[str]
    customer_id: Mapped[UUID]
    administration_id: Mapped[UUID]
    type: Mapped[str]
    start: Mapped[date]
    end: Mapped[date]
    billing_period: Mapped[str]
    timing: Mapped[str] = mapped_column(server_default="arrears")
    prorate: Mapped[str] = mapped_column(server_default="none")
    taxable: Mapped[bool] = mapped_column(server_default="true")
    tax_code_id: Mapped[UUID | None]
    terms: Mapped[dict[str, Any]]
    time_step: Mapped[int] = mapped_column(server_default="0")
    time_direction: Mapped[str] = mapped_column(server_default="up")
    time_minimum: Mapped[int] = mapped_column(server_default="0")
    time_scope: Mapped[str] = mapped_column(server_default="entry")
    late_policy: Mapped[str] = mapped_column(server_default="bill_next")
    order_reference: Mapped[str] = mapped_column(server_default="")
    active: Mapped[bool] = mapped_column(server_default="true")


class Project(Entity, Base):
    """A project whose client (row B3) pays for its cost lines.

    `charge` off means that no line is ever billed; `may_deviate` lets a line differ from its work
    type (row B6); without `approval_required` lines are approved and closed on entry.
    """

    __tablename__ = "project"
    __table_args__ = (
        Index(None, "tenant_id", "customer_id"),
        UniqueConstraint("tenant_id", "code"),
        CheckConstraint(f"wage_percent {PERCENT}", name="wage_percent"),
        tenant_fk("customer_id", "customer"),
        tenant_fk("administration_id", "administration"),
        tenant_fk("layout_id", "layout"),
    )

    code: Mapped[str]
    name: Mapped[str]
    customer_id: Mapped[UUID | None]
    administration_id: Mapped[UUID]
    charge: Mapped[bool] = mapped_column(server_default="true")
    may_deviate: Mapped[bool] = mapped_column(server_default="true")
    approval_required: Mapped[bool] = mapped_column(server_default="true")
    invoice_separately: Mapped[bool] = mapped_column(server_default="false")
    wage_percent: Mapped[Decimal] = mapped_column(server_default="0")
    order_reference: Mapped[str] = mapped_column(server_default="")
    layout_id: Mapped[UUID | None]
    active: Mapped[bool] = mapped_column(server_default="true")


class Ticket(Entity, Base):
    """A service ticket; its work can be billed once it is Resolved or Closed (row A57)."""

    __tablename__ = "ticket"
    __table_args__ = (
        Index(None, "tenant_id", "contract_id"),
        UniqueConstraint("tenant_id", "code"),
        CheckConstraint("status in ('Open', 'Pending', 'Resolved', 'Closed')", name="status"),
        tenant_fk("customer_id", "customer"),
        tenant_fk("contract_id", "contract"),
    )

    code: Mapped[str]
    title: Mapped[str]
    customer_id: Mapped[UUID]
    contract_id: Mapped[UUID | None]
    status: Mapped[str]
    resolved_at: Mapped[datetime | None]
