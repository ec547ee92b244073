"""MQTT 5 as both ends speak it: three topics a device, and a connection that is made anew whenever it breaks."""

import socket
import ssl
import tempfile
import threading
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, NamedTuple

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from privyseal.device.signed import MOST_CHARACTERS

ROOT: Final = "privyseal/v1"
OF_ALL_DEVICES: Final = f"$share/gateways/{ROOT}/+/evt"
MOST_ASKED_BYTES: Final = 64
_QOS: Final = 1
_PORT: Final = 8883
_ALIVE_SECONDS: Final = 30
_SOONEST, _LATEST = 1, 30


class End(StrEnum):
    """The last word of a topic: what a device tells, what it is told, up to where its events are kept."""

    TOLD = "evt"
    COMMANDS = "cmd"
    ACKNOWLEDGEMENTS = "ack"


class Heard(NamedTuple):
    """One message. ``asked`` is what an answer to it repeats, ``number`` and ``qos`` what it is confirmed by."""

    serial: str
    end: str
    text: str
    asked: bytes
    number: int
    qos: int


class Line:
    """One end at a broker. ``heard`` and ``joined`` are called by a thread of its own, and must not wait.

    What is said while there is no connection is not kept: whoever misses it asks again. ``holds`` is how many messages
    the broker gives this end before it has ``confirmed`` some.
    """

    def __init__(
        self,
        identifier: str,
        context: ssl.SSLContext,
        topics: Sequence[str],
        heard: Callable[[Heard], None],
        *,
        joined: Callable[[], None] = lambda: None,
        holds: int = 64,
    ) -> None:
        self._topics = topics
        self._heard = heard
        self._joined = joined
        self._holds = holds
        self._is_joined = threading.Event()
        self.client = Client(
            CallbackAPIVersion.VERSION2, identifier, protocol=MQTTProtocolVersion.MQTTv5, manual_ack=True
        )
        self.client.tls_set_context(context)
        self.client.reconnect_delay_set(_SOONEST, _LATEST)
        self.client.max_inflight_messages_set(0)
        self.client.on_socket_open = _at_once
        self.client.on_connect = self._connected
        self.client.on_subscribe = self._subscribed
        self.client.on_disconnect = lambda *_: self._is_joined.clear()
        self.client.on_message = self._message

    @property
    def is_joined(self) -> bool:
        """Tell whether it is connected, and hears its topics."""
        return self._is_joined.is_set()

    def start(self, address: str) -> None:
        """Connect, again and again until it is stopped."""
        host, port = apart(address)
        properties = self._asked_for()
        self.client.connect_async(host, port, _ALIVE_SECONDS, clean_start=True, properties=properties)
        self.client.loop_start()

    def connect(self, address: str) -> None:
        """Connect now and by this thread, for whoever turns the loop of many at once."""
        host, port = apart(address)
        self.client.connect(host, port, _ALIVE_SECONDS, clean_start=True, properties=self._asked_for())

    def wait_joined(self, seconds: float) -> bool:
        return self._is_joined.wait(seconds)

    def stop(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()

    def say(self, serial: str, end: End, text: str, *, asked: bytes = b"") -> bool:
        """Hand one frame to the broker; return whether there was a connection to hand it to."""
        if not self.is_joined:
            return False
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # it ships only part of its types
        if asked:
            properties.CorrelationData = asked
        self.client.publish(f"{ROOT}/{serial}/{end}", text, _QOS, properties=properties)
        return True

    def confirm(self, one: Heard) -> None:
        """Let the broker forget a message, and give another for it."""
        self.client.ack(one.number, one.qos)

    def _asked_for(self) -> Properties:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # it ships only part of its types
        properties.SessionExpiryInterval = 0
        properties.ReceiveMaximum = self._holds
        return properties

    def _connected(self, client: Client, _own: object, _flags: object, reason: Any, _properties: object) -> None:  # noqa: ANN401  two libraries' codes
        if not reason.is_failure:
            client.subscribe([(topic, SubscribeOptions(_QOS)) for topic in self._topics])

    def _subscribed(self, *_: object) -> None:
        self._is_joined.set()
        self._joined()

    def _message(self, client: Client, _own: object, message: MQTTMessage) -> None:
        serial, end = _parts(message.topic)
        asked = getattr(message.properties, "CorrelationData", b"")
        if not serial or len(message.payload) > MOST_CHARACTERS or not message.payload.isascii():
            client.ack(message.mid, message.qos)
            return
        text = message.payload.decode("ascii")
        self._heard(Heard(serial, end, text, asked[:MOST_ASKED_BYTES], message.mid, message.qos))


def _at_once(_client: Client, _own: object, connection: Any) -> None:  # noqa: ANN401  the library has sockets of several kinds
    """Have small messages go at once: an answer waits for nothing else."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def topics_of(serial: str) -> tuple[str, ...]:
    """Return what a device reads."""
    return tuple(f"{ROOT}/{serial}/{end}" for end in (End.COMMANDS, End.ACKNOWLEDGEMENTS))


def apart(address: str) -> tuple[str, int]:
    """Return host and port of an address; one without a port has that of MQTT over TLS."""
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdigit():
        return address.strip("[]"), _PORT
    return host.strip("[]"), int(port)


def context(ca: bytes, certificate: bytes, key: str, before: ssl.SSLContext | None = None) -> ssl.SSLContext:
    """Return how to connect, by a CA and a certificate in DER and a key in PEM; ``before`` is changed into that."""
    made = before or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.load_verify_locations(cadata=ca)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "own.pem"
        file.touch(mode=0o600)
        file.write_text(key + ssl.DER_cert_to_PEM_cert(certificate))
        made.load_cert_chain(file)
    return made


def _parts(topic: str) -> tuple[str, str]:
    words = topic.split("/")
    return (words[2], words[3]) if len(words) == len((*ROOT.split("/"), "serial", "end")) else ("", "")
