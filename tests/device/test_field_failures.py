"""What really goes wrong with seal machines in the field, done to a simulated one, and what comes of it now."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from privyseal.conformance.gateway import Gateway
from privyseal.conformance.trial import OPERATOR, OTHER_SEAL, SEAL, Trial
from privyseal.device.events import Event
from privyseal.device.orders import Request
from tests.device.test_simulator import Here, made

SEVEN: Final = 7


@pytest.fixture
def trial(folder: Path) -> Iterator[Trial]:
    with Gateway(SEAL) as gateway, closing(made(folder, kind="desktop", slots=2)) as device:
        trial = Trial(gateway, Here(device))
        assert trial.enrol().how == "ok"
        yield trial


def impressions(came: list[Event], kind: str) -> list[object]:
    return [event.said["impression"] for event in came if event.type == kind]


@pytest.mark.failure("quota")
def test_a_door_that_jams_takes_nothing_off_the_quota(trial: Trial) -> None:
    trial.opened(impressions=SEVEN)
    trial.do("jam", "4")
    answers = [trial.do("press").how for _ in range(4 + SEVEN + 1)]

    came = trial.came()
    assert answers == ["no"] * 4 + ["ok"] * SEVEN + ["no"]
    assert impressions(came, "released") == [1, 2, 3, 4]
    assert impressions(came, "committed") == [*range(5, 5 + SEVEN)]


@pytest.mark.failure("wrong-task")
def test_no_other_pending_task_is_charged(trial: Trial) -> None:
    pending, meant = trial.offered(), trial.offered()
    trial.came()
    trial.done("open", meant.uid, OPERATOR)
    trial.done("press")
    trial.done("close")

    assert {event.ticket for event in trial.came()} == {meant.uid}
    assert pending.uid in trial.played.hellos[-1].tickets


@pytest.mark.failure("reconnect")
def test_device_and_server_count_alike_after_a_reconnect(trial: Trial) -> None:
    trial.opened(impressions=SEVEN)
    trial.done("press")
    trial.done("network", "off")
    trial.done("press")
    assert impressions(trial.came(), "fired") == [1]
    trial.done("network", "on")
    trial.done("press")

    assert impressions(trial.came(), "fired") == [2, 3]
    assert [trial.do("press").how for _ in range(SEVEN - 3 + 1)] == ["ok"] * (SEVEN - 3) + ["no"]


@pytest.mark.failure("syncing")
def test_photographs_that_are_owed_are_known_until_they_come(trial: Trial) -> None:
    trial.opened()
    trial.done("press")
    trial.played.takes_pictures = False
    trial.done("press")
    told = {str(event.said["sha256"]) for event in trial.came() if event.type == "photographed"}
    assert len(told - trial.played.pictures.keys()) == 1
    trial.played.takes_pictures = True
    trial.sync()

    assert told == trial.played.pictures.keys()


@pytest.mark.failure("continuous")
def test_stamps_that_were_not_deducted_are_told_as_excess(trial: Trial) -> None:
    trial.opened()
    trial.done("press")
    for _ in range(3):
        trial.do("stamp")

    came = trial.came()
    assert [event.said["by"] for event in came if event.type == "excess"] == [1, 1, 1]
    assert came[-1].said["counter"] == 4


@pytest.mark.failure("logouts")
def test_a_weak_network_and_a_cut_leave_the_session_open(trial: Trial) -> None:
    ticket = trial.opened(impressions=3)
    trial.gateway.turn_away()
    trial.done("press")
    trial.done("cut")
    trial.done("power")
    trial.done("press")
    trial.gateway.come_back()
    trial.done("press")

    came = [event for event in trial.came() if event.ticket == ticket.uid]
    assert impressions(came, "committed") == [1, 2, 3]
    assert not {"session-opened", "session-closed"} & {event.type for event in came}


@pytest.mark.failure("wrong-seal")
def test_a_wrong_seal_records_nothing_but_that_it_is_wrong(trial: Trial) -> None:
    ticket = trial.offered()
    trial.do("mount", "1", OTHER_SEAL)
    trial.came()
    trial.do("open", ticket.uid, OPERATOR)

    assert trial.do("press").how == "no"
    assert "photographed" not in {event.type for event in trial.played.events}


@pytest.mark.failure("stolen-impression")
def test_a_door_that_is_open_without_an_impression_is_told_with_its_time(trial: Trial) -> None:
    ticket = trial.opened()
    trial.done("door", "1", "open")
    trial.done("clock", "130")
    trial.done("door", "1", "shut")

    told = {event.type: event for event in trial.came() if event.ticket == ticket.uid}
    assert [*told] == ["door-opened", "alarm", "door-shut"]
    assert told["alarm"].said["kind"] == "door-held"
    assert told["door-shut"].said["seconds"] in {130, 131}


@pytest.mark.failure("risk-flag")
def test_every_session_says_by_which_policy_it_was_opened(trial: Trial) -> None:
    ticket = trial.offered(policy=41)
    trial.came()
    trial.done("open", ticket.uid, OPERATOR)

    assert trial.one(trial.came(), "session-opened").said == {"operator": OPERATOR, "policy": 41}


@pytest.mark.failure("clock")
def test_a_device_whose_disk_battery_or_clock_are_bad_says_so(trial: Trial) -> None:
    trial.done("disk", "900")
    trial.done("battery", "7")
    trial.done("clock", "-600")
    trial.request(Request.HEALTH)

    came = trial.came()
    assert [event.said["kind"] for event in came if event.type == "alarm"] == ["disk-full", "battery-low"]
    said = trial.one(came, "health").said
    assert (said["battery"], said["free_kilobytes"], said["clock"], said["door"]) == (7, 900, "doubted", "shut")
