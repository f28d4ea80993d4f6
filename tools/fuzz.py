"""Send generated requests to every operation, and compare the answers with the OpenAPI document.

``make fuzz ARGS="--examples 100"``: Schemathesis makes requests that the document allows and such
that it forbids. They go to the product on the Firestore emulator, with a test key and with a live
key. It fails at an answer that the document does not describe, at a request that is taken although
the document forbids it, and at one that is refused although the document allows it.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import functions_framework
from werkzeug.serving import WSGIRequestHandler, make_server

from shared import logs
from shared.auth.keys import KeyMode
from shared.domain.accounts.accounts import Account
from shared.domain.accounts.packages import Package
from shared.errors import Busy
from shared.services.accounts import administration
from tools.emulators import LOOPBACK, EmulatorError, FirestoreEmulator

ROOT = Path(__file__).resolve().parent.parent
IS_SHORT = "PUNKTWERK_FUZZ_SHORT"
"""Set in the environment of a short run."""
_WARM_UP_TRIES = 20


def main(arguments: list[str] | None = None) -> int:
    """Run it; return the exit status: 0 if nothing was found."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--examples", type=int, default=100, help="the most for each operation")
    parser.add_argument("--seed", type=int, default=1, help="the same seed sends the same requests")
    parser.add_argument("--only", help="the name of one operation")
    parser.add_argument(
        "--short",
        action="store_true",
        help="leave out the phase that covers every schema, and what a person has to judge",
    )
    parser.add_argument("--mode", choices=["test", "live"], help="only this kind of key")
    options = parser.parse_args(arguments)
    with FirestoreEmulator() as emulator, tempfile.TemporaryDirectory() as folder:
        os.environ["FIRESTORE_EMULATOR_HOST"] = emulator.host
        os.environ["GOOGLE_CLOUD_PROJECT"] = "demo-fuzz"
        os.environ["PUNKTWERK_SECRET_FILE"] = str(Path(folder) / "secret.key")
        _call_nobody()
        url, keys = _serve(), _keys()
        modes = [options.mode] if options.mode else list(keys)
        found = [_fuzz(url, mode, keys[mode], options, folder) for mode in modes]
    return max(found)


def _call_nobody() -> None:
    """Let no request reach a system of others: with a live key they would be real calls."""
    resolve: Any = socket.getaddrinfo

    def resolve_only_this_machine(host: Any, *rest: Any, **named: Any) -> Any:
        if host != LOOPBACK:
            raise socket.gaierror(socket.EAI_NONAME, "make fuzz calls nobody")
        return resolve(host, *rest, **named)

    socket.getaddrinfo = resolve_only_this_machine


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_: object) -> None:
        """Leave the terminal to the report."""


def _serve() -> str:
    """Serve the gateway in a thread, without its log; return the API's address."""
    logs.info = lambda *_, **__: None
    create_app: Any = functions_framework.create_app
    app = create_app("apiGateway", str(ROOT / "main.py"))
    server = make_server(LOOPBACK, 0, app, threaded=True, request_handler=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://{LOOPBACK}:{server.port}/api/v1"


def _keys() -> dict[str, str]:
    """Make an account with a store; return its secret keys by mode."""
    account = _account()
    administration.create_store(
        account.account_id,
        "Store",
        time_zone="Europe/Berlin",
        currency="EUR",
        store_id="store_a",
    )
    return {
        mode.value: administration.issue_key(account.account_id, mode).key.text
        for mode in (KeyMode.TEST, KeyMode.LIVE)
    }


def _account() -> Account:
    """Make the account. The emulator's first answers take longer than a request is allowed to."""
    for _ in range(_WARM_UP_TRIES):
        with contextlib.suppress(Busy):
            return administration.create_account("Fuzz", Package.PRIME, account_id="acc_fuzz")
    raise EmulatorError("The Firestore emulator does not answer.")


def _fuzz(url: str, mode: str, key: str, options: argparse.Namespace, folder: str) -> int:
    print(f"With a {mode} key:", flush=True)
    phases = "examples,fuzzing" if options.short else "examples,coverage,fuzzing"
    only = ["--include-operation-id", options.only] if options.only else []
    command = [
        str(Path(sys.executable).parent / "schemathesis"),
        *("--config-file", str(ROOT / "tools" / "schemathesis.toml")),
        *("run", str(ROOT / "docs" / "openapi.json"), "--url", url),
        *("--header", f"Authorization: Bearer {key}"),
        *("--phases", phases),
        *("--max-examples", str(options.examples), "--seed", str(options.seed)),
        *("--continue-on-failure", "--warnings", "off", "--generation-database", "none"),
        *("--no-shrink", "--suppress-health-check", "all", "--request-timeout", "30"),
        *only,
    ]
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "tools.fuzz_checks", "PYTHONPATH": str(ROOT)}
    if options.short:
        environment[IS_SHORT] = "1"
    return subprocess.run(command, cwd=folder, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
