"""One installation: where its data and servers are, and the environment that each of its processes gets."""

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from privyseal.config import accounts, cosigners, env, sockets
from privyseal.config.approvalserver import Counter
from privyseal.config.broker import Broker
from privyseal.config.gatewayserver import Gate
from privyseal.config.postgres import Cluster
from privyseal.config.postgres_roles import OWNER, keep_secret
from privyseal.config.webserver import Front

_SECRETS: Final = ("SECRET", "FACTOR_KEY", "WEBHOOK_KEY", "VAULT_KEY")
_OF_APPROVAL: Final = ("LANGUAGE", "LOG_LEVEL", "APPROVAL_PEER_UID")
_DATABASES: Final = ("PRIVYSEAL_DATABASE_URL", "PRIVYSEAL_INTEGRATOR_DATABASE_URL", "PRIVYSEAL_OWNER_DATABASE_URL")


@dataclass(frozen=True, slots=True)
class Databases:
    """The same database for three parts: pages, the ledger's tree, migrations."""

    web: str
    integrator: str
    owner: str

    @classmethod
    def of(cls, cluster: Cluster) -> "Databases":
        return cls(cluster.url("privyseal_web"), cluster.url("privyseal_integrator"), cluster.url(OWNER))

    @classmethod
    def from_environment(cls) -> "Databases | None":
        """Return what is configured, or nothing when the database is the embedded one."""
        web, integrator, owner = map(env.database, ("DATABASE_URL", "INTEGRATOR_DATABASE_URL", "OWNER_DATABASE_URL"))
        return cls(web, integrator, owner) if web else None


@dataclass(frozen=True, slots=True)
class Installation:
    data: Path
    front: Front
    public_url: str
    databases: Databases | None
    signer_socket: Path
    is_signer_ours: bool
    counter: Counter
    approval_socket: Path
    is_approval_ours: bool
    gate: Gate
    broker: Broker

    @classmethod
    def from_environment(cls) -> "Installation":
        data = env.folder("DATA", ".data")
        front = Front.from_environment()
        configured = env.text("SIGNER_SOCKET")
        approval = env.text("APPROVAL_SOCKET")
        own = sockets.place(accounts.current(), data)
        return cls(
            data=data,
            front=front,
            public_url=env.address("PUBLIC_URL", f"http://localhost:{front.port}"),
            databases=Databases.from_environment(),
            signer_socket=Path(configured) if configured else own.with_suffix(".signer") / "socket",
            is_signer_ours=not configured,
            counter=Counter.from_environment(),
            approval_socket=Path(approval) if approval else own.with_suffix(".approval") / "socket",
            is_approval_ours=not approval,
            gate=Gate.from_environment(),
            broker=Broker.from_environment(),
        )

    @property
    def are_cosigners_elsewhere(self) -> bool:
        return bool(env.text("COSIGNERS"))

    def ports(self) -> Iterator[tuple[str, int, str, str]]:
        """Yield where our own servers listen, and the settings that say so."""
        yield self.front.host, self.front.port, "PORT", "HOST"
        if self.is_approval_ours:
            yield self.counter.host, self.counter.port, "APPROVAL_PORT", "APPROVAL_HOST"
        if self.gate.port:
            yield self.gate.host, self.gate.port, "GATEWAY_PORT", "GATEWAY_HOST"
        if self.broker.is_ours:
            yield self.broker.host, self.broker.port, "BROKER_PORT", "GATEWAY_HOST"

    @property
    def signer_key_file(self) -> Path:
        """Return what opens the signer's keys where no custodians do: apart from the folder that it opens."""
        return env.folder("SIGNER_KEY_FILE", str(self.data / "secrets" / "signer.key"))

    def web(self, databases: Databases) -> dict[str, str]:
        return {**self._base(), _DATABASES[0]: databases.web}

    def worker(self, databases: Databases) -> dict[str, str]:
        return {**self.web(databases), _DATABASES[1]: databases.integrator}

    def owner(self, databases: Databases) -> dict[str, str]:
        return {**self._base(), _DATABASES[0]: databases.owner}

    def signer(self) -> dict[str, str]:
        """Nothing that opens the database or a session."""
        return {name: value for name, value in self._base().items() if not any(word in name for word in _SECRETS)}

    def approval(self) -> dict[str, str]:
        """Nothing of ours but what the approval page itself reads: no database, no session, no key, no other server."""
        own = {f"{env.PREFIX}{name}" for name in _OF_APPROVAL}
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith(env.PREFIX) or name in own},
            "PRIVYSEAL_PORT": str(self.front.port),
            "PRIVYSEAL_PUBLIC_URL": self.public_url,
            "PRIVYSEAL_APPROVAL_HOST": self.counter.host,
            "PRIVYSEAL_APPROVAL_PORT": str(self.counter.port),
            "PRIVYSEAL_APPROVAL_URL": self.counter.url,
            "PRIVYSEAL_APPROVAL_SOCKET": str(self.approval_socket),
        }

    def _base(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if name not in _DATABASES},
            "PRIVYSEAL_DATA": str(self.data),
            "PRIVYSEAL_PUBLIC_URL": self.public_url,
            "PRIVYSEAL_SIGNER_SOCKET": str(self.signer_socket),
            "PRIVYSEAL_BROKER": self.broker.told,
            **self._cosigners(),
            "PRIVYSEAL_APPROVAL_URL": self.counter.url,
            "PRIVYSEAL_APPROVAL_SOCKET": str(self.approval_socket),
            **self._key("SECRET_KEY"),
            **self._key("FACTOR_KEY"),
            **self._key("WEBHOOK_KEY"),
            **self._key("VAULT_KEY"),
        }

    def _cosigners(self) -> dict[str, str]:
        """Return the cosigners beside us; configured ones, which are in other hands, are handed on as they are."""
        if self.are_cosigners_elsewhere:
            return {}
        return {"PRIVYSEAL_COSIGNERS": " ".join(one.setting for one in cosigners.made(self.data))}

    def _key(self, name: str) -> dict[str, str]:
        """Return where a key of the web application lies; a configured one is handed on as it is."""
        if env.text(name) or env.text(f"{name}_FILE"):
            return {}
        path = self.data / "secrets" / name.lower()
        if not path.exists():
            keep_secret(path, secrets.token_urlsafe(48))
        return {f"PRIVYSEAL_{name}_FILE": str(path)}
