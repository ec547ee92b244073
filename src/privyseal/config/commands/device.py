"""``privyseal device simulate | conformance | bridge``: be a seal machine, check one, stand before a maker's cloud."""

import json
import signal
import subprocess
import sys
import threading
from argparse import REMAINDER, ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from privyseal.device.enrolment import DeviceKind

_LISTENS_SECONDS: Final = 25


def configure(parser: ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    simulate = what.add_parser("simulate", help="be a device, told on standard input what happens to it")
    simulate.add_argument(
        "folder", type=Path, metavar="FOLDER", help="the device's disk; it goes on from what is there"
    )
    simulate.add_argument("--serial", default="SIM-0001", help="its serial number, for a new one")
    simulate.add_argument("--kind", choices=[*DeviceKind], default="handheld", help="what it is, for a new one")
    simulate.add_argument("--slots", type=int, default=1, help="how many seals it can hold, for a new one")
    simulate.add_argument("--https", action="store_true", help="never use a broker")
    simulate.add_argument(
        "--alone", action="store_true", help="say hello after each line alone, and never wait for news"
    )
    bridge = what.add_parser("bridge", help="be the device of a machine that its maker's cloud alone reaches")
    bridge.add_argument("folder", type=Path, metavar="FOLDER", help="the device's disk, with its key and ours")
    bridge.add_argument(
        "--serial", required=True, help="its serial number, as it is registered and as the cloud says it"
    )
    bridge.add_argument("--kind", choices=[*DeviceKind], default="handheld", help="what it is, for a new one")
    bridge.add_argument("--slots", type=int, default=1, help="how many seals it can hold, for a new one")
    bridge.add_argument("--cloud", required=True, metavar="URL", help="where the maker's cloud is asked")
    bridge.add_argument("--cloud-key", required=True, metavar="whpk_...", help="the key by which the cloud signs")
    bridge.add_argument("--inside", default="", help="the cloud's host, where it is on a network of the company")
    bridge.add_argument("--port", type=int, required=True, help="where the cloud tells, on this machine")
    bridge.add_argument("--enrol", nargs=2, metavar=("URL", "CODE"), help="enrol at this gateway first")
    conformance = what.add_parser("conformance", help="check a device against the protocol, as its gateway and signer")
    conformance.add_argument(
        "--mqtt", action="store_true", help="at a broker on this machine, which has to be installed"
    )
    conformance.add_argument("--json", action="store_true", help="answer as one JSON document")
    conformance.add_argument(
        "command", nargs=REMAINDER, metavar="COMMAND", help="the bench program of the device; without one you are asked"
    )


def run(arguments: Namespace) -> int:
    """Return 0 when it is told no more, and where a device keeps to the protocol; 1 where it does not."""
    return {"simulate": _simulate, "conformance": _conformance, "bridge": _bridge}[arguments.what](arguments)


def _simulate(arguments: Namespace) -> int:
    from privyseal.simulator.console import HELP, Console  # noqa: PLC0415  loads the renderer, 0.2 s
    from privyseal.simulator.device import Device  # noqa: PLC0415  as above
    from privyseal.simulator.home import Home  # noqa: PLC0415  as above
    from privyseal.simulator.page import photograph  # noqa: PLC0415  as above

    home = Home(arguments.folder)
    own = home.own(serial=arguments.serial, kind=arguments.kind, slots=arguments.slots)
    device = Device(home, own, photograph, lambda: datetime.now(UTC), uses_broker=not arguments.https)
    console = Console(device)
    if not arguments.alone:
        threading.Thread(target=device.listen, args=(_LISTENS_SECONDS,), name="listen", daemon=True).start()
    if sys.stdin.isatty():
        sys.stdout.write("".join(f"  {word:<8} {said}\n" for word, said in HELP.items()))
    for line in sys.stdin:
        if line.strip():
            sys.stdout.write(console.answer(line) + "\n")
            sys.stdout.flush()
    return 0


def _bridge(arguments: Namespace) -> int:
    from privyseal import webhooks  # noqa: PLC0415  not needed to simulate
    from privyseal.bridge.bridged import Bridged  # noqa: PLC0415  as above
    from privyseal.bridge.door import Door  # noqa: PLC0415  as above
    from privyseal.bridge.plain import PlainCloud  # noqa: PLC0415  as above
    from privyseal.egress import Egress  # noqa: PLC0415  as above
    from privyseal.simulator.home import Home  # noqa: PLC0415  as above

    home = Home(arguments.folder)
    own = home.own(serial=arguments.serial, kind=arguments.kind, slots=arguments.slots)
    key = webhooks.key_for(own.key, "bridge", own.serial)
    theirs = webhooks.public_key(arguments.cloud_key)
    cloud = PlainCloud(arguments.cloud, key, theirs, Egress(frozenset(arguments.inside.split())))
    bridged = Bridged(home, own, cloud, lambda: datetime.now(UTC))
    sys.stdout.write(f"The cloud knows us by {webhooks.public_text(key.public_key())}\n")
    sys.stdout.flush()
    refused = bridged.device.enrol(*arguments.enrol) if arguments.enrol else None
    if refused is not None:
        sys.stderr.write(f"It was not enrolled: {refused}.\n")
        return 1
    threading.Thread(target=bridged.device.listen, args=(_LISTENS_SECONDS,), name="listen", daemon=True).start()
    with Door("127.0.0.1", arguments.port, bridged, cloud) as door:
        threading.Thread(target=door.serve_forever, name="door", daemon=True).start()
        for _ in iter(lambda: threading.Event().wait(1), None):
            with door.lock:
                bridged.pass_on()
    return 0


def _started(arguments: Sequence[str], log: Path) -> "subprocess.Popen[bytes]":
    from privyseal.config import children  # noqa: PLC0415  reads settings, which a device does not have

    return children.spawn(arguments, dies_by=signal.SIGKILL, log=log)


def _conformance(arguments: Namespace) -> int:
    from privyseal.conformance.bench import BenchSilent, Person, Program  # noqa: PLC0415  not needed to simulate
    from privyseal.conformance.brokered import AtBroker, NoBroker  # noqa: PLC0415  as above
    from privyseal.conformance.catalogue import AT_A_BROKER, CASES  # noqa: PLC0415  as above
    from privyseal.conformance.gateway import Gateway  # noqa: PLC0415  as above
    from privyseal.conformance.trial import SEAL, Trial, tried  # noqa: PLC0415  as above

    command = [word for word in arguments.command if word != "--"]
    cases = {**CASES, **AT_A_BROKER} if arguments.mqtt else CASES
    try:
        with ExitStack() as stack:
            gateway = stack.enter_context(Gateway(SEAL))
            if arguments.mqtt:
                stack.enter_context(AtBroker(gateway, _started))
            bench = stack.enter_context(Program(command)) if command else Person()
            results = tried(Trial(gateway, bench), cases)
    except BenchSilent:
        sys.stderr.write("The bench program ended before everything was tried.\n")
        return 1
    except NoBroker:
        sys.stderr.write("There is no broker to try it at: install mosquitto, or leave --mqtt away.\n")
        return 1
    failed = sum(one.how == "failed" for one in results)
    if arguments.json:
        said = {"failed": failed, "cases": [one._asdict() for one in results]}
        sys.stdout.write(json.dumps(said, ensure_ascii=False, indent=2) + "\n")
    else:
        lines = [f"{one.how:<10} {one.name}" + (f": {one.why}" if one.why else "") for one in results]
        skipped = sum(one.how == "not tried" for one in results)
        total = f"{len(results)} cases, {failed} failed, {skipped} not tried"
        sys.stdout.write("\n".join([*lines, total]) + "\n")
    return 1 if failed else 0
