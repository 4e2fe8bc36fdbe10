import os, random, signal, time
from bordereau.work import work_id, Standing
def test_stress(bench):
    sup = bench.spawn("supervise", "2", SLOW="0.05")
    subs = set(bench.enqueue("send.v1", 600)) | set(bench.enqueue("again.v1", 50))
    bench.wait(lambda: len(bench.notes("begun")) >= 5)
    kills = 0
    t = time.time()
    while time.time() - t < 60 and not subs <= bench.notes("booked").keys():
        kids = [int(p) for p in os.listdir("/proc") if p.isdigit() and os.path.exists(f"/proc/{p}/stat") and open(f"/proc/{p}/stat").read().split(")")[1].split()[1] == str(sup.process.pid)]
        if kids:
            try: os.kill(random.choice(kids), signal.SIGKILL); kills += 1
            except ProcessLookupError: pass
        time.sleep(random.uniform(1, 6))
    bench.wait(lambda: subs <= bench.notes("booked").keys(), 120)
    bench.wait(lambda: sum(bench.notes("booked").values()) >= 600 + 150, 120)
    b = bench.notes("booked")
    print("kills", kills, "begun", bench.notes("begun").total(), "booked", b.total(), set(b.values()), time.time()-t)
    assert b.total() == 750
