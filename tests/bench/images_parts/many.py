"""10,000 pictures of 500 institutions in one process, beside one picture; and readers of warm tiles beside cold ones."""

import concurrent.futures
import os
import random
import shutil

from images_parts.asked import tiles
from images_parts.servers import BIN, Volume
from images_parts.small import place, small
from measuring import Server, ask, free_port, medians, number, progress, table

INSTITUTIONS, PICTURES = 500, 20
WIDTH, HEIGHT = 768, 512
COLLECTION = "bench"
ROUNDS = 3
CONNECTIONS = (2, 32)


class Platform(Server):
    """`acervo platform` with institutions that have the same pictures, each in files of its own."""

    def __init__(self, root, pictures):
        root.mkdir()
        first = Volume(root / "first")
        self.files = list(small(pictures, root / "small", PICTURES, WIDTH, HEIGHT))
        for file in self.files:
            place(file, first.incoming / file.name)
        first.ingest()
        self.codes = list(first.identifiers().values())
        self.institutions = [f"institution-{number:03}" for number in range(INSTITUTIONS)]
        self.data, declared = root / "data", root / "declared"
        declared.mkdir()
        for institution in self.institutions:
            (declared / institution / COLLECTION).mkdir(parents=True)
            for file in self.files:
                place(file, declared / institution / COLLECTION / file.name)
            # As an ingest of the same pictures leaves it, without its work.
            shutil.copytree(first.published, self.data / institution / "published" / COLLECTION)
        (declared / "institutions.yaml").write_text("---\n".join(f"""
apiVersion: acervo.dev/v1alpha1
kind: IiifInstitution
metadata: {{name: {institution}}}
spec:
  displayName: {{en: Library}}
  storage: {{size: 1Gi}}
  collections: [{{name: {COLLECTION}, label: {{en: Pictures}}, source: {{directory: {COLLECTION}}}}}]
""" for institution in self.institutions))
        port, admin = free_port(), free_port()
        self.base = f"http://127.0.0.1:{port}"
        super().__init__(
            [BIN / "acervo", "platform", declared, "--data", self.data, "--listen", f"127.0.0.1:{port}",
             "--admin-listen", f"127.0.0.1:{admin}"], f"http://127.0.0.1:{admin}/readyz", root / "serve.log")

    def paths(self, institutions, codes):
        """All tiles of these pictures of these institutions, in any order."""
        every = [f"/{institution}{path}" for institution in institutions for code in codes
                 for path, _ in tiles(code, WIDTH, HEIGHT)]
        random.Random(1).shuffle(every)
        return every

    def pyramids(self, institutions):
        for institution in institutions:
            yield from (self.data / institution / "published" / COLLECTION / "items").iterdir()

    def warm(self, institutions):
        """Has their pyramids in memory."""
        for file in self.pyramids(institutions):
            file.read_bytes()

    def cool(self, institutions):
        """Has their pyramids on disk only."""
        for file in self.pyramids(institutions):
            with open(file, "rb") as one:
                os.posix_fadvise(one.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

    def read(self):
        """MiB that it has read from the disk."""
        with open(f"/proc/{self.process.pid}/io") as file:
            return int(dict(line.split(": ") for line in file.read().splitlines())["read_bytes"]) / 2**20


def beside(server, warm, others):
    """A few readers of warm tiles, as viewers ask, while others are asked as fast as they are answered."""
    with concurrent.futures.ThreadPoolExecutor() as pool:
        disk = server.read()
        hard = others and pool.submit(ask, server, server.base, others, seconds=4, connections=2)
        calm = ask(server, server.base, warm, seconds=4, connections=8, pause=20)
        calm["others"] = hard.result()["rate"] if hard else 0
        calm["disk"] = server.read() - disk
        return calm


def many(root, pictures):
    """The section, and what the summary says of it."""
    root = root / "many"
    with Platform(root, pictures) as server:
        started, memory = server.started, server.memory()
        first, others = server.institutions[:1], server.institutions[1:]
        one, every = server.paths(first, server.codes[:1]), server.paths(server.institutions, server.codes)
        server.warm(server.institutions)
        asked = {"one picture": one, f"{len(every) // len(one):,} pictures": every}
        results = {}
        for paths in asked.values():
            ask(server, server.base, paths, seconds=2, connections=2)
        for _ in range(ROUNDS):
            for connections in CONNECTIONS:
                for name, paths in asked.items():
                    results.setdefault((name, connections), []).append(
                        ask(server, server.base, paths, seconds=3, connections=connections))
        results = {of: medians(all_) for of, all_ in results.items()}
        loaded = server.memory()
        os.sync()
        warm, rest = server.paths(first, server.codes), server.paths(others, server.codes)
        states = {"alone": [], "beside others that are warm too": [], "beside cold ones": []}
        for _ in range(ROUNDS):
            states["alone"].append(beside(server, warm, None))
            server.warm(others)
            states["beside others that are warm too"].append(beside(server, warm, rest))
            server.cool(others)
            states["beside cold ones"].append(beside(server, warm, rest))
        states = {of: medians(all_) for of, all_ in states.items()}
    shutil.rmtree(root)
    single, whole = asked
    rows = [[connections, name, number(of["rate"]), number(of["rate"] / results[single, connections]["rate"], 2),
             number(of["p99"] / 1000, 2), number(of["cpu"], 1), number(of["cpu"] / results[single, connections]["cpu"], 2),
             number(of["size"] / 1024), f"{of['strangers']:.0f} %"] for (name, connections), of in results.items()]
    cold = [[name, number(of["p50"] / 1000, 2), number(of["p99"] / 1000, 2), number(of["p99"] / states["alone"]["p99"], 2),
             number(of["others"]), number(of["disk"])] for name, of in states.items()]
    for row in rows + cold:
        progress("many: " + ", ".join(map(str, row)))
    text = "\n".join([
        "## Many pictures", "",
        f"`acervo platform` with {INSTITUTIONS} institutions with the same {PICTURES} pictures of {WIDTH} × {HEIGHT}, in files of their own;",
        f"ready after {started:.1f} s, which are spent looking whether anything changed. All tiles of one picture, and of all,",
        "in any order, everything in the page cache.", "",
        table(["Connections", "", "requests/s", "ratio", "p99 ms", "CPU µs", "ratio", "KiB", "Others"], rows),
        f"MiB resident: {memory[0]:.0f} when it was ready ({memory[1]:.0f} of its own), {loaded[0]:.0f} ({loaded[1]:.0f}) after that.", "",
        "Eight readers of the warm tiles of one institution, who wait 20 ms after each, while two connections ask tiles of all",
        "others as fast as they get them: milliseconds for the readers; what the others get a second; MiB read from the disk.", "",
        table(["", "p50", "p99", "ratio", "Others/s", "MiB"], cold)])
    return text, [
        ("many pictures, CPU a request, to one picture", results[whole, 32]["cpu"] / results[single, 32]["cpu"], "≤", 1.3),
        ("many pictures, requests/s, to one picture", results[whole, 32]["rate"] / results[single, 32]["rate"], "≥", 0.77),
        ("p99 of warm tiles beside cold ones, to alone", states["beside cold ones"]["p99"] / states["alone"]["p99"], "≤", 3)]
