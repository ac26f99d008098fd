"""A control group with a limit of memory, in either version of the kernel's interface."""

import contextlib
import os
import pathlib
import time

ROOT = pathlib.Path("/sys/fs/cgroup")


class Cgroup:
    """The group; removed when the `with` ends, after the processes in it."""

    def __init__(self, folder, version):
        self.folder, self.version = folder, version

    @classmethod
    def make(cls, mebibytes):
        """The group, or `None` where none can be made."""
        name = f"acervo-bench-{os.getpid()}"
        second = (ROOT / "cgroup.controllers").exists()
        folder = ROOT / name if second else ROOT / "memory" / name
        limit = folder / ("memory.max" if second else "memory.limit_in_bytes")
        try:
            folder.mkdir()
            limit.write_text(str(mebibytes << 20))
        except OSError:
            with contextlib.suppress(OSError):
                folder.rmdir()
            return None
        # Where there is swap, it would hide what the limit is for.
        with contextlib.suppress(OSError):
            (folder / ("memory.swap.max" if second else "memory.memsw.limit_in_bytes")).write_text(
                "0" if second else str(mebibytes << 20))
        return cls(folder, "cgroup v2" if second else "cgroup v1")

    def words(self):
        """Words before a command that start it in the group."""
        return ["sh", "-c", 'echo $$ > "$0/cgroup.procs" && exec "$@"', self.folder]

    def _number(self, second, first):
        return int((self.folder / (second if self.version.endswith("2") else first)).read_text())

    def used(self):
        """MiB now, with the page cache."""
        return self._number("memory.current", "memory.usage_in_bytes") / 2**20

    def killed(self):
        """How often a process was ended for want of memory."""
        file = self.folder / ("memory.events" if self.version.endswith("2") else "memory.oom_control")
        return int(dict(line.split() for line in file.read_text().splitlines())["oom_kill"])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # The last process may still be leaving.
        for _ in range(50):
            with contextlib.suppress(OSError):
                self.folder.rmdir()
                return
            time.sleep(0.1)
