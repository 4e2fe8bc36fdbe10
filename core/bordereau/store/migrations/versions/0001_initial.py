"""initial."""
# ruff: noqa: E501 - this file was written by a tool

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Take this step."""
    op.create_table(
        "administration",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), server_default="en", nullable=False),
        sa.Column("iban", sa.Text(), server_default="", nullable=False),
        sa.Column("bic", sa.Text(), server_default="", nullable=False),
        sa.Column("blocked_iban", sa.Text(), server_default="", nullable=False),
        sa.Column("payment_days", sa.Integer(), server_default="30", nullable=False),
        sa.Column("payment_terms", sa.Text(), server_default="", nullable=False),
        sa.Column("tax_policy", sa.Text(), server_default="category", nullable=False),
        sa.Column("finalise", sa.Text(), server_default="explicit", nullable=False),
        sa.Column("collect", sa.Text(), server_default="customer", nullable=False),
        sa.Column("change_allowed", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("strict_dates", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("closed_until", sa.Date(), nullable=True),
        sa.Column("revenue_account", sa.Text(), server_default="", nullable=False),
        sa.Column("receivable_account", sa.Text(), server_default="", nullable=False),
        sa.Column("tax_account", sa.Text(), server_default="", nullable=False),
        sa.Column("suspense_account", sa.Text(), server_default="", nullable=False),
        sa.Column("credit_booking", sa.Text(), server_default="debit", nullable=False),
        sa.Column("surcharge_work_type_id", sa.Uuid(), nullable=True),
        sa.Column("layout_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("street", sa.Text(), server_default="", nullable=False),
        sa.Column("additional", sa.Text(), server_default="", nullable=False),
        sa.Column("postcode", sa.Text(), server_default="", nullable=False),
        sa.Column("city", sa.Text(), server_default="", nullable=False),
        sa.Column("subdivision", sa.Text(), server_default="", nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("contact_name", sa.Text(), server_default="", nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("legal_id", sa.Text(), server_default="", nullable=False),
        sa.Column("legal_scheme", sa.Text(), server_default="", nullable=False),
        sa.Column("vat_id", sa.Text(), server_default="", nullable=False),
        sa.Column("electronic_address", sa.Text(), server_default="", nullable=False),
        sa.Column("electronic_scheme", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "collect in ('customer', 'contract', 'project')",
            name=op.f("administration_collect_check"),
        ),
        sa.CheckConstraint(
            "credit_booking in ('debit', 'negative_credit')",
            name=op.f("administration_credit_booking_check"),
        ),
        sa.CheckConstraint(
            "finalise in ('explicit', 'on_generate')", name=op.f("administration_finalise_check")
        ),
        sa.CheckConstraint(
            "tax_policy in ('category', 'line')", name=op.f("administration_tax_policy_check")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("administration_pk")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("administration_code_key")),
    )
    op.create_table(
        "app_user",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rights", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("app_user_pk")),
        sa.UniqueConstraint("tenant_id", "email", name=op.f("app_user_email_key")),
    )
    op.create_table(
        "audit_event",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column(
            "details",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("audit_event_pk")),
        info={"privileges": ("select", "insert")},
    )
    op.create_index(
        op.f("audit_event_subject_idx"), "audit_event", ["tenant_id", "subject"], unique=False
    )
    op.create_table(
        "batch",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("source", sa.Text(), server_default="contracts", nullable=False),
        sa.Column("state", sa.Text(), server_default="selecting", nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("invoice_date", sa.Date(), nullable=True),
        sa.Column("collect", sa.Text(), server_default="customer", nullable=False),
        sa.Column("line_level", sa.Text(), server_default="entry", nullable=False),
        sa.Column("compress", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("tick_all", sa.Boolean(), server_default="true", nullable=False),
        sa.Column(
            "filters",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("preview_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("inputs_digest", sa.Text(), server_default="", nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("generated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finalised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "finalising", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("warnings", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "collect in ('customer', 'contract', 'project')", name=op.f("batch_collect_check")
        ),
        sa.CheckConstraint(
            "line_level in ('contract', 'ticket', 'entry')", name=op.f("batch_line_level_check")
        ),
        sa.CheckConstraint(
            "source in ('contracts', 'projects', 'participants')", name=op.f("batch_source_check")
        ),
        sa.CheckConstraint(
            "state in ('selecting', 'run', 'generated', 'finalised', 'deleted')",
            name=op.f("batch_state_check"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("batch_pk")),
    )
    op.create_table(
        "connection",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column(
            "settings",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column(
            "secrets",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("automatic", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("zero_totals", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("state", sa.Text(), server_default="ok", nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "kind in ('renderer', 'delivery', 'destination')", name=op.f("connection_kind_check")
        ),
        sa.CheckConstraint(
            "state in ('ok', 'paused', 'reconnect', 'disabled')",
            name=op.f("connection_state_check"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("connection_pk")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("connection_name_key")),
    )
    op.create_table(
        "enabled_plugin",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "plugin", name=op.f("enabled_plugin_pk")),
    )
    op.create_table(
        "layout",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("accent", sa.Text(), server_default="#1f4e79", nullable=False),
        sa.Column("logo", sa.LargeBinary(), server_default="", nullable=False),
        sa.Column("footer", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("layout_pk")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("layout_name_key")),
    )
    op.create_table(
        "rating",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), server_default="running", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "error",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state in ('running', 'done', 'failed')", name=op.f("rating_state_check")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("rating_pk")),
    )
    op.create_index(
        "ix_rating_running",
        "rating",
        ["tenant_id"],
        unique=True,
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "request_key",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("body_sha256", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column(
            "body", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("tenant_id", "key", name=op.f("request_key_pk")),
    )
    op.create_table(
        "tax_code",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("rate", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("exemption", sa.Text(), server_default="", nullable=False),
        sa.Column("country", sa.Text(), server_default="", nullable=False),
        sa.Column("distance_selling", sa.Boolean(), server_default="false", nullable=False),
        sa.CheckConstraint("rate between 0 and 100", name=op.f("tax_code_rate_check")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("tax_code_pk")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("tax_code_code_key")),
    )
    op.create_table(
        "tenant",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), server_default="en", nullable=False),
        sa.Column("plan", sa.Text(), server_default="trial", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("plan in ('trial', 'subscriber')", name=op.f("tenant_plan_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("tenant_pk")),
        sa.UniqueConstraint("slug", name=op.f("tenant_slug_key")),
        info={"fence_column": "id"},
    )
    op.create_table(
        "api_key",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_sha256", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["app_user.tenant_id", "app_user.id"],
            name=op.f("api_key_user_id_fk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("api_key_pk")),
    )
    op.create_table(
        "batch_owner_choice",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("ticked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "batch_id"],
            ["batch.tenant_id", "batch.id"],
            name=op.f("batch_owner_choice_batch_id_fk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id", "batch_id", "owner_id", name=op.f("batch_owner_choice_pk")
        ),
    )
    op.create_table(
        "carry_forward",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("administration_id", sa.Uuid(), nullable=False),
        sa.Column("closed_until", sa.Date(), nullable=False),
        sa.Column("moved_to", sa.Date(), nullable=False),
        sa.Column("invoices", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "administration_id"],
            ["administration.tenant_id", "administration.id"],
            name=op.f("carry_forward_administration_id_fk"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("carry_forward_pk")),
        info={"privileges": ("select", "insert")},
    )
    op.create_table(
        "customer",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("administration_id", sa.Uuid(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), server_default="en", nullable=False),
        sa.Column("payment_days", sa.Integer(), nullable=True),
        sa.Column("buyer_reference", sa.Text(), server_default="", nullable=False),
        sa.Column("delivery_mode", sa.Text(), server_default="", nullable=False),
        sa.Column("save_in_folder", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("distance_selling", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "split_percent", sa.Numeric(precision=20, scale=6), server_default="0", nullable=False
        ),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("street", sa.Text(), server_default="", nullable=False),
        sa.Column("additional", sa.Text(), server_default="", nullable=False),
        sa.Column("postcode", sa.Text(), server_default="", nullable=False),
        sa.Column("city", sa.Text(), server_default="", nullable=False),
        sa.Column("subdivision", sa.Text(), server_default="", nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("contact_name", sa.Text(), server_default="", nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("legal_id", sa.Text(), server_default="", nullable=False),
        sa.Column("legal_scheme", sa.Text(), server_default="", nullable=False),
        sa.Column("vat_id", sa.Text(), server_default="", nullable=False),
        sa.Column("electronic_address", sa.Text(), server_default="", nullable=False),
        sa.Column("electronic_scheme", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "split_percent between 0 and 100", name=op.f("customer_split_percent_check")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "administration_id"],
            ["administration.tenant_id", "administration.id"],
            name=op.f("customer_administration_id_fk"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("customer_pk")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("customer_code_key")),
    )
    op.create_table(
        "notice",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column(
            "changes",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "batch_id"],
            ["batch.tenant_id", "batch.id"],
            name=op.f("notice_batch_id_fk"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("notice_pk")),
    )
    op.create_table(
        "output_order",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "options",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "batch_id"],
            ["batch.tenant_id", "batch.id"],
            name=op.f("output_order_batch_id_fk"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("output_order_pk")),
    )
    op.create_index(
        "ix_output_order_batch", "output_order", ["tenant_id", "batch_id"], unique=False
    )
    op.create_table(
        "series",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("administration_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("pattern", sa.Text(), server_default="{year}-{seq:05d}", nullable=False),
        sa.Column("first", sa.Integer(), server_default="1", nullable=False),
        sa.Column("next", sa.Integer(), server_default="1", nullable=False),
        sa.Column("head", sa.Text(), server_default="", nullable=False),
        sa.Column("last_date", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "administration_id"],
            ["administration.tenant_id", "administration.id"],
            name=op.f("series_administration_id_fk"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("series_pk")),
        sa.UniqueConstraint(
            "tenant_id", "administration_id", "kind", name=op.f("series_administration_id_kind_key")
        ),
    )
    op.create_table(
        "work_type",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tax_code_id", sa.Uuid(), nullable=True),
        sa.Column("account", sa.Text(), server_default="", nullable=False),
        sa.Column("unit", sa.Text(), server_default="C62", nullable=False),
        sa.Column("charge", sa.Boolean(), server_default="true", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "tax_code_id"],
            ["tax_code.tenant_id", "tax_code.id"],
            name=op.f("work_type_tax_code_id_fk"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("work_type_pk")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("work_type_code_key")),
    )
    op.create_table(
        "consignment",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("request_key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "connection_id"],
            ["connection.tenant_id", "connection.id"],
            name=op.f("consignment_connection_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["output_order.tenant_id", "output_order.id"],
            name=op.f("consignment_order_id_fk"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("consignment_pk")),
    )
    op.create_table(
        "contract",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("administration_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("end", sa.Date(), nullable=False),
        sa.Column("billing_period", sa.Text(), nullable=False),
        sa.Column("timing", sa.Text(), server_default="arrears", nullable=False),
        sa.Column("prorate", sa.Text(), server_default="none", nullable=False),
        sa.Column("taxable", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("tax_code_id", sa.Uuid(), nullable=True),
        sa.Column(
            "terms", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("time_step", sa.Integer(), server_default="0", nullable=False),
        sa.Column("time_direction", sa.Text(), server_default="up", nullable=False),
        sa.Column("time_minimum", sa.Integer(), server_default="0", nullable=False),
        sa.Column("time_scope", sa.Text(), server_default="entry", nullable=False),
        sa.Column("late_policy", sa.Text(), server_default="bill_next", nullable=False),
        sa.Column("order_reference", sa.Text(), server_default="", nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.CheckConstraint(
            "late_policy in ('bill_next', 'adjust', 'write_off')",
            name=op.f("contract_late_policy_check"),
        ),
        sa.CheckConstraint("prorate in ('none', 'daily')", name=op.f("contract_prorate_check")),
        sa.CheckConstraint("timing in ('advance', 'arrears')", name=op.f("contract_timing_check")),
        sa.CheckConstraint('"end" >= start', name=op.f("contract_term_check")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "administration_id"],
            ["administration.tenant_id", "administration.id"],
            name=op.f("contract_administration_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer_id"],
            ["customer.tenant_id", "customer.id"],
            name=op.f("contract_customer_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "tax_code_id"],
            ["tax_code.tenant_id", "tax_code.id"],
            name=op.f("contract_tax_code_id_fk"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("contract_pk")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("contract_code_key")),
    )
    op.create_index(
        op.f("contract_customer_id_idx"), "contract", ["tenant_id", "customer_id"], unique=False
    )
    op.create_table(
        "draft",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("administration_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), server_default="new", nullable=False),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("delayed_until", sa.Date(), nullable=True),
        sa.Column("invoiced_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("released_by", sa.Text(), server_default="", nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "state in ('new', 'released', 'changed', 'delayed', 'invoiced', 'deleted')",
            name=op.f("draft_state_check"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "administration_id"],
            ["administration.tenant_id", "administration.id"],
            name=op.f("draft_administration_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer_id"],
            ["customer.tenant_id", "customer.id"],
            name=op.f("draft_customer_id_fk"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("draft_pk")),
    )
    op.create_index(
        "uq_draft_open",
        "draft",
        ["tenant_id", "administration_id", "customer_id"],
        unique=True,
        postgresql_where=sa.text("state in ('new', 'released', 'changed')"),
    )
    op.create_table(
        "project",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("administration_id", sa.Uuid(), nullable=False),
        sa.Column("charge", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("may_deviate", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("approval_required", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("invoice_separately", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "wage_percent", sa.Numeric(precision=20, scale=6), server_default="0", nullable=False
        ),
        sa.Column("order_reference", sa.Text(), server_default="", nullable=False),
        sa.Column("layout_id", sa.Uuid(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.CheckConstraint(
            "wage_percent between 0 and 100", name=op.f("project_wage_percent_check")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "administration_id"],
            ["administration.tenant_id", "administration.id"],
            name=op.f("project_administration_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer_id"],
            ["customer.tenant_id", "customer.id"],
            name=op.f("project_customer_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "layout_id"],
            ["layout.tenant_id", "layout.id"],
            name=op.f("project_layout_id_fk"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("project_pk")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("project_code_key")),
    )
    op.create_index(
        op.f("project_customer_id_idx"), "project", ["tenant_id", "customer_id"], unique=False
    )
    op.create_table(
        "render_chunk",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state in ('waiting', 'done', 'attention')", name=op.f("render_chunk_state_check")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["output_order.tenant_id", "output_order.id"],
            name=op.f("render_chunk_order_id_fk"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("render_chunk_pk")),
    )
    op.create_table(
        "backup_usage",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("gigabytes", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contract_id"],
            ["contract.tenant_id", "contract.id"],
            name=op.f("backup_usage_contract_id_fk"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("backup_usage_pk")),
        sa.UniqueConstraint(
            "tenant_id",
            "contract_id",
            "day",
            "category",
            name=op.f("backup_usage_contract_id_day_category_key"),
        ),
    )
    op.create_table(
        "block_period",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("opening", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("included", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("used", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("overage", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("carried", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("lost", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column(
            "alerts",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        sa.Column("settled", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("created_by", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contract_id"],
            ["contract.tenant_id", "contract.id"],
            name=op.f("block_period_contract_id_fk"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("block_period_pk")),
        sa.UniqueConstraint(
            "tenant_id",
            "contract_id",
            "period_start",
            "revision",
            name=op.f("block_period_contract_id_period_start_revision_key"),
        ),
    )
    op.create_table(
        "device",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contract_id"],
            ["contract.tenant_id", "contract.id"],
            name=op.f("device_contract_id_fk"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("device_pk")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("device_code_key")),
    )
    op.create_index(
        op.f("device_contract_id_idx"), "device", ["tenant_id", "contract_id"], unique=False
    )
    op.create_table(
        "invoice",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="380", nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="draft", nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("administration_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=True),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("draft_id", sa.Uuid(), nullable=True),
        sa.Column("original_id", sa.Uuid(), nullable=True),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("layout_id", sa.Uuid(), nullable=True),
        sa.Column("series_id", sa.Uuid(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("issue_date", sa.Date(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("tax_policy", sa.Text(), nullable=False),
        sa.Column("net", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("tax", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("total", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column(
            "buyer", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("buyer_reference", sa.Text(), server_default="", nullable=False),
        sa.Column("order_reference", sa.Text(), server_default="", nullable=False),
        sa.Column("notes", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column(
            "payment_split",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
        ),
        sa.Column("proposal_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("document_sha256", sa.Text(), nullable=True),
        sa.Column("chain", sa.Text(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "(number is null) = (state in ('proposed', 'draft'))",
            name=op.f("invoice_number_when_issued_check"),
        ),
        sa.CheckConstraint(
            "state in ('proposed', 'draft', 'issued', 'voided')", name=op.f("invoice_state_check")
        ),
        sa.CheckConstraint(
            "status in ('draft', 'exported', 'sent', 'paid', 'refunded')",
            name=op.f("invoice_status_check"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "administration_id"],
            ["administration.tenant_id", "administration.id"],
            name=op.f("invoice_administration_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "batch_id"],
            ["batch.tenant_id", "batch.id"],
            name=op.f("invoice_batch_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contract_id"],
            ["contract.tenant_id", "contract.id"],
            name=op.f("invoice_contract_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer_id"],
            ["customer.tenant_id", "customer.id"],
            name=op.f("invoice_customer_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "draft_id"],
            ["draft.tenant_id", "draft.id"],
            name=op.f("invoice_draft_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "layout_id"],
            ["layout.tenant_id", "layout.id"],
            name=op.f("invoice_layout_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "original_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("invoice_original_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["project.tenant_id", "project.id"],
            name=op.f("invoice_project_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "replaces_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("invoice_replaces_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "series_id"],
            ["series.tenant_id", "series.id"],
            name=op.f("invoice_series_id_fk"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("invoice_pk")),
        sa.UniqueConstraint(
            "tenant_id",
            "administration_id",
            "kind",
            "number",
            name=op.f("invoice_administration_id_kind_number_key"),
        ),
        sa.UniqueConstraint(
            "tenant_id", "series_id", "sequence", name=op.f("invoice_series_id_sequence_key")
        ),
    )
    op.create_index("ix_invoice_batch", "invoice", ["tenant_id", "batch_id"], unique=False)
    op.create_index(
        "ix_invoice_customer", "invoice", ["tenant_id", "customer_id", "issue_date"], unique=False
    )
    op.create_index(
        "ix_invoice_original",
        "invoice",
        ["tenant_id", "original_id"],
        unique=False,
        postgresql_where=sa.text("original_id is not null"),
    )
    op.create_index(
        "ix_invoice_replaces",
        "invoice",
        ["tenant_id", "replaces_id"],
        unique=False,
        postgresql_where=sa.text("replaces_id is not null"),
    )
    op.create_table(
        "ticket",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status in ('Open', 'Pending', 'Resolved', 'Closed')", name=op.f("ticket_status_check")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contract_id"],
            ["contract.tenant_id", "contract.id"],
            name=op.f("ticket_contract_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer_id"],
            ["customer.tenant_id", "customer.id"],
            name=op.f("ticket_customer_id_fk"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("ticket_pk")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("ticket_code_key")),
    )
    op.create_index(
        op.f("ticket_contract_id_idx"), "ticket", ["tenant_id", "contract_id"], unique=False
    )
    op.create_table(
        "artifact",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("artifact_invoice_id_fk"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("artifact_pk")),
        sa.UniqueConstraint(
            "tenant_id",
            "invoice_id",
            "media_type",
            "layout",
            name=op.f("artifact_invoice_id_media_type_layout_key"),
        ),
        info={"privileges": ("select", "insert")},
    )
    op.create_table(
        "charge",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("administration_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("contract_id", sa.Uuid(), nullable=True),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("block_period_id", sa.Uuid(), nullable=True),
        sa.Column("work_type_id", sa.Uuid(), nullable=True),
        sa.Column("tax_code_id", sa.Uuid(), nullable=True),
        sa.Column("worked_on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("employee", sa.Text(), server_default="", nullable=False),
        sa.Column("unit", sa.Text(), server_default="C62", nullable=False),
        sa.Column("quantity", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("billable_minutes", sa.Integer(), nullable=True),
        sa.Column("rate", sa.Text(), server_default="", nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column(
            "discount_percent",
            sa.Numeric(precision=20, scale=6),
            server_default="0",
            nullable=False,
        ),
        sa.Column("net", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("surcharge_percent", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("chargeable", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("holds", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("ready_on", sa.Date(), nullable=False),
        sa.Column("delayed_until", sa.Date(), nullable=True),
        sa.Column("late", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("reopened", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("draft_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(state = 'reserved') = (batch_id is not null)", name=op.f("charge_reserved_check")
        ),
        sa.CheckConstraint(
            "kind in ('time', 'product', 'expense', 'hours', 'units', 'materials', 'purchase', 'financial', 'fee', 'block', 'overage', 'devices', 'backup', 'project_fee', 'adjustment', 'instalment', 'participant', 'manual')",
            name=op.f("charge_kind_check"),
        ),
        sa.CheckConstraint(
            "state in ('open', 'approved', 'closed', 'reserved', 'billed', 'written_off', 'delayed', 'split')",
            name=op.f("charge_state_check"),
        ),
        sa.CheckConstraint(
            "contract_id is null or project_id is null", name=op.f("charge_one_owner_check")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "administration_id"],
            ["administration.tenant_id", "administration.id"],
            name=op.f("charge_administration_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "block_period_id"],
            ["block_period.tenant_id", "block_period.id"],
            name=op.f("charge_block_period_id_fk"),
            ondelete="SET NULL (block_period_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contract_id"],
            ["contract.tenant_id", "contract.id"],
            name=op.f("charge_contract_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer_id"],
            ["customer.tenant_id", "customer.id"],
            name=op.f("charge_customer_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "parent_id"],
            ["charge.tenant_id", "charge.id"],
            name=op.f("charge_parent_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["project.tenant_id", "project.id"],
            name=op.f("charge_project_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "tax_code_id"],
            ["tax_code.tenant_id", "tax_code.id"],
            name=op.f("charge_tax_code_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "ticket_id"],
            ["ticket.tenant_id", "ticket.id"],
            name=op.f("charge_ticket_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "work_type_id"],
            ["work_type.tenant_id", "work_type.id"],
            name=op.f("charge_work_type_id_fk"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("charge_pk")),
        sa.UniqueConstraint("tenant_id", "source_key", name=op.f("charge_source_key_key")),
    )
    op.create_index(
        "ix_charge_batch",
        "charge",
        ["tenant_id", "batch_id"],
        unique=False,
        postgresql_where=sa.text("batch_id is not null"),
    )
    op.create_index(
        "ix_charge_period", "charge", ["tenant_id", "contract_id", "period_start"], unique=False
    )
    op.create_index(
        "ix_charge_project_unbilled",
        "charge",
        ["tenant_id", "project_id", "state"],
        unique=False,
        postgresql_where=sa.text(
            "project_id is not null and state in ('open', 'approved', 'closed', 'delayed')"
        ),
    )
    op.create_index("ix_charge_ticket", "charge", ["tenant_id", "ticket_id"], unique=False)
    op.create_index(
        "ix_charge_unbilled",
        "charge",
        ["tenant_id", "contract_id", "ready_on"],
        unique=False,
        postgresql_include=["net", "minutes", "ticket_id", "customer_id", "currency"],
        postgresql_where=sa.text("state in ('open', 'approved', 'closed', 'delayed')"),
    )
    op.create_table(
        "delivery",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("chunk_id", sa.Uuid(), nullable=True),
        sa.Column("consignment_id", sa.Uuid(), nullable=True),
        sa.Column("generation", sa.Integer(), server_default="1", nullable=False),
        sa.Column("mode", sa.Text(), server_default="", nullable=False),
        sa.Column("facts", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("media", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("layout", sa.Text(), server_default="", nullable=False),
        sa.Column("recipient", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("code", sa.Text(), server_default="", nullable=False),
        sa.Column("in_doubt", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("request_key", sa.Text(), server_default="", nullable=False),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("reference", sa.Text(), server_default="", nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state in ('waiting', 'sending', 'pending', 'done', 'unknown', 'rejected', 'attention', 'skipped')",
            name=op.f("delivery_state_check"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "chunk_id"],
            ["render_chunk.tenant_id", "render_chunk.id"],
            name=op.f("delivery_chunk_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "connection_id"],
            ["connection.tenant_id", "connection.id"],
            name=op.f("delivery_connection_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "consignment_id"],
            ["consignment.tenant_id", "consignment.id"],
            name=op.f("delivery_consignment_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("delivery_invoice_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["output_order.tenant_id", "output_order.id"],
            name=op.f("delivery_order_id_fk"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("delivery_pk")),
        sa.UniqueConstraint(
            "tenant_id",
            "invoice_id",
            "connection_id",
            "generation",
            name=op.f("delivery_invoice_id_connection_id_generation_key"),
        ),
    )
    op.create_index("ix_delivery_chunk", "delivery", ["tenant_id", "chunk_id"], unique=False)
    op.create_index(
        "ix_delivery_code",
        "delivery",
        ["tenant_id", "code"],
        unique=False,
        postgresql_where=sa.text("code <> ''"),
    )
    op.create_index(
        "ix_delivery_consignment", "delivery", ["tenant_id", "consignment_id"], unique=False
    )
    op.create_index(
        "ix_delivery_open",
        "delivery",
        ["tenant_id", "state", "changed_at"],
        unique=False,
        postgresql_where=sa.text("state in ('waiting', 'sending', 'pending')"),
    )
    op.create_index(
        "ix_delivery_order", "delivery", ["tenant_id", "order_id", "state"], unique=False
    )
    op.create_index(
        "uq_delivery_nowhere",
        "delivery",
        ["tenant_id", "invoice_id", "mode"],
        unique=True,
        postgresql_where=sa.text("connection_id is null"),
    )
    op.create_table(
        "invoice_fact",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=True),
        sa.Column("reference", sa.Text(), server_default="", nullable=False),
        sa.Column("amount", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("unconfirmed", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("actor", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("invoice_fact_invoice_id_fk"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("invoice_fact_pk")),
        sa.UniqueConstraint(
            "tenant_id", "delivery_id", "kind", name=op.f("invoice_fact_delivery_id_kind_key")
        ),
        info={"privileges": ("select", "insert")},
    )
    op.create_index(
        "ix_invoice_fact_invoice", "invoice_fact", ["tenant_id", "invoice_id"], unique=False
    )
    op.create_table(
        "invoice_line",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), server_default="1", nullable=False),
        sa.Column("headings", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("quantity", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("unit", sa.Text(), server_default="C62", nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column(
            "discount", sa.Numeric(precision=20, scale=6), server_default="0", nullable=False
        ),
        sa.Column("net", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("tax_code_id", sa.Uuid(), nullable=True),
        sa.Column("tax_code", sa.Text(), nullable=False),
        sa.Column("tax_category", sa.Text(), nullable=False),
        sa.Column("tax_rate", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("exemption", sa.Text(), server_default="", nullable=False),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("item_code", sa.Text(), server_default="", nullable=False),
        sa.Column("account", sa.Text(), server_default="", nullable=False),
        sa.Column("surcharge_percent", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("credits_line_id", sa.Uuid(), nullable=True),
        sa.Column("replaces_line_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "credits_line_id"],
            ["invoice_line.tenant_id", "invoice_line.id"],
            name=op.f("invoice_line_credits_line_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("invoice_line_invoice_id_fk"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "replaces_line_id"],
            ["invoice_line.tenant_id", "invoice_line.id"],
            name=op.f("invoice_line_replaces_line_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "tax_code_id"],
            ["tax_code.tenant_id", "tax_code.id"],
            name=op.f("invoice_line_tax_code_id_fk"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("invoice_line_pk")),
        sa.UniqueConstraint(
            "tenant_id", "invoice_id", "position", name=op.f("invoice_line_invoice_id_position_key")
        ),
    )
    op.create_index(
        "ix_invoice_line_credits",
        "invoice_line",
        ["tenant_id", "credits_line_id"],
        unique=False,
        postgresql_where=sa.text("credits_line_id is not null"),
    )
    op.create_index(
        "ix_invoice_line_replaces",
        "invoice_line",
        ["tenant_id", "replaces_line_id"],
        unique=False,
        postgresql_where=sa.text("replaces_line_id is not null"),
    )
    op.create_table(
        "invoice_tax",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("rate", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("taxable", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("tax", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("exemption", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("invoice_tax_invoice_id_fk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id", "invoice_id", "category", "rate", name=op.f("invoice_tax_pk")
        ),
    )
    op.create_table(
        "ledger_entry_date",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("entry_date", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("ledger_entry_date_invoice_id_fk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "invoice_id", name=op.f("ledger_entry_date_pk")),
        info={"privileges": ("select", "insert", "update")},
    )
    op.create_table(
        "status_change",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("manual", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("actor", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("status_change_invoice_id_fk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("status_change_pk")),
        info={"privileges": ("select", "insert")},
    )
    op.create_index(
        "ix_status_change_invoice", "status_change", ["tenant_id", "invoice_id"], unique=False
    )
    op.create_table(
        "allocation",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("charge_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("surcharge_percent", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("live", sa.Boolean(), server_default="true", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "charge_id"],
            ["charge.tenant_id", "charge.id"],
            name=op.f("allocation_charge_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("allocation_invoice_id_fk"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "line_id"],
            ["invoice_line.tenant_id", "invoice_line.id"],
            name=op.f("allocation_line_id_fk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("allocation_pk")),
    )
    op.create_index(
        "ix_allocation_invoice", "allocation", ["tenant_id", "invoice_id"], unique=False
    )
    op.create_index(
        "uq_allocation_live",
        "allocation",
        ["tenant_id", "charge_id"],
        unique=True,
        postgresql_where=sa.text("live"),
    )
    op.create_table(
        "batch_charge_choice",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("charge_id", sa.Uuid(), nullable=False),
        sa.Column("ticked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "batch_id"],
            ["batch.tenant_id", "batch.id"],
            name=op.f("batch_charge_choice_batch_id_fk"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "charge_id"],
            ["charge.tenant_id", "charge.id"],
            name=op.f("batch_charge_choice_charge_id_fk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id", "batch_id", "charge_id", name=op.f("batch_charge_choice_pk")
        ),
    )
    op.create_table(
        "delivery_attempt",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), server_default="", nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("unconfirmed", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("needs_attention", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("retry_after", sa.Integer(), nullable=True),
        sa.Column("actor", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "delivery_id"],
            ["delivery.tenant_id", "delivery.id"],
            name=op.f("delivery_attempt_delivery_id_fk"),
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id", "delivery_id", "attempt", name=op.f("delivery_attempt_pk")
        ),
        info={"privileges": ("select", "insert")},
    )
    op.create_table(
        "draft_line",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("charge_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.Text(), server_default="invoice", nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("unit", sa.Text(), server_default="C62", nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("net", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "charge_id"],
            ["charge.tenant_id", "charge.id"],
            name=op.f("draft_line_charge_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "draft_id"],
            ["draft.tenant_id", "draft.id"],
            name=op.f("draft_line_draft_id_fk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("draft_line_pk")),
        sa.UniqueConstraint(
            "tenant_id", "charge_id", "draft_id", name=op.f("draft_line_charge_id_draft_id_key")
        ),
    )
    op.create_index("ix_draft_line_draft", "draft_line", ["tenant_id", "draft_id"], unique=False)
    op.create_table(
        "revenue_spread",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("administration_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("suspense_account", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("net", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("unit", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "administration_id"],
            ["administration.tenant_id", "administration.id"],
            name=op.f("revenue_spread_administration_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("revenue_spread_invoice_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "line_id"],
            ["invoice_line.tenant_id", "invoice_line.id"],
            name=op.f("revenue_spread_line_id_fk"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("revenue_spread_pk")),
        sa.UniqueConstraint("tenant_id", "line_id", name=op.f("revenue_spread_line_id_key")),
        info={"privileges": ("select", "insert")},
    )
    op.create_index(
        "ix_revenue_spread_invoice", "revenue_spread", ["tenant_id", "invoice_id"], unique=False
    )
    op.create_table(
        "credited_item",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("allocation_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("reopen", sa.Boolean(), server_default="false", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "allocation_id"],
            ["allocation.tenant_id", "allocation.id"],
            name=op.f("credited_item_allocation_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("credited_item_invoice_id_fk"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "line_id"],
            ["invoice_line.tenant_id", "invoice_line.id"],
            name=op.f("credited_item_line_id_fk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("credited_item_pk")),
        sa.UniqueConstraint(
            "tenant_id",
            "invoice_id",
            "allocation_id",
            name=op.f("credited_item_invoice_id_allocation_id_key"),
        ),
    )
    op.create_index(
        "ix_credited_item_allocation", "credited_item", ["tenant_id", "allocation_id"], unique=False
    )
    op.create_table(
        "revenue_part",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("spread_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("entry_date", sa.Date(), nullable=False),
        sa.Column("booked", sa.Boolean(), server_default="false", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "spread_id"],
            ["revenue_spread.tenant_id", "revenue_spread.id"],
            name=op.f("revenue_part_spread_id_fk"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("revenue_part_pk")),
        sa.UniqueConstraint(
            "tenant_id", "spread_id", "period", name=op.f("revenue_part_spread_id_period_key")
        ),
        info={"privileges": ("select", "insert", "update")},
    )
    op.create_index(
        "ix_revenue_part_open",
        "revenue_part",
        ["tenant_id", "entry_date"],
        unique=False,
        postgresql_where=sa.text("not booked"),
    )
    op.create_table(
        "carried_forward",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("part_id", sa.Uuid(), nullable=True),
        sa.Column("moved_from", sa.Date(), nullable=False),
        sa.Column("moved_to", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "(invoice_id is null) <> (part_id is null)",
            name=op.f("carried_forward_one_thing_check"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("carried_forward_invoice_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "part_id"],
            ["revenue_part.tenant_id", "revenue_part.id"],
            name=op.f("carried_forward_part_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "run_id"],
            ["carry_forward.tenant_id", "carry_forward.id"],
            name=op.f("carried_forward_run_id_fk"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "run_id", "position", name=op.f("carried_forward_pk")),
        info={"privileges": ("select", "insert")},
    )
    op.create_table(
        "ledger_entry",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("administration_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("spread_id", sa.Uuid(), nullable=True),
        sa.Column("part_id", sa.Uuid(), nullable=True),
        sa.Column("entry_date", sa.Date(), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column(
            "posted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("posted_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'invoice') = (spread_id is null)", name=op.f("ledger_entry_spread_check")
        ),
        sa.CheckConstraint(
            "(kind in ('invoice', 'suspense')) = (part_id is null)",
            name=op.f("ledger_entry_part_check"),
        ),
        sa.CheckConstraint(
            "kind in ('invoice', 'suspense', 'revenue', 'adjustment')",
            name=op.f("ledger_entry_kind_check"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "administration_id"],
            ["administration.tenant_id", "administration.id"],
            name=op.f("ledger_entry_administration_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("ledger_entry_invoice_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "part_id"],
            ["revenue_part.tenant_id", "revenue_part.id"],
            name=op.f("ledger_entry_part_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "spread_id"],
            ["revenue_spread.tenant_id", "revenue_spread.id"],
            name=op.f("ledger_entry_spread_id_fk"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("ledger_entry_pk")),
        info={"privileges": ("select", "insert")},
    )
    op.create_index(
        "ix_ledger_entry_date",
        "ledger_entry",
        ["tenant_id", "administration_id", "entry_date", "id"],
        unique=False,
    )
    op.create_index(
        "ix_ledger_entry_invoice", "ledger_entry", ["tenant_id", "invoice_id"], unique=False
    )
    op.create_index(
        "uq_ledger_entry_invoice",
        "ledger_entry",
        ["tenant_id", "invoice_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'invoice'"),
    )
    op.create_index(
        "uq_ledger_entry_part",
        "ledger_entry",
        ["tenant_id", "part_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'revenue'"),
    )
    op.create_index(
        "uq_ledger_entry_spread",
        "ledger_entry",
        ["tenant_id", "spread_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'suspense'"),
    )
    op.create_table(
        "ledger_item",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("debit", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("credit", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("line_ids", sa.ARRAY(sa.Uuid()), server_default="{}", nullable=False),
        sa.Column("tax_category", sa.Text(), server_default="", nullable=False),
        sa.Column("tax_rate", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.CheckConstraint("account <> ''", name=op.f("ledger_item_account_check")),
        sa.CheckConstraint(
            "kind in ('receivable', 'revenue', 'tax', 'suspense')",
            name=op.f("ledger_item_kind_check"),
        ),
        sa.CheckConstraint("debit = 0 or credit = 0", name=op.f("ledger_item_one_side_check")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "entry_id"],
            ["ledger_entry.tenant_id", "ledger_entry.id"],
            name=op.f("ledger_item_entry_id_fk"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "entry_id", "position", name=op.f("ledger_item_pk")),
        info={"privileges": ("select", "insert")},
    )
    op.create_foreign_key(
        op.f("administration_layout_id_fk"),
        "administration",
        "layout",
        ["tenant_id", "layout_id"],
        ["tenant_id", "id"],
        use_alter=True,
    )
    op.create_foreign_key(
        op.f("administration_surcharge_work_type_id_fk"),
        "administration",
        "work_type",
        ["tenant_id", "surcharge_work_type_id"],
        ["tenant_id", "id"],
        use_alter=True,
    )
    op.execute("alter table administration enable row level security, force row level security")
    op.execute(
        "create policy tenant on administration using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table app_user enable row level security, force row level security")
    op.execute(
        "create policy tenant on app_user using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table audit_event enable row level security, force row level security")
    op.execute(
        "create policy tenant on audit_event using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table batch enable row level security, force row level security")
    op.execute(
        "create policy tenant on batch using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table connection enable row level security, force row level security")
    op.execute(
        "create policy tenant on connection using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table enabled_plugin enable row level security, force row level security")
    op.execute(
        "create policy tenant on enabled_plugin using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table layout enable row level security, force row level security")
    op.execute(
        "create policy tenant on layout using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table rating enable row level security, force row level security")
    op.execute(
        "create policy tenant on rating using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table request_key enable row level security, force row level security")
    op.execute(
        "create policy tenant on request_key using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table tax_code enable row level security, force row level security")
    op.execute(
        "create policy tenant on tax_code using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table tenant enable row level security, force row level security")
    op.execute(
        "create policy tenant on tenant using (id = nullif(current_setting('app.tenant', true), '')::int) with check (id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("create policy operator on tenant to current_user using (true) with check (true)")
    op.execute("alter table api_key enable row level security, force row level security")
    op.execute(
        "create policy tenant on api_key using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table batch_owner_choice enable row level security, force row level security")
    op.execute(
        "create policy tenant on batch_owner_choice using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table carry_forward enable row level security, force row level security")
    op.execute(
        "create policy tenant on carry_forward using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table customer enable row level security, force row level security")
    op.execute(
        "create policy tenant on customer using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table notice enable row level security, force row level security")
    op.execute(
        "create policy tenant on notice using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table output_order enable row level security, force row level security")
    op.execute(
        "create policy tenant on output_order using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table series enable row level security, force row level security")
    op.execute(
        "create policy tenant on series using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table work_type enable row level security, force row level security")
    op.execute(
        "create policy tenant on work_type using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table consignment enable row level security, force row level security")
    op.execute(
        "create policy tenant on consignment using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table contract enable row level security, force row level security")
    op.execute(
        "create policy tenant on contract using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table draft enable row level security, force row level security")
    op.execute(
        "create policy tenant on draft using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table project enable row level security, force row level security")
    op.execute(
        "create policy tenant on project using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table render_chunk enable row level security, force row level security")
    op.execute(
        "create policy tenant on render_chunk using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table backup_usage enable row level security, force row level security")
    op.execute(
        "create policy tenant on backup_usage using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table block_period enable row level security, force row level security")
    op.execute(
        "create policy tenant on block_period using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table device enable row level security, force row level security")
    op.execute(
        "create policy tenant on device using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table invoice enable row level security, force row level security")
    op.execute(
        "create policy tenant on invoice using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table ticket enable row level security, force row level security")
    op.execute(
        "create policy tenant on ticket using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table artifact enable row level security, force row level security")
    op.execute(
        "create policy tenant on artifact using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.create_foreign_key(
        op.f("charge_batch_id_fk"),
        "charge",
        "batch",
        ["tenant_id", "batch_id"],
        ["tenant_id", "id"],
        use_alter=True,
    )
    op.create_foreign_key(
        op.f("charge_draft_id_fk"),
        "charge",
        "draft",
        ["tenant_id", "draft_id"],
        ["tenant_id", "id"],
        use_alter=True,
    )
    op.execute("alter table charge enable row level security, force row level security")
    op.execute(
        "create policy tenant on charge using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table delivery enable row level security, force row level security")
    op.execute(
        "create policy tenant on delivery using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.create_foreign_key(
        op.f("invoice_fact_delivery_id_fk"),
        "invoice_fact",
        "delivery",
        ["tenant_id", "delivery_id"],
        ["tenant_id", "id"],
        use_alter=True,
    )
    op.execute("alter table invoice_fact enable row level security, force row level security")
    op.execute(
        "create policy tenant on invoice_fact using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table invoice_line enable row level security, force row level security")
    op.execute(
        "create policy tenant on invoice_line using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table invoice_tax enable row level security, force row level security")
    op.execute(
        "create policy tenant on invoice_tax using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table ledger_entry_date enable row level security, force row level security")
    op.execute(
        "create policy tenant on ledger_entry_date using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table status_change enable row level security, force row level security")
    op.execute(
        "create policy tenant on status_change using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table allocation enable row level security, force row level security")
    op.execute(
        "create policy tenant on allocation using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute(
        "alter table batch_charge_choice enable row level security, force row level security"
    )
    op.execute(
        "create policy tenant on batch_charge_choice using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table delivery_attempt enable row level security, force row level security")
    op.execute(
        "create policy tenant on delivery_attempt using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table draft_line enable row level security, force row level security")
    op.execute(
        "create policy tenant on draft_line using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table revenue_spread enable row level security, force row level security")
    op.execute(
        "create policy tenant on revenue_spread using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table credited_item enable row level security, force row level security")
    op.execute(
        "create policy tenant on credited_item using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table revenue_part enable row level security, force row level security")
    op.execute(
        "create policy tenant on revenue_part using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table carried_forward enable row level security, force row level security")
    op.execute(
        "create policy tenant on carried_forward using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table ledger_entry enable row level security, force row level security")
    op.execute(
        "create policy tenant on ledger_entry using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("alter table ledger_item enable row level security, force row level security")
    op.execute(
        "create policy tenant on ledger_item using (tenant_id = nullif(current_setting('app.tenant', true), '')::int) with check (tenant_id = nullif(current_setting('app.tenant', true), '')::int)"
    )
    op.execute("""create function tenant_ids() returns setof int
      language sql stable security definer set search_path = public, pg_temp as $$
      select id from tenant where coalesce(current_setting('app.tenant', true), '') = '' order by id
    $$""")
    op.execute("""create function tenant_id_of(wanted text) returns int
      language sql stable security definer set search_path = public, pg_temp as $$
      select id from tenant
        where coalesce(current_setting('app.tenant', true), '') = '' and slug = wanted
    $$""")
    op.execute("""create function invoice_freeze() returns trigger language plpgsql as $$
    begin
      if tg_op = 'DELETE' then
        if old.state not in ('issued', 'voided') then
          return old;
        end if;
        raise exception 'INVOICE_NUMBERED: invoice % has a number and stays', old.number
          using errcode = 'restrict_violation';
      end if;
      if old.state in ('issued', 'voided') and (
         to_jsonb(new) - array['state', 'status', 'version'] is distinct from
         to_jsonb(old) - array['state', 'status', 'version']
         or (new.state <> old.state and new.state <> 'voided')) then
        raise exception 'INVOICE_NUMBERED: invoice % has a number and is frozen', old.number
          using errcode = 'restrict_violation';
      end if;
      return new;
    end $$""")
    op.execute(
        "create trigger invoice_freeze before update or delete on invoice for each row execute function invoice_freeze()"
    )
    op.execute("""create function invoice_part_freeze() returns trigger language plpgsql as $$
    begin
      if exists (
        select from touched join invoice on invoice.tenant_id = touched.tenant_id
          and invoice.id = touched.invoice_id
        where invoice.state in ('issued', 'voided')
      ) then
        raise exception 'INVOICE_NUMBERED: a numbered invoice keeps its %', tg_argv[0]
          using errcode = 'restrict_violation';
      end if;
      return null;
    end $$""")
    op.execute(
        "create trigger invoice_line_freeze_insert_new after insert on invoice_line referencing new table as touched for each statement execute function invoice_part_freeze('lines')"
    )
    op.execute(
        "create trigger invoice_line_freeze_update_old after update on invoice_line referencing old table as touched for each statement execute function invoice_part_freeze('lines')"
    )
    op.execute(
        "create trigger invoice_line_freeze_update_new after update on invoice_line referencing new table as touched for each statement execute function invoice_part_freeze('lines')"
    )
    op.execute(
        "create trigger invoice_line_freeze_delete_old after delete on invoice_line referencing old table as touched for each statement execute function invoice_part_freeze('lines')"
    )
    op.execute(
        "create trigger invoice_tax_freeze_insert_new after insert on invoice_tax referencing new table as touched for each statement execute function invoice_part_freeze('taxes')"
    )
    op.execute(
        "create trigger invoice_tax_freeze_update_old after update on invoice_tax referencing old table as touched for each statement execute function invoice_part_freeze('taxes')"
    )
    op.execute(
        "create trigger invoice_tax_freeze_update_new after update on invoice_tax referencing new table as touched for each statement execute function invoice_part_freeze('taxes')"
    )
    op.execute(
        "create trigger invoice_tax_freeze_delete_old after delete on invoice_tax referencing old table as touched for each statement execute function invoice_part_freeze('taxes')"
    )
    op.execute(
        "create trigger credited_item_freeze_insert_new after insert on credited_item referencing new table as touched for each statement execute function invoice_part_freeze('items')"
    )
    op.execute(
        "create trigger credited_item_freeze_update_old after update on credited_item referencing old table as touched for each statement execute function invoice_part_freeze('items')"
    )
    op.execute(
        "create trigger credited_item_freeze_update_new after update on credited_item referencing new table as touched for each statement execute function invoice_part_freeze('items')"
    )
    op.execute(
        "create trigger credited_item_freeze_delete_old after delete on credited_item referencing old table as touched for each statement execute function invoice_part_freeze('items')"
    )
    op.execute("""create function series_keep() returns trigger language plpgsql as $$
    begin
      if tg_op = 'DELETE' then
        if old.head <> '' then
          raise exception 'SERIES_USED: a series that gave numbers stays'
            using errcode = 'restrict_violation';
        end if;
        return old;
      end if;
      if old.head <> '' and (new.next < old.next
         or (new.id, new.administration_id, new.kind, new.first)
         is distinct from (old.id, old.administration_id, old.kind, old.first)) then
        raise exception 'SERIES_USED: a series never goes back' using errcode = 'restrict_violation';
      end if;
      return new;
    end $$""")
    op.execute(
        "create trigger series_keep before update or delete on series for each row execute function series_keep()"
    )
    op.execute("""create function refuse_truncate() returns trigger language plpgsql as $$
    begin
      raise exception 'TRUNCATE_REFUSED: % is never emptied', tg_table_name
        using errcode = 'restrict_violation';
    end $$""")
    op.execute(
        "create trigger invoice_refuse_truncate before truncate on invoice for each statement execute function refuse_truncate()"
    )
    op.execute(
        "create trigger invoice_line_refuse_truncate before truncate on invoice_line for each statement execute function refuse_truncate()"
    )
    op.execute(
        "create trigger invoice_tax_refuse_truncate before truncate on invoice_tax for each statement execute function refuse_truncate()"
    )
    op.execute(
        "create trigger allocation_refuse_truncate before truncate on allocation for each statement execute function refuse_truncate()"
    )
    op.execute(
        "create trigger credited_item_refuse_truncate before truncate on credited_item for each statement execute function refuse_truncate()"
    )
    op.execute(
        "create trigger invoice_fact_refuse_truncate before truncate on invoice_fact for each statement execute function refuse_truncate()"
    )
    op.execute(
        "create trigger status_change_refuse_truncate before truncate on status_change for each statement execute function refuse_truncate()"
    )
    op.execute(
        "create trigger series_refuse_truncate before truncate on series for each statement execute function refuse_truncate()"
    )
    op.execute("""create function ledger_keep() returns trigger language plpgsql as $$
    begin
      raise exception 'ENTRY_KEPT: % is never changed or deleted', tg_table_name
        using errcode = 'restrict_violation';
    end $$""")
    op.execute("""create function ledger_entry_check() returns trigger language plpgsql as $$
    declare
      found_items integer;
      found_debit numeric;
      found_credit numeric;
    begin
      select count(*), coalesce(sum(debit), 0), coalesce(sum(credit), 0)
        into found_items, found_debit, found_credit
        from ledger_item where tenant_id = new.tenant_id and entry_id = new.id;
      if found_items <> new.items or found_debit <> new.amount or found_credit <> new.amount then
        raise exception 'ENTRY_UNBALANCED: entry % has debit % and credit %, and should have %',
          new.id, found_debit, found_credit, new.amount using errcode = 'check_violation';
      end if;
      return null;
    end $$""")
    op.execute("""create function ledger_item_check() returns trigger language plpgsql as $$
    declare
      wrong uuid;
    begin
      select entry.id into wrong
        from (select distinct tenant_id, entry_id from added) as touched
        join ledger_entry entry
          on entry.tenant_id = touched.tenant_id and entry.id = touched.entry_id
        cross join lateral (
          select count(*) as items, sum(debit) as debit, sum(credit) as credit
          from ledger_item item
          where item.tenant_id = entry.tenant_id and item.entry_id = entry.id
        ) as found
        where found.items <> entry.items or found.debit <> entry.amount
          or found.credit <> entry.amount
        limit 1;
      if found then
        raise exception 'ENTRY_UNBALANCED: entry % is not written whole and balanced', wrong
          using errcode = 'check_violation';
      end if;
      return null;
    end $$""")
    op.execute("""create function ledger_period_check() returns trigger language plpgsql as $$
    declare
      wrong date;
    begin
      select added.entry_date into wrong
        from added join administration
          on administration.tenant_id = added.tenant_id
          and administration.id = added.administration_id
        where added.entry_date <= administration.closed_until
        limit 1;
      if found then
        raise exception 'PERIOD_CLOSED: the period of % is closed', wrong
          using errcode = 'restrict_violation';
      end if;
      return null;
    end $$""")
    op.execute(
        "create trigger ledger_entry_keep before update or delete on ledger_entry for each row execute function ledger_keep()"
    )
    op.execute(
        "create trigger ledger_item_keep before update or delete on ledger_item for each row execute function ledger_keep()"
    )
    op.execute(
        "create trigger revenue_spread_keep before update or delete on revenue_spread for each row execute function ledger_keep()"
    )
    op.execute(
        "create trigger carry_forward_keep before update or delete on carry_forward for each row execute function ledger_keep()"
    )
    op.execute(
        "create trigger carried_forward_keep before update or delete on carried_forward for each row execute function ledger_keep()"
    )
    op.execute(
        "create trigger ledger_entry_refuse_truncate before truncate on ledger_entry for each statement execute function refuse_truncate()"
    )
    op.execute(
        "create trigger ledger_item_refuse_truncate before truncate on ledger_item for each statement execute function refuse_truncate()"
    )
    op.execute(
        "create trigger revenue_spread_refuse_truncate before truncate on revenue_spread for each statement execute function refuse_truncate()"
    )
    op.execute(
        "create trigger carry_forward_refuse_truncate before truncate on carry_forward for each statement execute function refuse_truncate()"
    )
    op.execute(
        "create trigger carried_forward_refuse_truncate before truncate on carried_forward for each statement execute function refuse_truncate()"
    )
    op.execute(
        "create trigger revenue_part_refuse_truncate before truncate on revenue_part for each statement execute function refuse_truncate()"
    )
    op.execute(
        "create constraint trigger ledger_entry_check after insert on ledger_entry deferrable initially deferred for each row execute function ledger_entry_check()"
    )
    op.execute(
        "create trigger ledger_item_check after insert on ledger_item referencing new table as added for each statement execute function ledger_item_check()"
    )
    op.execute(
        "create trigger ledger_period_check after insert on ledger_entry referencing new table as added for each statement execute function ledger_period_check()"
    )
    op.execute("""create function revenue_spread_check() returns trigger language plpgsql as $$
    declare
      found_net numeric;
    begin
      select coalesce(sum(amount), 0) into found_net
        from revenue_part where tenant_id = new.tenant_id and spread_id = new.id;
      if found_net <> new.net then
        raise exception 'DISTRIBUTION_SUM: the parts of % sum to %, not to %',
          new.id, found_net, new.net using errcode = 'check_violation';
      end if;
      return null;
    end $$""")
    op.execute("""create function revenue_part_check() returns trigger language plpgsql as $$
    declare
      wrong uuid;
    begin
      select spread.id into wrong
        from (select distinct tenant_id, spread_id from touched) as one
        join revenue_spread spread
          on spread.tenant_id = one.tenant_id and spread.id = one.spread_id
        cross join lateral (
          select sum(amount) as net from revenue_part part
          where part.tenant_id = spread.tenant_id and part.spread_id = spread.id
        ) as found
        where found.net is distinct from spread.net
        limit 1;
      if found then
        raise exception 'DISTRIBUTION_SUM: the parts of % do not sum to its net amount', wrong
          using errcode = 'check_violation';
      end if;
      return null;
    end $$""")
    op.execute("""create function revenue_part_keep() returns trigger language plpgsql as $$
    begin
      if tg_op = 'DELETE' or (new.id, new.spread_id, new.period)
         is distinct from (old.id, old.spread_id, old.period)
         or (old.booked and (not new.booked or new.entry_date <> old.entry_date)) then
        raise exception 'ENTRY_KEPT: a part of spread revenue stays where it is'
          using errcode = 'restrict_violation';
      end if;
      return new;
    end $$""")
    op.execute("""create function invoice_posted_lock() returns trigger language plpgsql as $$
    begin
      if exists (
        select from ledger_entry
        where ledger_entry.tenant_id = new.tenant_id and ledger_entry.invoice_id = new.id
      ) then
        raise exception 'INVOICE_POSTED: invoice % was posted and cannot be voided', new.number
          using errcode = 'restrict_violation';
      end if;
      return new;
    end $$""")
    op.execute(
        "create constraint trigger revenue_spread_check after insert on revenue_spread deferrable initially deferred for each row execute function revenue_spread_check()"
    )
    op.execute(
        "create trigger revenue_part_check_insert after insert on revenue_part referencing new table as touched for each statement execute function revenue_part_check()"
    )
    op.execute(
        "create trigger revenue_part_check_update after update on revenue_part referencing new table as touched for each statement execute function revenue_part_check()"
    )
    op.execute(
        "create trigger revenue_part_keep before update or delete on revenue_part for each row execute function revenue_part_keep()"
    )
    op.execute(
        "create trigger invoice_posted_lock before update on invoice for each row when (new.state = 'voided' and old.state <> 'voided') execute function invoice_posted_lock()"
    )
