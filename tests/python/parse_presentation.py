"""Parses IIIF Presentation 3.0 documents with iiif-prezi3.

Standard input: a JSON list of documents. Standard output: one JSON object
{collections, manifests, canvases, annotation_pages, problems: [{id, message}]}.
A problem is a document that the library refuses, or that says something the library does not know and
therefore drops or changes when it writes the document again.
"""

import json
import sys

import iiif_prezi3

PARSERS = {
    "AnnotationPage": iiif_prezi3.AnnotationPage,
    "Collection": iiif_prezi3.Collection,
    "Manifest": iiif_prezi3.Manifest,
}


def lost(before, after, path=""):
    """The paths that are in `before` and not the same in `after`."""
    if isinstance(before, dict):
        if not isinstance(after, dict):
            return [path or "/"]
        return [
            found
            for key, value in before.items()
            for found in ([f"{path}/{key}"] if key not in after else lost(value, after[key], f"{path}/{key}"))
        ]
    if isinstance(before, list):
        if not isinstance(after, list) or len(before) != len(after):
            return [path or "/"]
        return [found for n, pair in enumerate(zip(before, after)) for found in lost(*pair, f"{path}/{n}")]
    return [] if before == after else [path]


def parse(document):
    """The problem of one document in words, or None."""
    parser = PARSERS.get(document.get("type"))
    if parser is None:
        return f"type is {document.get('type')!r}, not one of {sorted(PARSERS)}"
    try:
        parsed = parser.model_validate(document)
    except ValueError as error:
        return str(error)
    dropped = lost(document, json.loads(parsed.json()))
    return f"dropped or changed: {', '.join(dropped)}" if dropped else None


def main():
    documents = json.load(sys.stdin)
    kinds = [document.get("type") for document in documents]
    problems = [(document.get("id"), parse(document)) for document in documents]
    json.dump(
        {
            "collections": kinds.count("Collection"),
            "manifests": kinds.count("Manifest"),
            "canvases": sum(len(d.get("items", [])) for d in documents if d.get("type") == "Manifest"),
            "annotation_pages": kinds.count("AnnotationPage"),
            "problems": [{"id": who, "message": message} for who, message in problems if message],
        },
        sys.stdout,
    )


main()
