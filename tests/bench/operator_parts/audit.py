"""What the API server's audit log tells of the operator's requests."""

import collections
import datetime
import json
import os
import time

from .plane import USER, now

# Its own field of the log; leases and watches are no work on institutions.
READS = ("get", "list")


def entries(plane, since=0.0):
    """Requests of the operator since then: time of the answer, verb, resource, name, code. Watches and leases apart."""
    found = []
    with open(plane.audit()) as lines:
        for line in lines:
            if USER not in line or '"verb":"watch"' in line or '"resource":"leases"' in line:
                continue
            try:
                entry = json.loads(line)
            except ValueError:
                continue  # half written
            at = datetime.datetime.fromisoformat(entry["stageTimestamp"]).timestamp()
            if at < since:
                continue
            target = entry.get("objectRef", {})
            resource = "/".join(filter(None, (target.get("resource"), target.get("subresource"))))
            found.append((at, entry["verb"], resource, target.get("name", ""), entry.get("responseStatus", {}).get("code", 0)))
    return found


def is_write(entry):
    return entry[1] not in READS


def is_status(entry):
    return entry[2] == "iiifinstitutions/status"


def is_event(entry):
    return entry[2] == "events"


def is_child(entry):
    return is_write(entry) and not is_status(entry) and not is_event(entry)


def rest(plane, quiet=5.0, seconds=600):
    """Waits until the log has told of nothing but the lease for a while."""
    since, over = now(), now() + seconds
    with open(plane.audit()) as log:
        log.seek(0, os.SEEK_END)
        while now() < over:
            if any('"resource":"leases"' not in line for line in log.readlines()):
                since = now()
            elif now() - since > quiet:
                return
            time.sleep(0.5)
    raise SystemExit(f"the operator does not come to rest in {seconds} s")


def counted(found):
    """How many requests of each kind: `patch services` and so on."""
    return collections.Counter(f"{verb} {resource}" for _, verb, resource, _, _ in found)
