"""Opening an account (a tenant), and reading it."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.numbers import get_territory_currencies
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bordereau.errors import Conflict, Invalid
from bordereau.store.database import Database
from bordereau.store.session import TenantSession
from bordereau.store.tenants import new_tenant_id
from bordereau.tenancy.actors import Actor
from bordereau.tenancy.audit import record_audit
from bordereau.tenancy.rights import Right
from bordereau.tenancy.tables import Tenant
from bordereau.values.ids import TenantId
from bordereau.values.money import minor_unit
from bordereau.values.zones import zone_named

LANGUAGES = ("en", "fr", "nl", "de")
PLANS = ("trial", "subscriber")
_SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def open_account(
    database: Database,
    *,
    slug: str,
    name: str,
    region: str,
    time_zone: str,
    language: str = "en",
    plan: str = "trial",
) -> TenantId:
    """Make a tenant and return its id; its own transaction.

    Args:
        database: the open database.
        slug: the short name in addresses: lower-case letters, digits and hyphens.
        name: the name people read.
        region: ISO 3166-1 country of registration; it decides the currency for good (row A6).
        time_zone: IANA name; days and periods are cut in it (row A41).
        language: en, fr, nl or de.
        plan: trial or subscriber (row A5).

    Raises:
        Invalid: SLUG_INVALID, REGION_UNKNOWN, TIME_ZONE_UNKNOWN, LANGUAGE_UNKNOWN, PLAN_UNKNOWN.
        Conflict: SLUG_TAKEN.

    """
    if not _SLUG.fullmatch(slug):
        raise Invalid(
            "SLUG_INVALID",
            f"{slug!r} cannot be part of an address.",
            where="slug",
            hint="Use lower-case letters, digits and hyphens.",
        )
    check_time_zone(time_zone)
    check_language(language)
    if plan not in PLANS:
        raise Invalid("PLAN_UNKNOWN", f"There is no plan {plan!r}.", where="plan")
    currency = currency_of_region(region)
    with database.operator() as operator:
        tenant_id = new_tenant_id(operator)
    row = Tenant(
        id=tenant_id,
        slug=slug,
        name=name,
        region=region,
        currency=currency,
        time_zone=time_zone,
        language=language,
        plan=plan,
    )
    try:
        with database.tenant(tenant_id) as session:
            session.add(row)
            record_audit(session, Actor.installation("operator"), "account.open", slug)
    except IntegrityError as error:
        raise Conflict(
            "SLUG_TAKEN", f"There is already an account {slug}.", hint="Choose another short name."
        ) from error
    return tenant_id


def currency_of_region(region: str) -> str:
    """Return the legal tender of a country today, from CLDR.

    Raises:
        Invalid: REGION_UNKNOWN.

    """
    found = get_territory_currencies(region, tender=True) if len(region) == 2 else []  # noqa: PLR2004
    if not found:
        raise Invalid(
            "REGION_UNKNOWN",
            f"{region!r} is not a country with a currency.",
            where="region",
            hint="Use its two-letter code, such as FR.",
        )
    return str(found[0])


def check_time_zone(name: str) -> None:
    """Refuse what is not the name of a time zone.

    Raises:
        Invalid: TIME_ZONE_UNKNOWN.

    """
    try:
        zone_named(name)
    except ValueError as error:
        raise Invalid("TIME_ZONE_UNKNOWN", str(error), where="time_zone") from error


def check_language(language: str) -> None:
    """Refuse a language that the product does not speak.

    Raises:
        Invalid: LANGUAGE_UNKNOWN.

    """
    if language not in LANGUAGES:
        raise Invalid(
            "LANGUAGE_UNKNOWN",
            f"There are no texts in {language!r}.",
            where="language",
            hint=f"Choose among: {', '.join(LANGUAGES)}.",
        )


def account(session: TenantSession) -> Tenant:
    """Return the account of the session."""
    return session.scalars(select(Tenant).where(Tenant.id == session.tenant_id)).one()


def change_account(
    session: TenantSession,
    actor: Actor,
    *,
    name: str | None = None,
    region: str | None = None,
    time_zone: str | None = None,
    language: str | None = None,
) -> Tenant:
    """Change settings of the account; the currency stays whatever the region becomes (row A6).

    Raises:
        Forbidden: RIGHT_MISSING.
        Invalid: as `open_account`.

    """
    actor.must(Right.ADMINISTER)
    row = account(session)
    if region is not None:
        currency_of_region(region)
    if time_zone is not None:
        check_time_zone(time_zone)
    if language is not None:
        check_language(language)
    changes = {"name": name, "region": region, "time_zone": time_zone, "language": language}
    changes = {field: value for field, value in changes.items() if value is not None}
    for field, value in changes.items():
        setattr(row, field, value)
    record_audit(session, actor, "account.change", row.slug, changes)
    return row


def correct_currency(database: Database, tenant_id: TenantId, currency: str, reason: str) -> None:
    """Give an account another default currency: the operator's act in a support case (row A6).

    Raises:
        Invalid: UNKNOWN_CURRENCY, REASON_MISSING.

    """
    if not reason.strip():
        raise Invalid("REASON_MISSING", "A correction needs its reason.", where="reason")
    try:
        minor_unit(currency)
    except ValueError as error:
        raise Invalid("UNKNOWN_CURRENCY", str(error), where="currency") from error
    with database.tenant(tenant_id) as session:
        row = account(session)
        details = {"before": row.currency, "after": currency, "reason": reason}
        row.currency = currency
        operator = Actor.installation("operator")
        record_audit(session, operator, "account.correct_currency", row.slug, details)


def today(session: TenantSession) -> date:
    """Return the current day in the time zone of the account."""
    return datetime.now(ZoneInfo(account(session).time_zone)).date()


def billing_day(session: TenantSession, wanted: date | None) -> date:
    """Return the day on which readiness is judged: today in the account's zone, or an earlier one.

    Faces ask here before they open a batch or fill drafts, so that nothing is billed before its
    day (row A23).

    Raises:
        Invalid: DAY_IN_FUTURE.

    """
    now = today(session)
    if wanted is not None and wanted > now:
        raise Invalid(
            "DAY_IN_FUTURE",
            f"{wanted} has not come yet; what is due then cannot be billed today.",
            where="as_of",
            hint=f"Leave the day out, or name {now} or an earlier one.",
        )
    return wanted or now
