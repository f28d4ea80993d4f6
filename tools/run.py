"""``make run``: the product on the Firebase emulator suite, with demo data, until Ctrl-C.

Its processes: the suite (Firestore, task queues, triggers and the single functions), the suite's
Auth, ``apiGateway`` as production serves it (functions-framework: one process, many threads), the
stand-in for Cloud Scheduler, the web apps (``tools.web_host``), and this one, which watches them.

It keeps the data for the next run: at its end, and every few minutes before. Whatever it started
and cannot do without ends all of it, and is named: firebase-tools says nothing when Firestore
dies, and every call would wait for it in vain. (A worker of the functions it starts again itself.)

Settings: ``PORT_OFFSET`` moves every port; ``PUNKTWERK_LOCAL`` names another folder than ``.local``
for the files of a run, so that two runs are possible at once; ``FRESH=1`` deletes the kept data.
"""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, NoReturn

from tools import kept, sign_ins, suite
from tools.emulators import LOCAL, LOOPBACK, ROOT, EmulatorError, get, tail
from tools.guard import Guarded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

READY_TIMEOUT_S = 180
STOP_GRACE_S = 8  # time for the emulators to end before they are killed
WATCH_EVERY_S = 0.3
PROBE_TIMEOUT_S = 1
PROBE_EVERY_S = 1
GONE_AFTER_S = 20  # a port that refuses connections for as long has nobody behind it
KEEP_EVERY_S = 180
KEEP_AGAIN_S = 30  # after an attempt that has failed
KEEP_AT_THE_END_MAX = 3
SUITE_READY = "All emulators ready!"
LOGS = LOCAL / "logs"
DEV_JSON = LOCAL / "dev.json"
DEV_ENV = LOCAL / "dev.env"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class RunError(Exception):
    """The run cannot go on; the message says why."""


class StopRequested(BaseException):
    """A signal asks for the end."""


def main() -> int:
    """Run until a signal or a failure; return the exit code."""
    for number in SIGNALS:
        signal.signal(number, _request_stop)
    try:
        with only_one_run(), contextlib.ExitStack() as cleanup:
            run(cleanup)
    except StopRequested:
        return 0
    except (RunError, EmulatorError, sign_ins.SignInError) as error:
        say(str(error))
        return 1


def _request_stop(*_: object) -> NoReturn:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not cut the end short
    raise StopRequested


def run(cleanup: contextlib.ExitStack) -> NoReturn:
    """Start everything, announce it, and watch it; ``cleanup`` ends it."""
    ports = prepare()
    data, sentence = kept.take_over(fresh=os.environ.get("FRESH", "") not in {"", "0"})
    say(sentence)
    env = suite.environment(ports)
    suite_env = suite.suite_environment(env)
    children: dict[str, Guarded] = {}
    cleanup.callback(stop_all, children)

    say("Starting the emulators ...")
    for process in suite.PROCESSES:
        command = suite.suite_command(process, data)
        children[process] = start(process, command, suite_env, grace_s=STOP_GRACE_S)
    children["gateway"] = start("gateway", suite.gateway_command(ports["gateway"]), env, grace_s=1)
    children["web"] = start("web", suite.web_command(ports["web"]), env)
    wait_until(children, lambda: get(ports["gateway"], "/") is not None, "the gateway")
    wait_until(children, lambda: get(ports["web"], "/") is not None, "the web apps")
    wait_until(children, lambda: is_ready(children["suite"]), "the emulators")
    check_functions(ports["functions"], children["suite"].log)
    say("Loading demo data ...")
    seeds = seed(env)
    warm_up(ports["functions"])
    wait_until(children, lambda: is_ready(children["auth"]), "the Auth emulator")
    sign_ins.make(ports["auth"], seeds["signIns"].values())
    children["scheduler"] = start("scheduler", [sys.executable, "-m", "tools.scheduler"], env)

    facts = describe(ports, seeds)
    announce(facts, seeds)
    cleanup.callback(keep_at_the_end, children, ports)
    cleanup.callback(forget_facts)
    suite.write_atomically(DEV_ENV, shell_variables(facts, seeds))
    suite.write_atomically(DEV_JSON, json.dumps(facts, indent=2) + "\n")
    watch(children, ports)


def watch(children: Mapping[str, Guarded], ports: Mapping[str, int]) -> NoReturn:
    """Keep the data from time to time, until something ends that must not."""
    refused_since_s: dict[str, float] = {}
    probe_at_s = time.monotonic()
    keep_at_s = time.monotonic() + KEEP_EVERY_S
    while True:
        time.sleep(WATCH_EVERY_S)
        check_alive(children)
        if time.monotonic() >= probe_at_s:
            check_ports(children, ports, refused_since_s)
            probe_at_s = time.monotonic() + PROBE_EVERY_S
        if time.monotonic() >= keep_at_s:
            is_kept = keep_now(ports)
            keep_at_s = time.monotonic() + (KEEP_EVERY_S if is_kept else KEEP_AGAIN_S)


def keep_now(ports: Mapping[str, int], attempts: int = 1) -> bool:
    """Keep the data; say so if that fails, and return whether it has succeeded.

    Only an emulator that was too slow is asked again, up to the number of attempts.
    """
    for left in reversed(range(attempts)):
        try:
            kept.keep(ports)
        except (kept.KeepError, OSError) as error:
            say(f"The data could not be kept ({error}). The last time was: {kept.last_kept()}.")
            if left == 0 or not isinstance(error, kept.KeepTimeoutError):
                return False
            say("Trying again ...")
        else:
            return True
    return False


def keep_at_the_end(children: Mapping[str, Guarded], ports: Mapping[str, int]) -> None:
    """End what writes, then keep what it has written."""
    for name in ("gateway", "scheduler"):
        children[name].ask_to_stop()
    for name in ("gateway", "scheduler"):
        children[name].stop()
    if keep_now(ports, KEEP_AT_THE_END_MAX):
        say(f"The data is kept in {shown(kept.folder())} for the next run.")


@contextlib.contextmanager
def only_one_run() -> Iterator[None]:
    """Hold this folder's lock: two runs would overwrite each other's files."""
    LOGS.mkdir(parents=True, exist_ok=True)
    with (LOCAL / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunError(
                f"A run is at work here already (see {shown(DEV_JSON)}). Stop it first, or give "
                "this one a folder of its own: PUNKTWERK_LOCAL=.local/second make run."
            ) from None
        forget_facts()  # facts of a run that was killed
        yield


def prepare() -> dict[str, int]:
    """Choose ports, tell which had to be moved, and write the configuration."""
    config = json.loads(suite.FIREBASE_JSON.read_text())
    offset = suite.port_offset(os.environ.get("PORT_OFFSET"))
    ports, moved = suite.choose_ports(suite.default_ports(config), offset)
    if moved:
        say("\n".join([*moved, f"PORT_OFFSET={offset + 100} would move all ports together."]))
    suite.write_configs(config, ports)
    return ports


def start(name: str, command: list[str], env: dict[str, str], *, grace_s: float = 0) -> Guarded:
    """Start a child with its own log."""
    cwd = ROOT
    if name in suite.PROCESSES:  # firebase-tools writes more logs, into its working directory
        cwd = LOGS / name
        cwd.mkdir(exist_ok=True)
    return Guarded(command, log=LOGS / f"{name}.log", env=env, cwd=cwd, grace_s=grace_s)


def is_ready(process: Guarded) -> bool:
    """Tell whether firebase-tools has said that all its emulators run."""
    return SUITE_READY in process.log.read_text(errors="replace")


def wait_until(children: Mapping[str, Guarded], condition: Callable[[], bool], what: str) -> None:
    """Wait for a condition while all children live."""
    deadline = time.monotonic() + READY_TIMEOUT_S
    while not condition():
        check_alive(children)
        if time.monotonic() > deadline:
            logs = "\n".join(tail(child.log, 10) for child in children.values())
            raise RunError(f"{logs}\nWaited {READY_TIMEOUT_S} s for {what}, in vain.")
        time.sleep(0.1)


def check_alive(children: Mapping[str, Guarded]) -> None:
    """Raise an error with the end of a child's log if the child has ended."""
    for name, child in children.items():
        if (code := child.exit_code()) is not None:
            raise RunError(
                f"{tail(child.log)}\n\nThe {name} ended unexpectedly with exit code {code}, so "
                f"everything was stopped. Its whole log is {shown(child.log)}."
            )


def check_ports(
    children: Mapping[str, Guarded], ports: Mapping[str, int], refused_since_s: dict[str, float]
) -> None:
    """Raise an error if an emulator has gone though the process that started it goes on.

    It has gone if its port refuses connections all the time. One that only does not answer is
    slow, which a busy machine may be for minutes: that ends nothing.

    Args:
        children: The processes by name.
        ports: The ports by name.
        refused_since_s: When the ports that refuse have begun to; brought up to date.
    """
    for process in suite.PROCESSES:
        for name, port in suite.ports_of(process, ports).items():
            if not is_refused(port):
                refused_since_s.pop(name, None)
                continue
            refused_s = time.monotonic() - refused_since_s.setdefault(name, time.monotonic())
            if refused_s >= GONE_AFTER_S:
                check_alive(children)  # if the whole process has ended, that is what to say
                raise RunError(
                    f"{tail(children[process].log)}\n\nNobody answers at port {port} any more: the "
                    f"emulator of {name} has ended, so everything was stopped. Its whole log is "
                    f"{shown(children[process].log)}; the data was kept at {kept.last_kept()}."
                )


def is_refused(port: int) -> bool:
    """Tell whether no local server listens at the port; a slow one listens."""
    try:
        socket.create_connection((LOOPBACK, port), PROBE_TIMEOUT_S).close()
    except ConnectionRefusedError:
        return True
    except OSError:
        return False
    return False


def check_functions(port: int, log: Path) -> None:
    """Raise an error if the functions failed to load, as the emulator continues without them."""
    backends = json.loads(get(port, "/backends") or b'{"backends": []}')["backends"]
    if not any(backend["functionTriggers"] for backend in backends):
        raise RunError(f"{tail(log)}\n\nThe functions could not be loaded; the log says why.")


def seed(env: dict[str, str]) -> dict[str, Any]:
    """Load the demo data; return the seeding's report."""
    log = LOGS / "seed.log"
    command = [sys.executable, "-m", "tools.seed"]
    with log.open("w") as errors:
        done = subprocess.run(
            command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=errors, check=False
        )
    if done.returncode != 0:
        raise RunError(f"{tail(log)}\n\nThe demo data could not be loaded; {shown(log)} says why.")
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def warm_up(port: int) -> None:
    """Start the worker of the webhooks' queue, so that the first webhook does not wait for it.

    The functions emulator starts a Python process at the first call of each function. The triggers'
    have been started by the demo data. There is no such delivery, so nothing is done.
    """
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=READY_TIMEOUT_S)
    path = f"/{suite.PROJECT}/{suite.REGION}/deliverWebhook"
    body = json.dumps({"data": {"deliveryId": "warm_up"}})
    with contextlib.suppress(OSError, http.client.HTTPException):
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        connection.getresponse().read()
    connection.close()


def stop_all(children: Mapping[str, Guarded]) -> None:
    """End all children and the processes that they have started."""
    say("Stopping ...")
    for child in children.values():
        child.ask_to_stop()
    for child in children.values():
        child.stop()


def describe(ports: Mapping[str, int], seeds: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of dev.json."""
    base_url = f"http://{LOOPBACK}:{ports['gateway']}/apiGateway/api/v1"
    functions = f"http://{LOOPBACK}:{ports['functions']}/{suite.PROJECT}/{suite.REGION}"
    return {
        "baseUrl": base_url,
        "projectId": suite.PROJECT,
        "region": suite.REGION,
        "keys": seeds["keys"],
        "publishableKey": seeds["publishableKey"],
        "accountId": seeds["accountId"],
        "storeId": seeds["storeId"],
        "otherStoreId": seeds["otherStoreId"],
        "signIns": seeds["signIns"],
        "firestoreHost": f"{LOOPBACK}:{ports['firestore']}",
        "authHost": f"{LOOPBACK}:{ports['auth']}",
        "urls": {
            "openapi": f"{base_url}/openapi.json",
            # Not /docs alone, where the page would show the same address without /apiGateway.
            "docs": f"{base_url}/docs",
            "functions": functions,
            # The issuer: its metadata names the rest.
            "oauth": f"http://{LOOPBACK}:{ports['gateway']}/apiGateway",
            # What a Shopware client is given as the address of its shop.
            "shopware": f"http://{LOOPBACK}:{ports['gateway']}/apiGateway",
            "tasks": f"http://{LOOPBACK}:{ports['tasks']}",
            "card": f"http://{LOOPBACK}:{ports['web']}/s/{seeds['storeId']}",
            "console": f"http://{LOOPBACK}:{ports['web']}/console",
        },
    }


def shell_variables(facts: Mapping[str, Any], seeds: Mapping[str, Any]) -> str:
    """Return the content of dev.env, which a shell reads with ``. .local/dev.env``."""
    values = {
        "URL": facts["baseUrl"],
        "KEY": facts["keys"]["live"]["PRIME"],
        "TEST_KEY": facts["keys"]["test"],
        "STORE": facts["storeId"],
        "PROGRAM": seeds["programs"]["points"],
        "ACCOUNT": facts["accountId"],
        # Where people sign in; their addresses and passwords are in dev.json.
        "AUTH": f"http://{facts['authHost']}/{sign_ins.HOST}",
    }
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items())


def forget_facts() -> None:
    """Remove the files that tell the addresses of a run."""
    DEV_JSON.unlink(missing_ok=True)
    DEV_ENV.unlink(missing_ok=True)


def announce(facts: Mapping[str, Any], seeds: Mapping[str, Any]) -> None:
    """Print the addresses, and commands to try."""
    base_url = facts["baseUrl"]
    program = seeds["programs"]["points"]
    keys = {**facts["keys"]["live"], "test": facts["keys"]["test"]}
    curl = f"curl -s -H 'Authorization: Bearer {keys['PRIME']}'"
    member = {"programId": program, "userId": "you"}
    points = {**member, "points": 25, "transactionId": "receipt-1"}
    say(f"""
Punktwerk is running. Ctrl-C stops it.

  Card     {facts["urls"]["card"]}
  Console  {facts["urls"]["console"]}
  API      {base_url}
  Docs     {facts["urls"]["docs"]}
  OAuth    {facts["urls"]["oauth"]}/oauth/token
  Facts    {shown(DEV_JSON)}, and for a shell: . {shown(DEV_ENV)}
  Logs     {shown(LOGS)}/

A key for each package, and a test key:
""")
    for name, key in keys.items():
        say(f"  {name:8}  {key}")
    say(f"\nThe publishable key, for customers' apps: {facts['publishableKey']}")
    say(
        f"Who can sign in, all with the password {sign_ins.PASSWORD}: "
        + ", ".join(each["email"] for each in facts["signIns"].values())
    )
    say(f"""
Try:
  {curl} -d '{json.dumps(member)}' {base_url}/enrollInLoyaltyProgram
  {curl} -d '{json.dumps(points)}' {base_url}/addLoyaltyPoints
  {curl} '{base_url}/getCustomerBalance?programId={program}&userId=you'
""")


def say(text: str) -> None:
    """Print a text. Ignore a closed output, because it must not prevent stopping the children."""
    with contextlib.suppress(OSError):
        print(text, flush=True)


def shown(path: Path) -> str:
    """Return the path as a person in the project's folder would type it."""
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


if __name__ == "__main__":
    sys.exit(main())
