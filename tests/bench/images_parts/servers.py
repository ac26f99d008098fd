"""What is measured, and its peers: each a `with` that serves the same pictures under paths of the Image API."""

import contextlib
import http.client
import json
import os
import pathlib
import sqlite3
import subprocess
import urllib.request

from measuring import Server, free_port, run

ROOT = pathlib.Path(__file__).resolve().parents[3]
BIN = pathlib.Path(os.environ.get("BENCH_BIN", ROOT / "target/image"))
NAME = "bench"
DEBIAN_IIPSRV = pathlib.Path("/usr/lib/iipimage-server/iipsrv.fcgi")
# A newer one, when somebody has built it.
NEWER_IIPSRV = os.environ.get("ACERVO_IIPSRV")


class Volume:
    """The volume of one institution with one collection."""

    def __init__(self, root):
        self.root, self.incoming = root, root / "incoming" / NAME
        self.published = root / "published" / NAME
        self.incoming.mkdir(parents=True)

    def ingest(self, *more, prefix=()):
        """Publishes what was handed over; what that took."""
        return run([*prefix, BIN / "acervo", "ingest", "--collection", NAME, "--incoming", self.root / "incoming",
                    "--directory", NAME, "--published", self.published, *more], log=self.root / "ingest.log")

    def refused(self):
        """Why files were not published."""
        report = json.loads((self.published / "refused/report.json").read_text())
        return [f"{one['path']}: {one['code']}" for one in report["refused"]]

    def identifiers(self):
        """Of each item, by its name, the identifier of its one page."""
        connection = sqlite3.connect(f"file:{self.published / 'catalogue'}?immutable=1", uri=True)
        with contextlib.closing(connection):
            rows = connection.execute("SELECT item.name, page.code FROM page JOIN item ON item.id = page.item").fetchall()
        return {name: f"{NAME}.{code}" for name, code in rows}


class Acervo(Server):
    """`acervo serve` on a volume; `prefix` are words to start it by."""

    def __init__(self, volume, log, *more, prefix=(), pinned=True):
        table = volume.root / "table.json"
        table.write_text(json.dumps({"version": 3, "tenants": [{
            "name": NAME, "displayName": {"en": "Library"}, "addresses": [{"prefix": ""}],
            "collections": [{"name": NAME, "label": {"en": "Pictures"}}]}]}))
        port, admin = free_port(), free_port()
        self.base, self.admin = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{admin}"
        super().__init__(
            [*prefix, BIN / "acervo", "serve", "--table", table, "--data", volume.root, "--drain-notice", "0",
             "--listen", f"127.0.0.1:{port}", "--admin-listen", f"127.0.0.1:{admin}", *more],
            f"{self.admin}/readyz", log, pinned)

    def counter(self, beginning):
        """The sum of the metrics whose name begins so."""
        lines = urllib.request.urlopen(f"{self.admin}/metrics").read().decode().splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(beginning))


def _nginx(folder, more):
    """An nginx of one worker with these `location`s; its port."""
    port = free_port()
    folder.mkdir(exist_ok=True)
    # Its worker changes its user when it can, and folders of ours are ours alone.
    for one in (folder, *folder.parents):
        if one.stat().st_uid == os.getuid() and one.name and one != pathlib.Path.home():
            one.chmod(one.stat().st_mode | 0o055)
        if str(one.parent) == one.root:
            break
    temporary = " ".join(f"{of}_temp_path {folder}/{of};" for of in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(f"""
daemon off; worker_processes 1; pid {folder}/pid; error_log stderr crit;
worker_rlimit_nofile 65536; events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush off; tcp_nodelay on; keepalive_requests 1000000000; keepalive_timeout 60;
  default_type image/jpeg; open_file_cache max=100000 inactive=600s; open_file_cache_valid 600s; {temporary}
  server {{ listen 127.0.0.1:{port} backlog=1024; location = /ready {{ return 200; }} {more} }}
}}
""")
    return port, ["nginx", "-e", "stderr", "-c", folder / "nginx.conf"]


class Nginx(Server):
    """nginx with the answers of another server as files, without headers of its own besides those of files."""

    def __init__(self, folder):
        port, arguments = _nginx(folder, f"root {folder}/files;")
        self.base, self.files = f"http://127.0.0.1:{port}", folder / "files"
        super().__init__(arguments, f"{self.base}/ready", folder / "log")

    def copy(self, base, paths):
        """Has a file for each path, with the bytes that another server answers; their lengths."""
        connection = http.client.HTTPConnection(base.removeprefix("http://"))
        lengths = {}
        for path in dict.fromkeys(paths):
            connection.request("GET", path)
            answer = connection.getresponse()
            content = answer.read()
            if answer.status != 200:
                raise SystemExit(f"{base}{path}: {answer.status}\n{content[:500]}")
            file = self.files / path.lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            lengths[path] = len(content)
        return lengths


class Iipsrv:
    """iipsrv as one FastCGI process behind an nginx of its own, on the same core."""

    def __init__(self, binary, folder, images):
        self.binary, self.folder, self.images = binary, folder, images
        self.stack = contextlib.ExitStack()

    def __enter__(self):
        back = free_port()
        port, arguments = _nginx(self.folder, f"""
            location /image/3/ {{
              rewrite ^/image/3/(.*)$ /$1 break; fastcgi_pass 127.0.0.1:{back};
              fastcgi_param QUERY_STRING IIIF=$uri; fastcgi_param REQUEST_METHOD GET; fastcgi_param REQUEST_URI $request_uri;
              fastcgi_param HTTP_HOST $http_host; fastcgi_param SCRIPT_NAME /iip;
            }}""")
        self.base = f"http://127.0.0.1:{port}"
        settings = {"FILESYSTEM_PREFIX": f"{self.images}/", "JPEG_QUALITY": "85", "VERBOSITY": "0", "MAX_CVT": "20000",
                    "LOGFILE": str(self.folder / "iipsrv.log"), "OMP_NUM_THREADS": "1"}
        inside = ["env", *(f"{name}={value}" for name, value in settings.items()), self.binary,
                  "--bind", f"127.0.0.1:{back}"]
        front = Server(arguments, f"{self.base}/ready", self.folder / "log")
        self.front = self.stack.enter_context(front)
        info = f"{self.base}/image/3/{sorted(one.name for one in self.images.iterdir())[0]}/info.json"
        self.back = self.stack.enter_context(Server(inside, info, self.folder / "back.log"))
        return self

    def __exit__(self, *of):
        return self.stack.__exit__(*of)

    def cpu(self):
        return self.front.cpu() + self.back.cpu()

    def memory(self):
        return self.back.memory()


class Sharp(Server):
    """sharp in node, on the same pyramids: the nearest larger level, cut and resized."""

    def __init__(self, folder, images, modules):
        folder.mkdir(exist_ok=True)
        port = free_port()
        self.base = f"http://127.0.0.1:{port}"
        super().__init__(["env", "VIPS_CONCURRENCY=1", "UV_THREADPOOL_SIZE=4", "node", modules / "server.mjs", str(port), images],
                         f"{self.base}/ready", folder / "log")


def sharp_modules(cache):
    """sharp and the program that serves by it, installed beside each other, once on this machine."""
    source = pathlib.Path(__file__).parent / "sharp"
    folder = cache / "sharp"
    names = ("package.json", "package-lock.json", ".npmrc", "server.mjs")
    there = folder.is_dir() and all((folder / name).read_bytes() == (source / name).read_bytes()
                                    for name in names if (folder / name).exists())
    if not there or not (folder / "node_modules/sharp").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            (folder / name).write_bytes((source / name).read_bytes())
        subprocess.run(["npm", "ci", "--loglevel=error", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder, check=True)
    return folder
