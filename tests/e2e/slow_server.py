"""A server in this process that answers when it is told to, or never, and sees who hangs up."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class SlowServer:
    """Posts to `/after/80` are answered after 80 ms, those to `/never` are not, those to `/no` with a refusal.

    `calls` counts by idempotency key.
    """

    port: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    waiting: threading.Event = field(default_factory=threading.Event)
    hung_up: threading.Event = field(default_factory=threading.Event)

    @property
    def allowed(self) -> str:
        """What an allow-list has to name for it to be called."""
        return f"127.0.0.1:{self.port}"

    def url(self, path: str) -> str:
        return f"http://{self.allowed}{path}"


@contextmanager
def slow_server() -> Iterator[SlowServer]:
    state = SlowServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", "0")))
            state.calls[self.headers.get("idempotency-key", "")] += 1
            _, kind, *rest = self.path.split("/")
            if kind == "never":
                state.waiting.set()
                while self.connection.recv(1024):
                    pass
                state.hung_up.set()
                return
            time.sleep(int(rest[0]) / 1000 if rest else 0)
            self.send_response(503 if kind == "no" else 200)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, format: str, *args: object) -> None: ...

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Callers are killed in the middle of their calls."""

    with Quiet(("127.0.0.1", 0), Handler) as server:
        state.port = server.server_address[1]
        serving = threading.Thread(target=server.serve_forever, daemon=True)
        serving.start()
        try:
            yield state
        finally:
            server.shutdown()
            serving.join()
