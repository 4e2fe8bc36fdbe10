"""What must hold in the database whatever was done; each query returns what breaks it."""

from sqlalchemy import text

_SHARED = """\
with lines as (
  select invoice_id, sum(net) as net from invoice_line where tenant_id = :tenant
  group by invoice_id
), taxes as (
  select invoice_id, sum(tax) as tax, sum(taxable) as taxable from invoice_tax
  where tenant_id = :tenant group by invoice_id
), live as (
  select o.charge_id, count(*) as many, min(i.state) as state, min(i.batch_id::text) as batch_id
  from allocation o join invoice i on i.tenant_id = o.tenant_id and i.id = o.invoice_id
  where o.tenant_id = :tenant and o.live group by o.charge_id
), credited as (
  select t.allocation_id, sum(t.amount) as drafted,
    sum(t.amount) filter (where n.state = 'issued') as issued
  from credited_item t join invoice n on n.tenant_id = t.tenant_id and n.id = t.invoice_id
  where t.tenant_id = :tenant and n.state in ('draft', 'issued') group by t.allocation_id
), given as (
  select series_id, count(*) as many, count(distinct sequence) as distinct_ones,
    min(sequence) as lowest, max(sequence) as highest
  from invoice where tenant_id = :tenant and series_id is not null group by series_id
), balances as (
  select distinct on (contract_id, period_start) * from block_period
  where tenant_id = :tenant order by contract_id, period_start, revision desc
), drawn as (
  select b.contract_id, b.period_start, sum(c.billable_minutes) as minutes
  from charge c join block_period b on b.tenant_id = c.tenant_id and b.id = c.block_period_id
  where c.tenant_id = :tenant and c.state <> 'split' group by b.contract_id, b.period_start
), openings as (
  select period_start, opening, lag(carried, 1, 0) over (
    partition by contract_id order by period_start) as brought from balances
)
"""

_RULES = {
    "a charge stands behind two live invoices": """\
select charge_id::text from live where many > 1""",
    "a billed charge stands behind no live invoice": """\
select c.source_key from charge c left join live on live.charge_id = c.id
where c.tenant_id = :tenant and c.state = 'billed'
  and (live.state is null or live.state not in ('draft', 'issued'))""",
    "a reserved charge stands behind no proposal of its batch": """\
select c.source_key from charge c left join live on live.charge_id = c.id
where c.tenant_id = :tenant and c.state = 'reserved'
  and (live.state, live.batch_id) is distinct from ('proposed', c.batch_id::text)""",
    "a free charge stands behind a live invoice": """\
select c.source_key from charge c join live on live.charge_id = c.id
where c.tenant_id = :tenant and c.state not in ('reserved', 'billed')""",
    "a charge is reserved by a batch that is not run": """\
select c.source_key from charge c
join batch b on b.tenant_id = c.tenant_id and b.id = c.batch_id
where c.tenant_id = :tenant and b.state <> 'run'""",
    "a contract that is billed once was billed by two batches": """\
select min(k.code) from charge c
join contract k on k.tenant_id = c.tenant_id and k.id = c.contract_id
join allocation o on o.tenant_id = c.tenant_id and o.charge_id = c.id and o.live
join invoice i on i.tenant_id = o.tenant_id and i.id = o.invoice_id
where c.tenant_id = :tenant and k.type in ('ProjectOneTimeFee', 'ProjectHourlyRate')
  and c.kind in ('time', 'project_fee') and i.state in ('draft', 'issued')
group by k.id having count(distinct i.batch_id) > 1""",
    "a charge that its invoice no longer bills is not credited wholly": """\
select o.id::text from allocation o
join invoice i on i.tenant_id = o.tenant_id and i.id = o.invoice_id
left join credited on credited.allocation_id = o.id
where o.tenant_id = :tenant and not o.live and i.state in ('draft', 'issued')
  and o.amount <> coalesce(credited.issued, 0)""",
    "more of a charge is credited than was billed": """\
select o.id::text from allocation o join credited on credited.allocation_id = o.id
where o.tenant_id = :tenant and abs(credited.drafted) > abs(o.amount)""",
    "more of an invoice is credited than it asked for": """\
select i.id::text from invoice i
join invoice n on n.tenant_id = i.tenant_id and n.original_id = i.id
where i.tenant_id = :tenant and n.state in ('draft', 'issued') and i.total > 0
group by i.id, i.total having sum(n.total) > i.total""",
    "a replaced invoice is owed beside the one that takes its place": """\
select i.id::text from invoice i
join invoice r on r.tenant_id = i.tenant_id and r.replaces_id = i.id
left join invoice n on n.tenant_id = i.tenant_id and n.original_id = i.id and n.state = 'issued'
where i.tenant_id = :tenant and r.state = 'issued'
group by r.id, i.id, i.total having i.total <> coalesce(sum(n.total), 0)""",
    "an invoice differs from its lines": """\
select i.id::text from invoice i left join lines on lines.invoice_id = i.id
where i.tenant_id = :tenant and i.net <> coalesce(lines.net, 0)""",
    "an invoice differs from its taxes": """\
select i.id::text from invoice i left join taxes on taxes.invoice_id = i.id
where i.tenant_id = :tenant and (i.tax <> coalesce(taxes.tax, 0)
  or i.net <> coalesce(taxes.taxable, 0) or i.total <> i.net + i.tax)""",
    "an invoice or credit note asks for less than nothing": """\
select i.id::text from invoice i where i.tenant_id = :tenant and i.total < 0""",
    "the numbers of a series are not 1 to n": """\
select s.id::text from series s left join given on given.series_id = s.id
where s.tenant_id = :tenant and (coalesce(given.many, 0), coalesce(given.distinct_ones, 0),
  coalesce(given.lowest, 1), coalesce(given.highest, 0)) is distinct from
  (s.next - 1, s.next - 1, 1, s.next - 1)""",
    "a balance of a block does not add up": """\
select id::text from block_period
where tenant_id = :tenant and opening + included <> used - overage + carried + lost""",
    "work of a block was billed, or can be, that no statement counts": """\
select c.source_key from charge c
join contract k on k.tenant_id = c.tenant_id and k.id = c.contract_id
where c.tenant_id = :tenant and c.kind = 'time' and k.type in ('BlockHours', 'BlockMoney')
  and c.block_period_id is null and (c.state in ('reserved', 'billed')
    or (c.state in ('closed', 'delayed') and c.chargeable and c.holds = '{}'))""",
    "a statement counts other work than draws from it": """\
select b.period_start::text from balances b
join contract k on k.tenant_id = b.tenant_id and k.id = b.contract_id
left join drawn on drawn.contract_id = b.contract_id and drawn.period_start = b.period_start
where k.type = 'BlockHours' and k.active and b.used <> coalesce(drawn.minutes, 0)""",
    "a block does not open with what the period before carried": """\
select period_start::text from openings where opening <> brought""",
    "a line of an open draft and its charge disagree": """\
select l.id::text from draft_line l
join charge c on c.tenant_id = l.tenant_id and c.id = l.charge_id
join draft d on d.tenant_id = l.tenant_id and d.id = l.draft_id
where l.tenant_id = :tenant and d.state in ('new', 'released', 'changed', 'delayed')
  and (c.draft_id, c.state) is distinct from (l.draft_id, 'closed')""",
}

BROKEN = text(
    _SHARED
    + " union all ".join(
        f"select '{name}' as rule, found.* from ({query}) as found(subject)"  # noqa: S608 - ours
        for name, query in _RULES.items()
    )
)

# Everything of an issued invoice but the columns that are meant to change.
FROZEN = text("""\
select i.id, md5(concat(
  (to_jsonb(i) - '{state,status,version}'::text[])::text,
  (select string_agg(l::text, '|' order by l.position) from invoice_line l
    where l.tenant_id = i.tenant_id and l.invoice_id = i.id),
  (select string_agg(t::text, '|' order by t.category, t.rate) from invoice_tax t
    where t.tenant_id = i.tenant_id and t.invoice_id = i.id))) as print
from invoice i where i.tenant_id = :tenant and i.number is not null""")

# What charges are worth by where they stand, and what live invoices say that they bill.
WORTH = text("""\
select currency, sum(net) filter (where state <> 'split') as known,
  sum(net) filter (where state = 'billed') as billed
from charge where tenant_id = :tenant group by currency""")
ALLOCATED = text("""\
select i.currency, sum(o.amount) from allocation o
join invoice i on i.tenant_id = o.tenant_id and i.id = o.invoice_id
where o.tenant_id = :tenant and o.live and i.state in ('draft', 'issued') group by i.currency""")
