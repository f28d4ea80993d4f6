"""A webhook receiver: ``SECRET=whsec_... python3 examples/receiver.py [PORT [COUNT]]``.

Python only. It ends after ``COUNT`` events; without a number it goes on.
"""

import hashlib
import hmac
import json
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

SECRET = os.environ["SECRET"]
DEFAULTS = (9000, 0)  # the port; after how many events to end, 0 for never
verified_ids: set[str] = set()


class Receiver(BaseHTTPRequestHandler):
    """Answers 204 to what is signed with the secret, 400 to everything else."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        expected = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        is_genuine = hmac.compare_digest(self.headers.get("X-Beep-Signature", ""), expected)
        if is_genuine:
            event = json.loads(body)
            verified_ids.add(event["id"])
            print("verified", event["type"], json.dumps(event["data"]), flush=True)
        self.send_response(204 if is_genuine else 400)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Print events only."""


if __name__ == "__main__":
    numbers = [int(each) for each in sys.argv[1:]]
    port, count = (*numbers, *DEFAULTS[len(numbers) :])
    server = HTTPServer(("127.0.0.1", port), Receiver)
    while count == 0 or len(verified_ids) < count:
        server.handle_request()
