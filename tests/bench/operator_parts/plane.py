"""A control plane of its own with Acervo's chart, and what runs against it."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import time
import urllib.request

from measuring import free_port

ROOT = pathlib.Path(__file__).resolve().parents[3]
BIN = pathlib.Path(os.environ.get("BENCH_BIN", ROOT / "target/image"))
NAMESPACE = "acervo"
# Who the operator is for the API server; the bare writer is the same, so that both are audited.
USER = f"system:serviceaccount:{NAMESPACE}:acervo-operator"
VALUES = """
platform: {baseUrl: "https://iiif.example.org/{institution}", language: en}
routing: {gateway: {name: public, namespace: gateway}}
networkPolicy: {nodeCIDRs: [10.0.0.0/8]}
"""


def now():
    return time.time()


def processor(pid):
    """Seconds of processor that a process has used, in the kernel too."""
    # The clock of another process (clock_getcpuclockid): exact, where /proc/PID/stat counts ticks.
    return time.clock_gettime((~pid << 3) | 2)


class Plane:
    """etcd without syncs and an API server, and no controllers; gone when the `with` ends."""

    def __init__(self, folder):
        self.folder, self.state = folder, folder / "state"
        wanted = ["etcd", "kube-apiserver", "kube-controller-manager", "kubectl", "helm"]
        built = subprocess.run([ROOT / "tests/cluster/build", *wanted], check=True, stdout=subprocess.PIPE, text=True)
        self.bin = pathlib.Path(built.stdout.strip())

    def __enter__(self):
        self.folder.mkdir()
        self.log = open(self.folder / "control-plane.log", "w+b")
        self.script = subprocess.Popen(
            [ROOT / "tests/cluster/control-plane", self.state, self.bin / "../gateway-api", ROOT / "crds/generated"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True, start_new_session=True)
        self._until("KUBECONFIG=")
        # What controllers do is played by `load play`, whose processor time can be told apart.
        self.order("end controllers", "ended controllers")
        self.kubeconfig = self.state / "kubeconfig"
        self._install()
        self.rights = self._rights()
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.order("stop")
        try:
            self.script.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.script.pid, signal.SIGKILL)
            self.script.wait()
        self.log.close()

    def order(self, line, answer=None):
        self.script.stdin.write(line + "\n")
        self.script.stdin.flush()
        if answer:
            self._until(answer)

    def _until(self, beginning):
        for line in self.script.stdout:
            if line.startswith(beginning):
                return
        self.log.seek(0)
        raise SystemExit(f"the control plane ended:\n{self.log.read().decode(errors='replace')}")

    def kubectl(self, *arguments, text=None):
        command = [self.bin / "kubectl", "--kubeconfig", self.kubeconfig, "--cache-dir", f"{self.kubeconfig}.cache", *arguments]
        done = subprocess.run(command, input=text, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"kubectl {' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def _install(self):
        chart = [self.bin / "helm", "template", "acervo", ROOT / "charts/acervo", "--namespace", NAMESPACE, "--values", "-"]
        rendered = subprocess.run(chart, input=VALUES, check=True, capture_output=True, text=True).stdout
        # Nothing here could run the operator's Deployment.
        objects = [one for one in rendered.split("\n---\n") if "\nkind: Deployment\n" not in one]
        self.kubectl("create", "namespace", NAMESPACE)
        self.kubectl("apply", "--server-side", "--force-conflicts", "--filename", "-", text="\n---\n".join(objects))
        self.kubectl("wait", "--for=condition=Established", "crd/iiifinstitutions.acervo.dev")
        self.kubectl("create", "namespace", "gateway")
        gateway = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": {"name": "public", "namespace": "gateway"},
                   "spec": {"gatewayClassName": "benchmark", "listeners": [
                       {"name": "http", "port": 80, "protocol": "HTTP", "allowedRoutes": {"namespaces": {"from": "All"}}},
                       # For the hosts of institutions, as a provider has whose cluster has no ListenerSets.
                       {"name": "hosts", "port": 443, "protocol": "HTTPS", "hostname": "*.example.net", "allowedRoutes": {"namespaces": {"from": "All"}},
                        "tls": {"mode": "Terminate", "certificateRefs": [{"kind": "Secret", "name": "hosts"}]}}]}}
        self.kubectl("apply", "--filename", "-", text=json.dumps(gateway))
        accepted = {"type": "Accepted", "status": "True", "reason": "Accepted", "message": "", "lastTransitionTime": "2026-01-01T00:00:00Z"}
        self.kubectl("patch", "gateway", "public", "--namespace", "gateway", "--subresource", "status", "--type", "merge",
                     "--patch", json.dumps({"status": {"conditions": [accepted]}}))

    def _rights(self):
        """A kubeconfig with the operator's rights."""
        token = self.kubectl("create", "token", "acervo-operator", "--namespace", NAMESPACE, "--duration", "8h").strip()
        admin = (self.state / "token").read_text().strip()
        path = self.state / "operator.kubeconfig"
        path.write_text(self.kubeconfig.read_text().replace(admin, token))
        return path

    def components(self):
        """Seconds of processor of etcd and the API server so far."""
        children = pathlib.Path(f"/proc/{self.script.pid}/task/{self.script.pid}/children").read_text().split()
        return sum(processor(int(pid)) for pid in children)

    def audit(self):
        return self.state / "audit.log"

    def load(self, *arguments, admin=True):
        """Runs `load` to its end; gives what it tells."""
        environment = {**os.environ, "KUBECONFIG": str(self.kubeconfig if admin else self.rights)}
        done = subprocess.run([BIN / "load", *map(str, arguments)], env=environment, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"load {' '.join(map(str, arguments))}: {done.stderr}")
        return json.loads(done.stdout)


class Program:
    """A program that runs against the plane until the `with` ends."""

    def __init__(self, arguments, kubeconfig, log):
        self.arguments, self.kubeconfig, self.log = arguments, kubeconfig, log

    def __enter__(self):
        with open(self.log, "ab") as log:
            self.begun = now()
            self.process = subprocess.Popen(
                self.arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, "KUBECONFIG": str(self.kubeconfig)})
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def cpu(self):
        return processor(self.process.pid)

    def memory(self):
        """MiB: resident now, of that no file, and resident at most."""
        lines = pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        of = {line.split(":")[0]: line.split()[1] for line in lines if line.endswith("kB")}
        return [int(of[name]) / 1024 for name in ("VmRSS", "RssAnon", "VmHWM")]


class Operator(Program):
    def __init__(self, plane):
        self.admin = f"127.0.0.1:{free_port()}"
        # The same name each time, as a container has that is started again in its pod: it takes its Lease up at once.
        super().__init__([BIN / "acervo-operator", "--config-map", f"{NAMESPACE}/acervo", "--admin-listen", self.admin, "--identity", "bench"],
                         plane.rights, plane.folder / "operator.log")

    def ask(self, path):
        """An answer of the admin port; `None` while there is none."""
        with contextlib.suppress(OSError):
            return urllib.request.urlopen(f"http://{self.admin}{path}", timeout=5).read().decode()

    def until(self, what, good, seconds=120):
        """Waits until `good` holds; gives the seconds since the operator began."""
        while now() < self.begun + seconds:
            if self.process.poll() is not None:
                break
            if good():
                return now() - self.begun
            time.sleep(0.02)
        raise SystemExit(f"{what} in vain:\n{pathlib.Path(self.log).read_text()[-4000:]}")

    def ready(self):
        return self.until("waited for the caches", lambda: self.ask("/readyz") is not None)

    def reconciled(self, count):
        """Waits until so many reconciles have ended."""
        def ended():
            lines = (self.ask("/metrics") or "").splitlines()
            found = [float(line.split()[-1]) for line in lines if line.startswith("acervo_operator_reconciles_total")]
            return sum(found) >= count
        return self.until(f"waited for {count} reconciles", ended)


class Player(Program):
    """Plays the controllers' part."""

    def __init__(self, plane):
        super().__init__([BIN / "load", "play"], plane.kubeconfig, plane.folder / "play.log")
