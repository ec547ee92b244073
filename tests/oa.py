"""A company's OA, in a process of its own, that asks its own people and answers: ``oa PORT KEY_HEX``.

It speaks HTTP and Standard Webhooks by itself, with nothing of ours. It says what it heard, a line of JSON each; a line
of JSON on its input is a decision, for which it says headers and body as it would send them.
"""

import json
import sys
import threading
import time
from base64 import b64encode
from http.server import BaseHTTPRequestHandler, HTTPServer

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        down = "down" in self.path
        say({"headers": {name.lower(): value for name, value in self.headers.items()}, "body": body, "down": down})
        self.send_response(503 if down else 202)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  as above
        """Keep the output to what was heard."""


def decide(key: Ed25519PrivateKey, told: dict[str, str]) -> None:
    name, seconds = told.pop("name"), told.pop("at", str(int(time.time())))
    body = json.dumps({"type": "approval.decided", "timestamp": seconds, "data": told}, ensure_ascii=False)
    signature = b64encode(key.sign(f"{name}.{seconds}.{body}".encode())).decode()
    say(
        {
            "webhook-id": name,
            "webhook-timestamp": seconds,
            "webhook-signature": f"v1a,{signature}",
            "body": body,
        }
    )


def say(heard: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(heard) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
    own = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(sys.argv[2]))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    say({"ready": server.server_port, "key": "whpk_" + b64encode(own.public_key().public_bytes_raw()).decode()})
    for line in sys.stdin:
        decide(own, json.loads(line))
