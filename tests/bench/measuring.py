"""What the parts of `make bench` share: servers and their processor time, wrk, medians, tables."""

import contextlib
import datetime
import json
import os
import pathlib
import signal
import socket
import statistics
import subprocess
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).parent
# The server has the first core and whoever asks it the second, where there are two.
SERVER, CLIENT = {0}, {max(os.sched_getaffinity(0))}


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Server:
    """A process that serves, alone on its core; ended when the `with` ends."""

    # Seconds between looks whether it is ready.
    pause = 0.1

    def __init__(self, arguments, ready, log, pinned=True):
        self.ready, self.log, self.arguments = ready, log, arguments
        self.core = SERVER if pinned else os.sched_getaffinity(0)

    def __enter__(self):
        begun = time.monotonic()
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                self.arguments, stdout=log, stderr=log, start_new_session=True,
                preexec_fn=lambda: os.sched_setaffinity(0, self.core))
        while time.monotonic() < begun + 120 and self.process.poll() is None:
            with contextlib.suppress(OSError):
                if urllib.request.urlopen(self.ready).status == 200:
                    self.started = time.monotonic() - begun
                    return self
            time.sleep(self.pause)
        said = pathlib.Path(self.log).read_text(errors="replace")
        self.__exit__()
        raise SystemExit(f"{self.arguments[0]} is not ready:\n{said}")

    def __exit__(self, *_):
        if self.process.poll() is None:
            # Its own session, so its own group: its children end too.
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()

    def processes(self):
        """The process and its children."""
        of = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        return [self.process.pid, *map(int, pathlib.Path(of).read_text().split())]

    def cpu(self):
        """Seconds of processor that it has used, in the kernel too, by threads that have ended too."""
        # The clock of another process (clock_getcpuclockid): exact, where /proc/PID/stat counts ticks.
        return sum(time.clock_gettime((~process << 3) | 2) for process in self.processes())

    def memory(self):
        """MiB resident, and how much of that is no file."""
        lines = pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        of = {line.split(":")[0]: line.split()[1] for line in lines if line.endswith("kB")}
        return int(of["VmRSS"]) / 1024, int(of["RssAnon"]) / 1024


def busy(core):
    """Seconds that programs have had of a core, interrupts apart."""
    line = next(line for line in pathlib.Path("/proc/stat").read_text().splitlines() if line.startswith(f"cpu{core} "))
    user, nice, system = map(int, line.split()[1:4])
    return (user + nice + system) / os.sysconf("SC_CLK_TCK")


def ask(server, base, lines, headers=(), seconds=2, connections=1, may_fail=False, pause=0):
    """Asks `lines` (paths, perhaps with an entity tag) of `base` by wrk, and says what one request costs.

    Each connection waits `pause` milliseconds before it asks again. `strangers` is what others had of the server's core
    meanwhile, in hundredths.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".paths") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        begun, before, had = time.monotonic(), server.cpu(), busy(min(SERVER))
        said = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", HERE / "paths.lua", base, "--",
             file.name, *headers],
            check=True, capture_output=True, text=True, env={**os.environ, "PAUSE": str(pause)},
            preexec_fn=lambda: os.sched_setaffinity(0, CLIENT)).stdout
        took, used, had = time.monotonic() - begun, server.cpu() - before, busy(min(SERVER)) - had
    result = json.loads(said.splitlines()[-1])
    if not result["requests"] or (result["faults"] and not may_fail):
        raise SystemExit(f"{result['faults']} of {result['requests']} requests failed, such as {lines[0]}\n{said}")
    result["cpu"] = used / result["requests"] * 1e6
    result["size"] = result["bytes"] / result["requests"]
    result["rate"] = result["requests"] / result["seconds"]
    result["strangers"] = max(0, had - used) / took * 100
    return result


def run(arguments, environment=None, log=None, may_fail=False):
    """Runs a program to its end: seconds, seconds of processor, MiB at most, and what it logged."""
    with open(log or os.devnull, "w+b") as out:
        begun = time.monotonic()
        process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=out, env={**os.environ, **(environment or {})})
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        took = time.monotonic() - begun
        out.seek(0)
        said = out.read().decode(errors="replace")
    if process.returncode != 0 and not may_fail:
        raise SystemExit(f"{arguments} ended with {process.returncode}:\n{said}")
    return {"failed": process.returncode != 0, "seconds": took, "cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss / 1024, "log": said}


def median(values):
    return statistics.median(list(values))


def medians(results):
    """Of several measurements of the same, the median of each figure."""
    numbers = [key for key, value in results[0].items() if isinstance(value, (int, float))]
    return {key: median(result[key] for result in results) for key in numbers}


def number(value, places=0):
    return f"{value:,.{places}f}"


def verdict(value, aim):
    """The aim, in bold where it is missed."""
    return "" if aim is None else f"≤ {aim}" if value <= aim else f"**≤ {aim}: missed**"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def machine():
    """One line: when and on what this was measured."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return (f"{datetime.date.today()}; {os.cpu_count()} virtual cores, {memory:.0f} GiB, Linux {os.uname().release}; "
            f"build profile `{os.environ.get('BENCH_PROFILE', 'image')}`; load of the machine before it began: {load:.1f}")


def progress(text):
    print(f"bench: {text}", flush=True)
