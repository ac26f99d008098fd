"""100 clients who ask a whole picture of 300 megapixels of a server with 128 MiB, and readers of tiles beside them."""

import collections
import concurrent.futures
import contextlib
import http.client
import json
import os
import pathlib
import subprocess
import sys
import threading
import time

from images_parts.asked import mixed
from images_parts.cgroup import Cgroup
from images_parts.servers import Acervo
from measuring import CLIENT, ask, number, progress, table

CLIENTS, LIMIT, QUIET = 100, 128, 10
# Somebody may have an hour.
DURATION = int(os.environ.get("DURATION", 45))
# Seconds that a client waits who got nothing.
PATIENCE = 1
PAUSE, READERS = 20, 8


def behind():
    """Has a process on the core of those who ask, where it gives way to those who measure."""
    os.sched_setaffinity(0, CLIENT)
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


class Clients:
    """Those who ask too much, in a process of their own: `python3 overload.py HOST:PORT PATH SECONDS`."""

    def __init__(self, host, path, seconds):
        self.arguments = [sys.executable, "-B", __file__, host, path, str(seconds)]

    def __enter__(self):
        self.process = subprocess.Popen(self.arguments, stdout=subprocess.PIPE, text=True,
                                        env={**os.environ, "PYTHONPATH": str(pathlib.Path(__file__).parents[1])},
                                        preexec_fn=behind)
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def result(self):
        return json.loads(self.process.communicate()[0])


def client(host, path, until, counts, times):
    """One of them."""
    while time.monotonic() < until:
        begun = time.monotonic()
        try:
            with contextlib.closing(http.client.HTTPConnection(host, timeout=60)) as connection:
                connection.request("GET", path)
                answer = connection.getresponse()
                while answer.read(1 << 20):
                    pass
                status = str(answer.status)
                if status == "503" and not answer.getheader("Retry-After"):
                    status = "503 without Retry-After"
        except (OSError, http.client.HTTPException) as error:
            status = type(error).__name__
        counts[status] += 1
        times[status] = max(times[status], time.monotonic() - begun)
        if status != "200":
            time.sleep(PATIENCE)


def clients(host, path, seconds):
    counts, times = collections.Counter(), collections.Counter()
    until = time.monotonic() + float(seconds)
    threads = [threading.Thread(target=client, args=(host, path, until, counts, times)) for _ in range(CLIENTS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    json.dump({"counts": counts, "longest": times}, sys.stdout)


def watch(server, group, stop):
    """MiB every second: the process', and the group's."""
    seen = []
    while not stop.wait(1):
        # Of a process that was ended there is nothing to be seen.
        with contextlib.suppress(OSError, KeyError):
            seen.append((*server.memory(), group.used()))
    return seen


def overload(pictures):
    """The section, and what the summary says of it."""
    group = Cgroup.make(LIMIT)
    if group is None:
        why = "Not measured: this machine lets nobody make a control group with a limit of memory (root wanted)."
        return f"## Overload\n\n{why}\n", [("overload", why, "measured", "yes")]
    identifier, *_ = pictures.images[1]
    paths, _ = mixed(*pictures.images)
    whole = f"/image/3/{identifier}/full/max/0/default.jpg"
    readers = dict(connections=READERS, pause=PAUSE, may_fail=True)
    with group, Acervo(pictures.volume, pictures.root / "serve.log", prefix=group.words()) as server:
        ask(server, server.base, paths, seconds=3, connections=2, may_fail=True)
        quiet = ask(server, server.base, paths, seconds=QUIET, **readers)
        stop = threading.Event()
        with concurrent.futures.ThreadPoolExecutor() as pool, \
                Clients(server.base.removeprefix("http://"), whole, DURATION) as others:
            seen = pool.submit(watch, server, group, stop)
            try:
                beside = ask(server, server.base, paths, seconds=DURATION, **readers)
                said = others.result()
            finally:
                stop.set()
            seen = seen.result()
        ended, killed = server.process.poll(), group.killed()
    counts = said["counts"]
    # Whatever limits are advertised, `max` is within them: 400 would be wrong.
    wrong = sum(count for status, count in counts.items() if status not in ("200", "503"))
    ratio = beside["p99"] / quiet["p99"]
    progress(f"overload: {counts}, tiles p99 {quiet['p99'] / 1000:.2f} and {beside['p99'] / 1000:.2f} ms, killed {killed}")
    sixth = max(1, len(seen) // 6)
    over_time = [seen[at:at + sixth] for at in range(0, len(seen) - sixth + 1, sixth)]
    half = len(seen) // 2
    flat = max(row[1] for row in seen[half:]) / max(row[1] for row in seen[:half]) if half else 0
    column = lambda of, place: number(max(row[place] for row in of))
    text = "\n".join([
        "## Overload", "",
        f"`acervo serve` on one core, in a control group with {LIMIT} MiB ({group.version}; what it reads from the disk counts too). {CLIENTS} clients ask",
        f"`full/max` of B for {DURATION} s, each again as soon as it has the picture, or {PATIENCE} s after it was refused. {READERS} readers",
        f"ask tiles of A and B, each {PAUSE} ms after the last one came. Both have one core, where clients give way to readers, so that",
        "what readers wait for is the server.", "",
        table(["Readers of tiles", "requests/s", "p50 ms", "p99 ms", "max ms", "Faults"],
              [[name, number(one["rate"]), number(one["p50"] / 1000, 2), number(one["p99"] / 1000, 2),
                number(one["max"] / 1000, 1), number(one["faults"])] for name, one in (("alone", quiet), ("beside", beside))]),
        table(["Answer to the others", "Times", "the longest took, s"],
              [[status, number(count), number(said["longest"][status], 1)] for status, count in sorted(counts.items())]),
        f"MiB at most in each sixth of that time; {number(killed)} times the kernel ended a process for want of memory.", "",
        table(["", *map(str, range(1, len(over_time) + 1))],
              [["resident", *(column(of, 0) for of in over_time)], ["anonymous", *(column(of, 1) for of in over_time)],
               ["of the group", *(column(of, 2) for of in over_time)]])])
    return text, [
        ("overload, ended by the kernel", max(killed, int(ended is not None)), "≤", 0),
        ("overload, answers but 200 and 503", wrong, "≤", 0),
        ("overload, tiles that failed", beside["faults"], "≤", 0),
        ("overload, p99 of tiles, to alone", ratio, "≤", 2),
        ("overload, MiB of its own in the second half, to the first", flat, "≤", 1.1)]


if __name__ == "__main__":
    clients(*sys.argv[1:])
