"""What the database itself guards: entries balance, are written whole, and stay.

The statements run after those of `bordereau.invoices.ddl`, whose `refuse_truncate` they use.
Transition tables keep bulk inserts cheap; what only the end of a transaction can tell, for instance
an entry without its items, is checked there.
"""

from collections.abc import Iterator

_KEPT = ("ledger_entry", "ledger_item", "revenue_spread", "carry_forward", "carried_forward")

_KEEP = """\
create function ledger_keep() returns trigger language plpgsql as $$
begin
  raise exception 'ENTRY_KEPT: % is never changed or deleted', tg_table_name
    using errcode = 'restrict_violation';
end $$"""

_CHECK_ENTRY = """\
create function ledger_entry_check() returns trigger language plpgsql as $$
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
end $$"""

_CHECK_ITEMS = """\
create function ledger_item_check() returns trigger language plpgsql as $$
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
end $$"""

_CHECK_PERIODS = """\
create function ledger_period_check() returns trigger language plpgsql as $$
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
end $$"""

_CHECK_SPREAD = """\
create function revenue_spread_check() returns trigger language plpgsql as $$
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
end $$"""

_CHECK_PARTS = """\
create function revenue_part_check() returns trigger language plpgsql as $$
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
end $$"""

_KEEP_PARTS = """\
create function revenue_part_keep() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or (new.id, new.spread_id, new.period)
     is distinct from (old.id, old.spread_id, old.period)
     or (old.booked and (not new.booked or new.entry_date <> old.entry_date)) then
    raise exception 'ENTRY_KEPT: a part of spread revenue stays where it is'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$"""

_LOCK_INVOICE = """\
create function invoice_posted_lock() returns trigger language plpgsql as $$
begin
  if exists (
    select from ledger_entry
    where ledger_entry.tenant_id = new.tenant_id and ledger_entry.invoice_id = new.id
  ) then
    raise exception 'INVOICE_POSTED: invoice % was posted and cannot be voided', new.number
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$"""


def _statements() -> Iterator[str]:
    yield from (_KEEP, _CHECK_ENTRY, _CHECK_ITEMS, _CHECK_PERIODS)
    for table in _KEPT:
        yield (
            f"create trigger {table}_keep before update or delete on {table}"
            " for each row execute function ledger_keep()"
        )
    for table in (*_KEPT, "revenue_part"):
        yield (
            f"create trigger {table}_refuse_truncate before truncate on {table}"
            " for each statement execute function refuse_truncate()"
        )
    yield (
        "create constraint trigger ledger_entry_check after insert on ledger_entry"
        " deferrable initially deferred for each row execute function ledger_entry_check()"
    )
    yield (
        "create trigger ledger_item_check after insert on ledger_item"
        " referencing new table as added for each statement"
        " execute function ledger_item_check()"
    )
    yield (
        "create trigger ledger_period_check after insert on ledger_entry"
        " referencing new table as added for each statement"
        " execute function ledger_period_check()"
    )
    yield from (_CHECK_SPREAD, _CHECK_PARTS, _KEEP_PARTS, _LOCK_INVOICE)
    yield (
        "create constraint trigger revenue_spread_check after insert on revenue_spread"
        " deferrable initially deferred for each row execute function revenue_spread_check()"
    )
    for event in ("insert", "update"):
        yield (
            f"create trigger revenue_part_check_{event} after {event} on revenue_part"
            " referencing new table as touched for each statement"
            " execute function revenue_part_check()"
        )
    yield (
        "create trigger revenue_part_keep before update or delete on revenue_part"
        " for each row execute function revenue_part_keep()"
    )
    yield (
        "create trigger invoice_posted_lock before update on invoice for each row"
        " when (new.state = 'voided' and old.state <> 'voided')"
        " execute function invoice_posted_lock()"
    )


STATEMENTS = tuple(_statements())
