"""A pytest plugin, loaded before Django's: one PostgreSQL and one data folder for each process of the run."""

import atexit
import gc
import os
import shutil

from privyseal.config.postgres import Cluster
from tests import prepared
from tests.disk import quick_folder


def _start() -> None:
    folder = quick_folder("privyseal-tests-")
    prepared.place(folder / "cluster")
    cluster = Cluster(folder / "cluster", settings=prepared.SETTINGS)
    cluster.start()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(cluster.remove)
    os.environ["PRIVYSEAL_DATABASE_URL"] = cluster.url()
    os.environ["PRIVYSEAL_TEST_CLUSTER"] = str(folder / "cluster")
    os.environ["PRIVYSEAL_DATA"] = str(folder / "data")
    os.environ["PRIVYSEAL_PUBLIC_URL"] = "http://localhost:8000"
    os.environ["PRIVYSEAL_WEBHOOK_KEY"] = "a key of the tests"
    os.environ["PRIVYSEAL_VAULT_KEY"] = "a key of the tests"
    os.environ["PRIVYSEAL_INSIDE_HOSTS"] = "127.0.0.1 localhost"
    os.environ["PRIVYSEAL_LANGUAGE"] = "zh-hans"


def pytest_configure() -> None:
    """Search for no garbage while tests are collected: there is hardly any."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Spare the search for garbage what lives as long as the run: it took a twelfth of the tests' time."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


# Each worker has its own: a transaction that one holds open keeps no fact of another from its number. The process that
# hands out the tests runs none, and leaves what it started to the first worker.
if os.environ.get("PYTEST_XDIST_WORKER") != "gw0":
    _start()
