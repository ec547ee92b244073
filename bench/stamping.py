"""What a telephone sends while a rubber seal is out, in the server's own code, again and again: ``stamping TIMES``."""

import json
import logging
import sys
import time
from collections.abc import Sequence
from typing import Any, Final
from uuid import uuid4

from django.conf import settings
from django.test import Client

from bench.rubber import KEEPER, SUPERVISOR, permit_by_hand
from privyseal.config import demo
from privyseal.custody.models import HandUse
from privyseal.custody.rules import Hand
from privyseal.seals.models import Permit, PermitLine, PermitPart

HOLDER: Final = "holder"
_DONE: Final = 302


def main(words: Sequence[str]) -> None:
    times = int(words[0])
    logging.disable(logging.WARNING)
    settings.ALLOWED_HOSTS.append("testserver")
    permit = permit_by_hand(copies=times + 2)
    holder = permit.parts.get(part=PermitPart.Part.HOLDER).person
    people = {HOLDER: holder, KEEPER: demo.person(KEEPER), SUPERVISOR: demo.person(SUPERVISOR)}
    browsers = {hand: Client() for hand in people}
    for hand, browser in browsers.items():
        browser.force_login(people[hand])
    _once(browsers, permit)
    rounds = [_once(browsers, permit) for _ in range(times)]
    found = {what: [each[what] for each in rounds] for what in rounds[0]}
    json.dump({"seconds": found, "empty": [_seconds_of_nothing(browsers[HOLDER]) for _ in range(times)]}, sys.stdout)


def _once(browsers: dict[str, Client], permit: Permit) -> dict[str, float]:
    """Take the seal out for one impression and put it back; return the seconds of each thing said."""
    line = PermitLine.objects.get(permit=permit).pk
    seconds: dict[str, float] = {}

    def say(login: str, what: str, called: str = "", **said: object) -> None:
        sent = {"command_id": uuid4(), **said}
        began, used = time.perf_counter(), time.process_time()
        answer = browsers[login].post(f"/by-hand/{permit.uid}/{what}/", sent)
        seconds[called or what] = time.perf_counter() - began
        seconds[f"{called or what}, processor"] = time.process_time() - used
        if answer.status_code != _DONE:
            raise RuntimeError(f"{what} was answered with {answer.status_code}: {answer.content.decode()[-3000:]}")

    say(HOLDER, "begin")
    use: Any = HandUse.objects.get(permit=permit, ended_at=None)
    say(KEEPER, "confirm", "the keeper confirms", use=use.uid, hand=Hand.KEEPER.value)
    say(SUPERVISOR, "confirm", "the supervisor confirms", use=use.uid, hand=Hand.SUPERVISOR.value)
    say(HOLDER, "reserve", line=line, impressions=1)
    turn = use.turns.get(settled_at=None)
    say(HOLDER, f"turns/{turn.uid}/made", "made", made=1)
    say(SUPERVISOR, f"turns/{turn.uid}/counted", "counted", counted=1)
    say(HOLDER, "end", use=use.uid, ending="pause")
    say(KEEPER, "put-back", use=use.uid, place="保险柜")
    return seconds


def _seconds_of_nothing(browser: Client) -> float:
    began = time.perf_counter()
    browser.get("/healthz")
    return time.perf_counter() - began
