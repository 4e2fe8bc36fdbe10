"""The statements of the floor: numbering, carrying, and what the preview asks."""

NUMBER = """\
update invoice set state = 'issued', series_id = %s, sequence = new.sequence, number = new.number
from unnest(%s::uuid[], %s::int[], %s::text[]) as new(id, sequence, number)
where invoice.id = new.id"""

DELIVERIES = """\
insert into delivery (tenant_id, id, invoice_id, connection_id, order_id)
select tenant_id, gen_random_uuid(), id, %s, %s from invoice where id = any(%s)"""

CARRY = (
    """insert into consignment (tenant_id, id, connection_id, order_id, request_key, title)
    values (current_setting('app.tenant')::int, %(consignment)s, %(connection)s, %(order)s, '', '')
    """,
    """update delivery set state = 'done', consignment_id = %(consignment)s, attempts = 1
    where invoice_id = any(%(ids)s)""",
    """insert into delivery_attempt (tenant_id, delivery_id, attempt, outcome)
    select tenant_id, id, 1, 'created' from delivery where invoice_id = any(%(ids)s)""",
    """insert into invoice_fact (tenant_id, id, invoice_id, kind, delivery_id)
    select tenant_id, gen_random_uuid(), invoice_id, 'exported', id from delivery
    where invoice_id = any(%(ids)s)""",
    """insert into status_change (tenant_id, id, invoice_id, before, after)
    select tenant_id, gen_random_uuid(), id, 'draft', 'exported' from invoice
    where id = any(%(ids)s)""",
    "update invoice set status = 'exported' where id = any(%(ids)s)",
)

_READY = """\
state in ('open', 'approved', 'closed', 'delayed') and state = 'closed' and chargeable
and holds = '{}' and draft_id is null and ready_on <= %(as_of)s and contract_id is not null"""

TOTALS = f"""\
with part as (
  select contract_id, tax_code_id, ticket_id, sum(net) net, sum(minutes) minutes, count(*) charges
  from charge where {_READY} group by contract_id, tax_code_id, ticket_id
), line as (
  select contract_id, tax_code_id, sum(net) net, sum(minutes) minutes, sum(charges) charges
  from part group by contract_id, tax_code_id
), taxed as (
  select contract_id, sum(net) net, sum(round(net * rate / 100, 2)) tax,
    sum(minutes) minutes, sum(charges) charges
  from line join tax_code on tax_code.id = line.tax_code_id group by contract_id
)
select count(*), sum(net), sum(tax), sum(minutes), sum(charges),
  (select count(distinct ticket_id) from part)
from taxed"""  # noqa: S608 - constants of our own

PAGE = f"""\
select first.*, mine.* from (
  select listed.* from (
    select contract.id, contract.code, contract.name, contract.type, customer.name customer
    from contract join customer on customer.id = contract.customer_id
    order by customer.name, contract.code
  ) listed
  join lateral (
    select from charge where contract_id = listed.id and {_READY} limit 1
  ) one on true
  order by customer, code limit 50
) first
join lateral (
  select count(*) items, sum(net) net, sum(minutes) minutes, max(currency) currency
  from charge where contract_id = first.id and {_READY}
) mine on true
order by customer, code"""  # noqa: S608 - constants of our own

BALANCE = f"""\
select count(*), sum(net), sum(minutes) from charge
where contract_id = %(contract)s and {_READY}"""  # noqa: S608 - constants of our own
