"""Starts functions as functions-framework does, each in a process of its own: JSON in, JSON out.

Run in the folder of the uploaded source. Standard input: requests by the function's name, each
``{"method", "path", "headers", "body"}``. Standard output: what each imported and answered.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import sys
from typing import Any

STARTED_AT_ONCE = 4
LIBRARIES = ("barcode", "botocore", "jwt", "phonenumbers", "segno", "stripe")
"""What some calls need, and no start."""


def start(name: str, requests: list[dict[str, Any]]) -> dict[str, Any]:
    import functions_framework

    with contextlib.redirect_stdout(sys.stderr):
        app = functions_framework.create_app(name, "main.py")  # type: ignore[no-untyped-call]
        modules = sorted(
            each
            for each in sys.modules
            if each in LIBRARIES or each.startswith(("functions.", "firebase"))
        )
        answers = [ask(app, **each) for each in requests]
    return {"modules": modules, "answers": answers}


def ask(app: Any, *, method: str, path: str = "/", **rest: Any) -> dict[str, Any]:
    answer = app.test_client().open(
        path, method=method, headers=rest.get("headers"), data=rest.get("body")
    )
    return {
        "status": answer.status_code,
        "text": answer.get_data(as_text=True),
        "allow": answer.headers.get("Allow"),
    }


def main() -> None:
    requests: dict[str, list[dict[str, Any]]] = json.load(sys.stdin)
    context = multiprocessing.get_context("forkserver")
    # What most share need not be imported once for each; no function's own module is among it.
    context.set_forkserver_preload(
        [
            "functions_framework",
            "pydantic",
            "requests",
            "google.cloud.firestore",
            "functions.http",
            "shared.services.access",
        ]
    )
    with context.Pool(STARTED_AT_ONCE, maxtasksperchild=1) as pool:
        started = pool.starmap(start, requests.items(), chunksize=1)
    sys.stdout.write(json.dumps(dict(zip(requests, started, strict=True))))


if __name__ == "__main__":
    main()
