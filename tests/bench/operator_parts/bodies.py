"""The institutions of the benchmark, and the requests that a bare writer sends for them."""

import json

FIELD_MANAGER = "acervo-operator"
APPLY = "application/apply-patch+yaml"
# The kinds of their children, the namespace first.
KINDS = ("namespaces", "serviceaccounts", "resourcequotas", "limitranges", "networkpolicies", "rolebindings",
         "persistentvolumeclaims", "configmaps", "deployments", "services", "httproutes")
# How many children each has.
CHILDREN = 15


def name_of(number):
    return f"institucion-{number:05}"


def institution(number):
    """An institution with one collection, a host of its own, and staff: 15 children."""
    name = name_of(number)
    return {
        "apiVersion": "acervo.dev/v1alpha1", "kind": "IiifInstitution", "metadata": {"name": name},
        "spec": {
            "displayName": {"es": f"Institución {name}", "en": f"Institution {name}"},
            "homepage": f"https://www.{name}.example.org/",
            "hostnames": [f"{name}.example.net"],
            "storage": {"size": "10Gi", "storageClassName": "benchmark"},
            "collections": [{"name": "mapas", "label": {"es": "Mapas y planos", "en": "Maps and plans"},
                             "rights": "http://rightsstatements.org/vocab/NoC-OKLR/1.0/", "source": {"directory": "mapas"}}],
            "access": [{"group": f"{name}-staff"}],
        },
    }


def apply(path, body, manager=FIELD_MANAGER):
    return {"method": "PATCH", "path": f"{path}?fieldManager={manager}&force=true", "type": APPLY, "body": body}


def write_institutions(file, numbers):
    """One line for each institution."""
    with open(file, "w") as lines:
        for number in numbers:
            path = f"/apis/acervo.dev/v1alpha1/iiifinstitutions/{name_of(number)}"
            lines.write(json.dumps([apply(path, institution(number), "provider")]) + "\n")
    return file


def owned(value, fields):
    """The part of a value that the operator owns by a set of `managedFields`, which is what it has applied."""
    if not any(key != "." for key in fields):
        return value
    if isinstance(value, dict):
        return {key[2:]: owned(value[key[2:]], below) for key, below in fields.items() if key.startswith("f:") and key[2:] in value}
    if isinstance(value, list):
        part = []
        for key, below in fields.items():
            if key.startswith("k:"):
                keys = json.loads(key[2:])
                part += [owned(item, below) for item in value if all(item.get(name) == one for name, one in keys.items())]
            elif key.startswith("v:"):
                part.append(json.loads(key[2:]))
        return part
    return value


def children(plane, number):
    """The applies that made an institution's children, as the operator's record in each tells."""
    name = name_of(number)
    namespace = f"acervo-{name}"
    requests = []
    for kind in KINDS:
        scope = [f"acervo-{name}"] if kind == "namespaces" else ["--namespace", namespace, "--selector", "acervo.dev/institution"]
        found = json.loads(plane.kubectl("get", kind, *scope, "--output", "json", "--show-managed-fields"))
        for one in found.get("items", [found]):
            metadata = one["metadata"]
            record = next(entry for entry in metadata["managedFields"]
                          if entry["manager"] == FIELD_MANAGER and entry["operation"] == "Apply" and not entry.get("subresource"))
            body = owned(one, record["fieldsV1"])
            body["apiVersion"], body["kind"] = one["apiVersion"], one["kind"]
            body.setdefault("metadata", {})["name"] = metadata["name"]
            group = "/api/v1" if one["apiVersion"] == "v1" else f"/apis/{one['apiVersion']}"
            inside = "" if kind == "namespaces" else f"/namespaces/{namespace}"
            requests.append(apply(f"{group}{inside}/{kind}/{metadata['name']}", body))
    return requests


def write_children(plane, file, requests, number, numbers):
    """The same applies for other institutions, which are there already; one line for each."""
    listed = json.loads(plane.kubectl("get", "iiifinstitutions", "--output", "json"))["items"]
    uids = {one["metadata"]["name"]: one["metadata"]["uid"] for one in listed}
    text = json.dumps(requests)
    before = next(owner["uid"] for one in requests for owner in one["body"]["metadata"].get("ownerReferences", []))
    with open(file, "w") as lines:
        for other in numbers:
            lines.write(text.replace(name_of(number), name_of(other)).replace(before, uids[name_of(other)]) + "\n")
    return file
