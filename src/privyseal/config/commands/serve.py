"""Bring the product up, or one part of it."""

import os
import sys
from argparse import ArgumentParser, Namespace

from privyseal.config import env, gatewayserver, processes, webserver
from privyseal.config.commands import jobs, worker
from privyseal.config.failures import CannotStart
from privyseal.config.installation import Databases, Installation
from privyseal.config.postgres import Cluster
from privyseal.config.webserver import Front

_NOT_FOUNDED = 2


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true", help="found a demo company where nothing is founded yet")
    parser.add_argument(
        "--machines", action="store_true", help="hear machines too, two and three ports beside the pages"
    )
    parts = ("web", "worker", "jobs", "signer", "approval", "gateway")
    parser.add_argument("--only", choices=parts, help="run this part alone, in the foreground")


def run(arguments: Namespace) -> int:
    if arguments.only:
        _run_alone(arguments.only)
        return 0
    if arguments.machines:
        front = Front.from_environment().port
        for ahead, name in enumerate(("GATEWAY_PORT", "BROKER_PORT"), start=2):
            os.environ.setdefault(f"{env.PREFIX}{name}", str(front + ahead))
    try:
        processes.serve(_say, is_demo=arguments.demo)
    except processes.NotFounded as reason:
        _say(str(reason))
        return _NOT_FOUNDED
    return 0


def _run_alone(part: str) -> None:
    installation = Installation.from_environment()
    if part == "signer":
        os.execve(sys.executable, processes.signer_arguments(installation), installation.signer())  # noqa: S606 - our own program, no shell
    if part == "approval":
        os.execve(sys.executable, processes.APPROVAL, installation.approval())  # noqa: S606 - our own program, no shell
    databases = installation.databases or _running_database(installation)
    os.environ.update(installation.worker(databases) if part == "worker" else installation.web(databases))
    if part == "worker":
        worker.run(Namespace())
    elif part == "jobs":
        jobs.run(Namespace())
    elif part == "gateway":
        gatewayserver.serve(gatewayserver.Gate.from_environment())
    else:
        webserver.serve(installation.front, data=installation.data)


def _running_database(installation: Installation) -> Databases:
    cluster = Cluster(installation.data)
    if not cluster.attach():
        raise CannotStart("One part alone needs a database: set PRIVYSEAL_DATABASE_URL, or run `privyseal serve`.")
    return Databases.of(cluster)


def _say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()
