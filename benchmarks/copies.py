"""Four copies of the server while processes die, stores restart and a new version comes: is anything lost?

Four real ``huhang serve`` share PostgreSQL and Redis (Debian's packages, on loopback, in folders of their
own) behind a round-robin balancer.  People register leads and ask over REST, each message at the next copy;
others have chat pages open and talk with staff; two trainers build, publish and retrain, each step asked of
two copies at once; papers are sent to be read; one sender sends more than is allowed.  Meanwhile a copy, a
child of one or a process of PostgreSQL gets SIGKILL, PostgreSQL crashes or restarts, Redis restarts empty,
and all copies are exchanged one after the other.

Checked at the end against the records: every acknowledged message stands once, with exactly the acknowledged
answer, and its turn once in the dialogue state; every registration went as one without disturbance goes and
left one lead with what was told; everything said between people and staff was seen once, in order.  While
nothing was being restarted (from the blow until two seconds after all is ready): each of these was seen
within a second, the limit held over all copies, nothing was refused.  Work asked of two copies was done once.

How late this program itself runs is measured, too: on a machine that others use, a second is soon over.

Usage: ``python benchmarks/copies.py [--minutes 10] [--people 200] [--staff 20] [--copies 4] [--seed 1]
[--pause 10 30] [--no-redis] [--json FILE]``.  Ends with 1 when something was wrong.  With ``--ladder 40 80
120 160 200`` one run after the other, each on a machine that has become quiet, up to the number of people at
which something does not hold.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp
import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from copies_cluster import ENDING_S as ENDING_STOP_S
from copies_cluster import Cluster, cluster
from copies_people import Flood, Floor, Member, Program, Visitor
from copies_trainers import Jobs, Sender, Trainers
from desk_load import PASSWORD, Side
from kills import STORED_TURNS, turns_of

from desk import staff as accounts
from desk.engine import open_engine, writing
from desk.permissions import Role
from tests.serving import prepare

PER_MINUTE = 30
SIGNAL_S = 1.0
# Before a rung of the ladder, for the load of the one before to fade.
QUIET_WAIT_S = 300.0
# For whoever is in the middle of something when the time is over.
ENDING_S = 45.0
# The registration without disturbance, by which the others are judged.
REFERENCE = "广州小白0甲0制造有限公司"
TOLD = ("contact", "phone", "district", "country", "right", "procedure", "service_date", "brief")


def make_staff(engine: sa.engine.Engine, agents: int) -> list[str]:
    """Accounts with a password: agents, and two trainers at the end."""
    logins = [f"staff{index:02}" for index in range(agents)] + ["trainer1", "trainer2"]
    for login in logins:
        role = Role.TRAINER if login.startswith("trainer") else Role.AGENT
        with writing(engine) as conn:
            accounts.add(conn, login, f"工作人员{login[-2:]}", role, None, "benchmark")
            invitation = accounts.invite(conn, login)
        accounts.accept_invitation(engine, invitation, PASSWORD)
    return logins


async def lags(seen: list[tuple[float, float]]) -> None:
    """Note how late this program's own loop is."""
    while True:
        before = time.perf_counter()
        await asyncio.sleep(0.1)
        seen.append((before, time.perf_counter() - before - 0.1))


async def play(
    made: Cluster, engine: sa.engine.Engine, options: Any, people: list[Program]
) -> dict[str, Any]:
    """Let everybody in, let things befall the copies, and count."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar()
    ) as http:
        floor = Floor(made, http, tuple(options.pause))
        floor.reference = await Program(floor, 0).converse(0)
        logins = await asyncio.to_thread(make_staff, engine, options.staff)
        members = [Member(floor, number, login) for number, login in enumerate(logins)]
        trainers = Trainers(floor, members[-2], members[-1], engine)
        visitors = [Visitor(floor, number) for number in range(3 * options.staff)]
        people += [
            Program(floor, number) for number in range(1, options.people - len(visitors) + 1)
        ]
        for visitor in visitors:
            await visitor.open()
        late: list[tuple[float, float]] = []
        beside = [asyncio.create_task(visitor.listen()) for visitor in visitors]
        beside.append(asyncio.create_task(lags(late)))
        beside += [asyncio.create_task(visitor.live()) for visitor in visitors]
        befalling = asyncio.create_task(made.befall(random.Random(options.seed)))
        acting = [
            asyncio.create_task(one.live())
            for one in (*people, trainers, Flood(floor), Sender(floor, trainers.jobs))
        ]
        acting += [asyncio.create_task(member.work()) for member in members[:-2]]
        ended, _ = await asyncio.wait(
            [befalling, *acting],
            timeout=60 * options.minutes,
            return_when=asyncio.FIRST_EXCEPTION,
        )
        for task in ended:
            task.result()
        await stop(befalling, made)
        floor.is_over = True
        _, unfinished = await asyncio.wait(acting, timeout=ENDING_S)
        await asyncio.sleep(2.0)
        for task in (*unfinished, *beside):
            task.cancel()
        outcome = await asyncio.gather(*acting, *beside, return_exceptions=True)
        for error in outcome:
            if isinstance(error, Exception):
                raise error
    return judged(floor, trainers.jobs, visitors, members, late)


async def stop(befalling: asyncio.Task[None], made: Cluster) -> None:
    """Nothing more befalls them; what was being restarted is."""
    befalling.cancel()
    await asyncio.gather(befalling, return_exceptions=True)
    if not await asyncio.to_thread(made.postgres.is_running):
        await asyncio.to_thread(made.postgres.start)
    await made.all_ready()
    if made.disturbances.spans and made.disturbances.spans[-1][1] == float("inf"):
        made.disturbances.end()


def judged(
    floor: Floor,
    jobs: Jobs,
    visitors: list[Visitor],
    members: list[Member],
    late: list[tuple[float, float]],
) -> dict[str, Any]:
    """What can be told without the records."""
    outcome, troubles = floor.outcome, floor.cluster.disturbances
    sides = {
        "to_staff": side_of(floor.to_staff, floor, late),
        "to_person": side_of(floor.to_person, floor, late),
    }
    probes = [one for one in outcome.probes if not troubles.meets(one[1], one[2])]
    allowed = [
        (accepted, PER_MINUTE * (1 + (end - start) / 60) + 1) for accepted, start, end in probes
    ]
    return {
        "befell": dict(troubles.counts),
        "slowest_stop_s": round(max(floor.cluster.stops_s, default=0.0), 1),
        "killed_in_upgrade": sum(took >= ENDING_STOP_S for took in floor.cluster.stops_s),
        "disturbed_s": sum(end - start for start, end in troubles.spans),
        "acknowledged": outcome.acknowledged,
        "sent_again_after_the_answer": outcome.sent_again_after_the_answer,
        "other_answer": outcome.other_answer,
        "stuck": outcome.stuck,
        "registrations": outcome.forms,
        "derailed": outcome.derailed,
        "services": sum(member.served for member in members),
        "visitors_served": sum(visitor.services > 0 for visitor in visitors),
        **sides,
        "probes": len(allowed),
        "too_many_allowed": sum(accepted > most for accepted, most in allowed),
        "builds": jobs.builds,
        "publications": jobs.publishings,
        "trainings": jobs.trainings,
        "papers": jobs.read,
        "jobs_cut_off": jobs.cut_off,
        "jobs_twice": jobs.doubled,
        "late_snapshots": jobs.late_snapshots,
        "snapshot_s": round(statistics.median(jobs.snapshot_s), 2) if jobs.snapshot_s else None,
        "cuts": dict(outcome.cuts),
        "quiet_cuts": outcome.quiet_cuts,
        "own_lag_p95_s": round(statistics.quantiles([lag for _, lag in late], n=20)[18], 3),
        "own_lag_most_s": round(max(lag for _, lag in late), 3),
    }


def side_of(side: Side, floor: Floor, late: list[tuple[float, float]]) -> dict[str, Any]:
    """What became of what was said to one side."""
    found, troubles = side.faults(), floor.cluster.disturbances
    quiet: list[float] = []
    slow = 0
    for identity, took in side.delays.items():
        begun = side.begun(identity)
        if troubles.meets(begun, begun + took / 1000):
            continue
        quiet.append(took / 1000)
        own = max((lag for at, lag in late if begun - 1 <= at <= begun + took / 1000), default=0.0)
        slow += took / 1000 > SIGNAL_S + own
    cuts = statistics.quantiles(quiet, n=100) if len(quiet) > 1 else [0.0] * 99
    return {
        "sent": sum(len(said) for said in side.sent.values()),
        "lost": found.lost - side.missing(floor.served),
        "doubled": found.doubled,
        "out_of_order": found.out_of_order,
        "in_quiet": len(quiet),
        "quiet_p50_s": round(cuts[49], 3),
        "quiet_p95_s": round(cuts[94], 3),
        "quiet_most_s": round(max(quiet, default=0.0), 3),
        "quiet_over_a_second": slow,
    }


def compare(
    engine: sa.engine.Engine, trackers: sa.engine.Engine, people: list[Program], papers: list[str]
) -> dict[str, int]:
    """Count what the records hold otherwise than it was acknowledged."""
    counts: Counter[str] = Counter()
    with trackers.connect() as conn:
        turns, uttered = turns_of(conn.execute(sa.text(STORED_TURNS)))
    with engine.connect() as desk:
        for person in people:
            for identity, said in person.answers.items():
                rows = desk.execute(
                    sa.text("SELECT uid FROM messages WHERE client_id = :id"), {"id": identity}
                ).fetchall()
                counts["not_kept_once"] += len(rows) != 1
                uid = rows[0][0] if rows else ""
                kept = desk.execute(
                    sa.text("SELECT text FROM messages WHERE reply_to = :uid ORDER BY seq"),
                    {"uid": uid},
                )
                counts["turn_not_once"] += turns[uid] != 1
                answers = ([row[0] for row in kept], uttered.get(uid, []))
                counts["kept_answer_differs"] += any(answer != said for answer in answers)
        for paper in papers:
            told = desk.execute(
                sa.text("SELECT count(*) FROM messages WHERE client_id = :id"),
                {"id": f"paper-{paper}"},
            ).scalar_one()
            counts["paper_not_once"] += told != 1
        leads = desk.execute(sa.text("SELECT * FROM leads")).mappings().all()
    companies = Counter(row["company"] for row in leads)
    submitted = {company for person in people for company in person.submitted}
    counts["leads_not_once"] = sum(companies[company] != 1 for company in submitted)
    told = {tuple(row[name] for name in TOLD) for row in leads if row["company"] == REFERENCE}
    counts["leads_wrong"] = sum(tuple(row[name] for name in TOLD) not in told for row in leads)
    return {name: counts[name] for name in (
        "not_kept_once", "turn_not_once", "kept_answer_differs", "leads_not_once", "leads_wrong",
        "paper_not_once",
    )}  # fmt: skip


def bytes_a_message(*engines: sa.engine.Engine) -> dict[str, int]:
    """What one message of a person takes in each database, indexes and answers included."""
    with engines[0].connect() as conn:
        number = conn.execute(
            sa.text("SELECT count(*) FROM messages WHERE direction = 'in'")
        ).scalar_one()
    sizes = []
    for engine in engines:
        with engine.connect() as conn:
            query = sa.text("SELECT pg_database_size(current_database())")
            sizes.append(int(conn.execute(query).scalar_one()))
    empty = 8_000_000  # what a database takes with nothing in it
    return {
        name: max(0, size - empty) // max(1, number)
        for name, size in zip(("records", "dialogue"), sizes, strict=True)
    }


def faults(result: dict[str, Any]) -> dict[str, int]:
    """What was lost, doubled, changed, late, done twice or not done at all, and how often."""
    sides = {side: result[side] for side in ("to_staff", "to_person")}
    counted = {
        **result["records"],
        "other_answer": result["other_answer"],
        "stuck": result["stuck"],
        "derailed": len(result["derailed"]),
        **{
            f"{side} {key}": found[key]
            for side, found in sides.items()
            for key in ("lost", "doubled", "out_of_order", "quiet_over_a_second")
        },
        "too_many_allowed": result["too_many_allowed"],
        "jobs_twice": len(result["jobs_twice"]),
        "late_snapshots": result["late_snapshots"],
        "quiet_cuts": len(result["quiet_cuts"]),
        "killed_in_upgrade": result["killed_in_upgrade"],
        "nothing published": not result["publications"],
        "nothing trained": not result["trainings"],
    }
    return {name: int(number) for name, number in counted.items() if number}


async def run(folder: Path, options: Any) -> dict[str, Any]:
    """The whole of it on one data folder."""
    data_dir = folder / "data"
    prepare(data_dir)
    settings = {"HUHANG_RATE_PER_MINUTE": str(PER_MINUTE)}
    async with cluster(
        folder, data_dir, options.copies, settings, redis=not options.no_redis
    ) as made:
        engine = open_engine(made.postgres.url)
        trackers = open_engine(made.postgres.url.rpartition("/")[0] + "/trackers")
        people: list[Program] = []
        result = await play(made, engine, options, people)
        papers, result["papers"] = result["papers"], len(result["papers"])
        result["bytes_a_message"] = await asyncio.to_thread(bytes_a_message, engine, trackers)
        result["records"] = await asyncio.to_thread(compare, engine, trackers, people, papers)
        engine.dispose()
        trackers.dispose()
    return result


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--staff", type=int, default=20)
    parser.add_argument("--copies", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pause", type=float, nargs=2, default=(10.0, 30.0))
    parser.add_argument("--no-redis", action="store_true", help="signals and limits by PostgreSQL")
    parser.add_argument("--keep", type=Path, help="a folder for data and logs that stays")
    parser.add_argument("--json", type=Path)
    parser.add_argument(
        "--ladder", type=int, nargs="+", metavar="PEOPLE", help="until it does not hold"
    )
    parser.add_argument("--most-load", type=float, default=0.7, help="before a rung of the ladder")
    options = parser.parse_args()
    if options.ladder:
        return climb(options)
    result = measured(options)
    for name, value in result.items():
        print(f"{name:28} {value}")
    if options.json:
        options.json.write_text(json.dumps(result, ensure_ascii=False, indent=1), "utf-8")
    return 1 if result["faults"] else 0


def measured(options: Any) -> dict[str, Any]:
    """One run, with the load of the machine before and after it."""
    random.seed(options.seed)
    loads = [os.getloadavg()[0]]
    with contextlib.ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        result = asyncio.run(run(folder, options))
    result["load"] = [round(load, 1) for load in (*loads, os.getloadavg()[0])]
    result["faults"] = faults(result)
    return result


def climb(options: Any) -> int:
    """More and more people, a tenth as many staff, until something does not hold.

    :return: 1 where it does not hold on the first rung, or other programs use the machine.
    """
    held, results = 0, []
    for people in sorted(options.ladder):
        wait_for_quiet(options.most_load)
        chosen = argparse.Namespace(**vars(options))
        chosen.people, chosen.staff, chosen.keep = people, max(2, people // 10), None
        result = {"people": people, "staff": chosen.staff, **measured(chosen)}
        results.append(result)
        late = {side: result[side]["quiet_p95_s"] for side in ("to_staff", "to_person")}
        print(
            f"{people:4} people, {chosen.staff:3} staff: {result['acknowledged']} acknowledged,"
            f" p95 {late['to_staff']} and {late['to_person']} s,"
            f" {result['publications']} published, {result['trainings']} trained,"
            f" load {result['load'][0]} to {result['load'][1]},"
            f" own lag p95 {result['own_lag_p95_s']} s: {result['faults'] or 'all holds'}",
            flush=True,
        )
        if options.json:
            options.json.write_text(json.dumps(results, ensure_ascii=False, indent=1), "utf-8")
        if result["faults"]:
            break
        held = people
    print(f"all holds with {held} people" if held else "it does not hold on the first rung")
    return 0 if held else 1


def wait_for_quiet(most: float) -> None:
    """Until the load that the run before left, or others make, has gone.

    :raises SystemExit: others use the machine all the time.
    """
    until = time.monotonic() + QUIET_WAIT_S
    while os.getloadavg()[0] > most:
        if time.monotonic() > until:
            raise SystemExit(
                f"load {os.getloadavg()[0]:.1f}: other programs use this machine;"
                " what holds on it cannot be told now (--most-load)"
            )
        time.sleep(5)


if __name__ == "__main__":
    sys.exit(main())
