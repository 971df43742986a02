"""Tells the time over HTTP, answers for its health, and stops when it is told to.

SIGTERM: no new connections, running requests finish, exit code 0.
"""

import json
import os
import signal
import threading
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT = int(os.environ.get("PORT", "8000"))


class Server(ThreadingHTTPServer):
    # server_close() waits for requests that are still being answered
    daemon_threads = False


class Handler(BaseHTTPRequestHandler):
    # a client that opens a connection and says nothing must not keep the service from stopping
    timeout = 5

    def do_GET(self) -> None:
        if self.path == "/health":
            self.answer(HTTPStatus.OK, {"status": "ok"})
        elif self.path == "/":
            self.answer(HTTPStatus.OK, {"time": datetime.now(UTC).isoformat(timespec="seconds")})
        else:
            self.answer(HTTPStatus.NOT_FOUND, {"error": f"nothing at {self.path}"})

    def answer(self, status: HTTPStatus, body: dict[str, str]) -> None:
        payload = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, format: str, *args: object) -> None:
        print(json.dumps({"client": self.client_address[0], "message": format % args}))


def main() -> None:
    server = Server(("0.0.0.0", PORT), Handler)

    def stop(number: int, _frame: object) -> None:
        print(json.dumps({"message": f"{signal.Signals(number).name}: stopping"}))
        # shutdown() waits for serve_forever() to return, which this very thread is running
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(json.dumps({"message": f"listening on port {PORT}"}))
    server.serve_forever(poll_interval=0.1)
    server.server_close()
    print(json.dumps({"message": "stopped"}))


if __name__ == "__main__":
    main()
