"""What mosquitto has to be told so that it serves devices: who may connect, and which topics are whose."""

import shutil
from pathlib import Path
from typing import Final

from privyseal.device.line import ROOT, End
from privyseal.device.signed import MOST_CHARACTERS

GATEWAY: Final = "gateway"
_PLACES: Final = ("/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/opt/homebrew/sbin/mosquitto")
_AROUND: Final = 1_024  # of topic and properties, around a frame
_RULES: Final = f"""\
user {GATEWAY}
topic read {ROOT}/+/{End.TOLD}
topic write {ROOT}/+/{End.COMMANDS}
topic write {ROOT}/+/{End.ACKNOWLEDGEMENTS}
pattern write {ROOT}/%u/{End.TOLD}
pattern read {ROOT}/%u/{End.COMMANDS}
pattern read {ROOT}/%u/{End.ACKNOWLEDGEMENTS}
"""
# A device's identifier is its serial, whatever it says, so that none takes the session of another. Gateways come by a
# listener of their own: their certificates have one name, and several may be connected.
_GENERAL: Final = f"""\
per_listener_settings false
allow_anonymous false
persistence false
retain_available false
queue_qos0_messages false
max_inflight_messages 0
max_queued_messages 20000
max_packet_size {MOST_CHARACTERS + _AROUND}
log_dest stderr
log_type error
log_type warning
log_type notice
connection_messages true
set_tcp_nodelay true
"""
_LISTENER: Final = """\
listener {port} {host}
cafile {folder}/ca.pem
certfile {folder}/broker.pem
keyfile {folder}/key.pem
tls_version tlsv1.2
require_certificate true
use_identity_as_username true
"""


def program() -> str | None:
    """Return where mosquitto is installed, or nothing."""
    found = shutil.which("mosquitto")
    return found or next((place for place in _PLACES if Path(place).exists()), None)


def configured(
    folder: Path, *, host: str, port: int, inside: tuple[str, int], account: str, revoked: Path | None = None
) -> Path:
    """Write down how mosquitto serves devices at one address and gateways at another; return where that stands.

    The folder holds ``ca.pem``, ``broker.pem`` and ``key.pem``.
    """
    (folder / "rules").write_text(_RULES)
    more = f"crlfile {revoked}\n" if revoked else ""
    listeners = [
        _LISTENER.format(host=host, port=port, folder=folder) + "use_username_as_clientid true\n" + more,
        _LISTENER.format(host=inside[0], port=inside[1], folder=folder) + more,
    ]
    path = folder / "mosquitto.conf"
    path.write_text(f"user {account}\nacl_file {folder / 'rules'}\n" + _GENERAL + "".join(listeners))
    for each in (folder / "rules", path):
        each.chmod(0o600)
    return path
