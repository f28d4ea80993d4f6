"""The start of the emulator suite and the gateway: ports, configuration, environment."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from tools.emulators import (
    FIREBASE,
    HEAP,
    LOCAL,
    LOOPBACK,
    ROOT,
    EmulatorError,
    find_java,
    firestore_jar,
    is_free,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PROJECT = "demo-punktwerk"
REGION = "europe-west6"
GATEWAY_PORT = 8787
WEB_PORT = 8788
PORT_MAX = 65535
FIREBASE_JSON = ROOT / "firebase.json"
# Auth has its own process: it compiles its schemas for 8 s, and the rest can start meanwhile.
PROCESSES = {"suite": ("functions", "firestore", "tasks", "eventarc"), "auth": ("auth",)}
# A larger young generation saves a quarter of these 8 s.
NODE_OPTIONS = "--max-semi-space-size=64"
SECRETS = ROOT / ".secret.local"
ENV_LINE = re.compile(r"""(?:export\s+)?(\w+)\s*=\s*(['"]?)(.*)\2""")


def default_ports(config: Mapping[str, Any]) -> dict[str, int]:
    """Return the ports that firebase.json names, and those of the other processes.

    Their last two digits differ, so runs whose offsets are multiples of 100 never meet.
    """
    emulators = {name: each for name, each in config["emulators"].items() if isinstance(each, dict)}
    ports = {name: each["port"] for name, each in emulators.items() if "port" in each}
    ports["firestore websocket"] = emulators["firestore"]["websocketPort"]
    return ports | {"auth hub": ports["hub"] + 5, "gateway": GATEWAY_PORT, "web": WEB_PORT}


def ports_of(process: str, ports: Mapping[str, int]) -> dict[str, int]:
    """Return the ports that a process of the suite listens on, by what is served there."""
    hub = "auth hub" if process == "auth" else "hub"
    return {name: ports[name] for name in (*PROCESSES[process], hub)}


def port_offset(value: str | None) -> int:
    """Return the value of ``PORT_OFFSET``."""
    if value and not value.isdecimal():
        raise EmulatorError(f"PORT_OFFSET is added to every port: a whole number, not {value!r}.")
    return int(value or 0)


def choose_ports(defaults: Mapping[str, int], offset: int) -> tuple[dict[str, int], list[str]]:
    """Choose a free port for each name.

    Returns:
        The default plus ``offset`` for each name, or the next free port; and a sentence for each
        moved port.
    """
    chosen: dict[str, int] = {}
    moved = []
    for name, default in defaults.items():
        wanted = port = default + offset
        while port <= PORT_MAX and (port in chosen.values() or not is_free(port)):
            port += 1
        if port > PORT_MAX:
            raise EmulatorError(f"There is no free port from {wanted} on for the {name}.")
        if port != wanted:
            moved.append(f"Port {wanted} ({name}) is busy: using {port} instead.")
        chosen[name] = port
    return chosen, moved


def write_configs(config: Mapping[str, Any], ports: Mapping[str, int]) -> None:
    """Write firebase.json for each process, with these ports and with paths relative to it."""
    source = os.path.relpath(ROOT, LOCAL)
    generated = {
        "functions": [each | {"source": source} for each in config["functions"]],
        "firestore": {"rules": str(ROOT / config["firestore"]["rules"])},
    }
    settings = {name: each for name, each in config["emulators"].items() if name not in ports}
    for process, names in PROCESSES.items():
        emulators = {name: config["emulators"][name] | {"port": ports[name]} for name in names}
        if "firestore" in emulators:
            emulators["firestore"]["websocketPort"] = ports["firestore websocket"]
        hub = ports["auth hub" if process == "auth" else "hub"]
        emulators["hub"] = config["emulators"]["hub"] | {"port": hub}
        content = generated | {"emulators": settings | emulators}
        write_atomically(config_file(process), json.dumps(content, indent=2))


def config_file(process: str) -> Path:
    """Return the path of the configuration of a process of the suite."""
    return LOCAL / f"firebase-{process}.json"


def environment(ports: Mapping[str, int]) -> dict[str, str]:
    """Return the environment of the gateway, the schedules and the seeding.

    The suite's functions get it too, because firebase-tools passes its environment to them.
    """
    env = dict(os.environ)
    env.pop("GOOGLE_APPLICATION_CREDENTIALS", None)  # nothing local may reach a real project
    _ensure_secrets()
    # The files that the functions emulator reads for its functions, in its order.
    for name in (".env", f".env.{PROJECT}", ".env.local"):
        env |= read_env_file(ROOT / name)
    env |= read_env_file(SECRETS)
    return env | {
        "PUNKTWERK_COMMIT": _commit(),
        "GCLOUD_PROJECT": PROJECT,
        "GOOGLE_CLOUD_PROJECT": PROJECT,
        "FUNCTION_REGION": REGION,
        "PUNKTWERK_REGION": REGION,
        "PUNKTWERK_PUBLIC_URL": f"http://{LOOPBACK}:{ports['gateway']}/apiGateway",
        "PUNKTWERK_CARD_URL": f"http://{LOOPBACK}:{ports['web']}",
        "FIRESTORE_EMULATOR_HOST": f"{LOOPBACK}:{ports['firestore']}",
        "FIREBASE_AUTH_EMULATOR_HOST": f"{LOOPBACK}:{ports['auth']}",
        "CLOUD_TASKS_EMULATOR_HOST": f"{LOOPBACK}:{ports['tasks']}",
        "METADATA_SERVER_DETECTION": "none",
        "PYTHONUNBUFFERED": "1",
    }


def suite_environment(env: Mapping[str, str]) -> dict[str, str]:
    """Return the additional variables that firebase-tools needs."""
    java = find_java()
    return {
        **env,
        "PATH": f"{java.parent}{os.pathsep}{env['PATH']}",
        "JAVA_HOME": str(java.parent.parent),
        "JAVA_TOOL_OPTIONS": HEAP,
        "NODE_OPTIONS": f"{env.get('NODE_OPTIONS', '')} {NODE_OPTIONS}".strip(),
        "FIRESTORE_EMULATOR_BINARY_PATH": str(firestore_jar()),
        # No user's login and settings, so no real project is in reach and analytics stay off.
        "XDG_CONFIG_HOME": str(LOCAL / "config"),
        "CI": "true",  # no message of the day and no update notice
        "START_LOGGING_EMULATOR": "false",  # unset means true, and its port could clash
        "FUNCTIONS_DISCOVERY_TIMEOUT": "60",
    }


def suite_command(process: str, data: Path | None = None) -> list[str]:
    """Return the command that runs a process of the emulator suite, with the data of a folder."""
    config = ["--config", str(config_file(process)), "--project", PROJECT, "--non-interactive"]
    command = [str(FIREBASE), "emulators:start", *config, "--only", ",".join(PROCESSES[process])]
    return [*command, "--import", str(data / process)] if data else command


def gateway_command(port: int) -> list[str]:
    """Return the command that serves ``apiGateway``."""
    target = ["--target", "apiGateway", "--signature-type", "http", "--source", "main.py"]
    address = ["--host", LOOPBACK, "--port", str(port)]
    return [sys.executable, "-m", "functions_framework", *target, *address]


def web_command(port: int) -> list[str]:
    """Return the command that serves the web apps."""
    return [sys.executable, "-m", "tools.web_host", str(port)]


def read_env_file(path: Path) -> dict[str, str]:
    """Return the variables of a dot-env file; none if the file does not exist."""
    lines = path.read_text().splitlines() if path.exists() else []
    matches = [ENV_LINE.fullmatch(line.strip()) for line in lines]
    return {match[1]: match[3] for match in matches if match}


def write_atomically(path: Path, text: str) -> None:
    """Write a file so that no reader ever sees a half-written one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.write_text(text)
    unfinished.rename(path)


def _commit() -> str:
    """Return the commit that is checked out; nothing outside a clone."""
    command = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""


def _ensure_secrets() -> None:
    """Make the file that replaces Secret Manager, which the emulator would call otherwise."""
    if not SECRETS.exists():
        from cryptography.fernet import Fernet

        write_atomically(SECRETS, f"PUNKTWERK_SECRET_KEYS={Fernet.generate_key().decode()}\n")
