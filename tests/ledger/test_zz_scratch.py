import time
from bordereau.ledger import InvoiceFilter, post_matching, trial_balance, carry_forward, journal, EntryFilter
from datetime import date
def test_speed(ledger, database, tenant_id):
    shop=ledger.shop
    t=time.time()
    for _ in range(2000): shop.charge(shop.contract(), "100")
    print("made", time.time()-t); t=time.time()
    shop.generate(); shop.session.commit()
    from bordereau.invoices import issue
    ids=[i.id for i in shop.invoices()]
    for k in range(0,len(ids),1000): issue(shop.session, ids[k:k+1000])
    shop.session.commit()
    print("issued", time.time()-t); t=time.time()
    shop.seller.closed_until=date(2026,11,30); shop.session.commit(); t=time.time()
    run=carry_forward(shop.session, shop.seller.id, actor=ledger.keeper); shop.session.commit()
    print("carried", run.invoices, time.time()-t); t=time.time()
    r=post_matching(database, tenant_id, InvoiceFilter(), actor=ledger.keeper)
    print("posted", len(r), time.time()-t); t=time.time()
    print(trial_balance(shop.session, shop.seller.id, first=date(2026,1,1), last=date(2027,1,1)), time.time()-t); t=time.time()
    print(sum(1 for _ in journal(shop.session, EntryFilter())), time.time()-t)
    assert 0
