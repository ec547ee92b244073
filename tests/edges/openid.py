"""An OpenID Connect provider in a process of its own: real keys, real HTTP, and lies on demand.

``python -m tests.edges.openid`` prints its address and serves until its input closes.
"""

import base64
import hashlib
import json
import secrets
import sys
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "privyseal", "a secret between two"
KEY, OTHER_KEY = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))


class Service(BaseHTTPRequestHandler):
    """Whoever comes to /authorize is the subject in force, and agrees."""

    lie: ClassVar[str] = ""
    subject: ClassVar[str] = "subject-1"
    asked: ClassVar[dict[str, dict[str, str]]] = {}

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        said = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/.well-known/openid-configuration":
            self._say(self._configuration())
        elif parts.path == "/jwks":
            key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
            self._say({"keys": [{**key, "kid": "one", "alg": "RS256", "use": "sig"}]})
        elif parts.path == "/authorize":
            code = secrets.token_urlsafe(16)
            Service.asked[code] = said
            self.send_response(HTTPStatus.FOUND)
            self.send_header("Location", f"{said['redirect_uri']}?{urlencode({'code': code, 'state': said['state']})}")
            self.end_headers()
        elif parts.path == "/be":
            Service.lie, Service.subject = said.get("lie", ""), said.get("subject", Service.subject)
            self._say({})

    def do_POST(self) -> None:
        said = {name: values[0] for name, values in parse_qs(self._body()).items()}
        question = Service.asked.pop(said.get("code", ""), None)
        if question is None or not self._is_client() or not _verifies(question, said):
            self._say({"error": "invalid_grant"}, HTTPStatus.BAD_REQUEST)
            return
        self._say({"access_token": "x", "token_type": "Bearer", "id_token": _token(self._issuer, question)})

    def log_message(self, *_said: object) -> None:
        pass

    @property
    def _issuer(self) -> str:
        return f"http://localhost:{self.connection.getsockname()[1]}"

    def _configuration(self) -> dict[str, str]:
        here = "http://localhost:1" if Service.lie == "another-issuer" else self._issuer
        return {
            "issuer": here,
            "authorization_endpoint": f"{self._issuer}/authorize",
            "token_endpoint": f"{self._issuer}/token",
            "jwks_uri": f"{self._issuer}/jwks",
        }

    def _body(self) -> str:
        return self.rfile.read(int(self.headers["Content-Length"])).decode()

    def _is_client(self) -> bool:
        pair = base64.b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode()
        return [unquote(part) for part in pair.split(":")] == [CLIENT, SECRET]

    def _say(self, said: dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _verifies(question: dict[str, str], said: dict[str, str]) -> bool:
    digest = hashlib.sha256(said.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return (question["code_challenge"], question["code_challenge_method"], question["redirect_uri"]) == (
        challenge,
        "S256",
        said.get("redirect_uri"),
    )


def _token(issuer: str, question: dict[str, str]) -> str:
    at, lie = int(time.time()), Service.lie
    claims = {
        "iss": "https://elsewhere.example" if lie == "issuer" else issuer,
        "aud": "somebody else" if lie == "audience" else CLIENT,
        "sub": Service.subject,
        "iat": at,
        "exp": at - 3600 if lie == "expired" else at + 60,
        "nonce": "another" if lie == "nonce" else question["nonce"],
        "email": "wang@example.com",
    }
    if lie == "azp":
        claims["azp"] = "somebody else"
    if lie == "without-nonce":
        del claims["nonce"]
    if lie == "unsigned":
        return jwt.encode(claims, key="", algorithm="none", headers={"kid": "one"})
    if lie == "symmetric":
        return jwt.encode(claims, key=SECRET * 4, algorithm="HS256", headers={"kid": "one"})
    return jwt.encode(claims, OTHER_KEY if lie == "key" else KEY, algorithm="RS256", headers={"kid": "one"})


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    sys.stdout.write(f"http://localhost:{server.server_address[1]}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
