"""What the database itself guards: an issued invoice never changes, no table is emptied.

The triggers hold everybody, the owner of the tables too. Lines and taxes are checked once per
statement, through transition tables, so that bulk inserts stay cheap.
"""

from collections.abc import Iterator

_FREE_COLUMNS = ("state", "status", "version")
_EMPTYING = (
    "invoice", "invoice_line", "invoice_tax", "allocation", "credited_item", "invoice_fact",
    "status_change", "series",
)  # fmt: skip
_PARTS = (("invoice_line", "lines"), ("invoice_tax", "taxes"), ("credited_item", "items"))
_WATCHED = (("insert", "new"), ("update", "old"), ("update", "new"), ("delete", "old"))

_FREEZE = f"""\
create function invoice_freeze() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    if old.state not in ('issued', 'voided') then
      return old;
    end if;
    raise exception 'INVOICE_NUMBERED: invoice % has a number and stays', old.number
      using errcode = 'restrict_violation';
  end if;
  if old.state in ('issued', 'voided') and (
     to_jsonb(new) - array{list(_FREE_COLUMNS)!r} is distinct from
     to_jsonb(old) - array{list(_FREE_COLUMNS)!r}
     or (new.state <> old.state and new.state <> 'voided')) then
    raise exception 'INVOICE_NUMBERED: invoice % has a number and is frozen', old.number
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$"""

_FREEZE_PARTS = """\
create function invoice_part_freeze() returns trigger language plpgsql as $$
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
end $$"""

_KEEP_SERIES = """\
create function series_keep() returns trigger language plpgsql as $$
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
end $$"""

_REFUSE_EMPTYING = """\
create function refuse_truncate() returns trigger language plpgsql as $$
begin
  raise exception 'TRUNCATE_REFUSED: % is never emptied', tg_table_name
    using errcode = 'restrict_violation';
end $$"""


def _statements() -> Iterator[str]:
    yield _FREEZE
    yield (
        "create trigger invoice_freeze before update or delete on invoice"
        " for each row execute function invoice_freeze()"
    )
    yield _FREEZE_PARTS
    for table, noun in _PARTS:
        for event, rows in _WATCHED:
            yield (
                f"create trigger {table}_freeze_{event}_{rows} after {event} on {table}"
                f" referencing {rows} table as touched for each statement"
                f" execute function invoice_part_freeze('{noun}')"
            )
    yield _KEEP_SERIES
    yield (
        "create trigger series_keep before update or delete on series"
        " for each row execute function series_keep()"
    )
    yield _REFUSE_EMPTYING
    for table in _EMPTYING:
        yield (
            f"create trigger {table}_refuse_truncate before truncate on {table}"
            " for each statement execute function refuse_truncate()"
        )


STATEMENTS = tuple(_statements())
