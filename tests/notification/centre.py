"""A message centre by smpp34, somebody else's SMPP 3.4, in a process of its own: ``centre PORT``.

It takes lines on its input and says what it heard, a line of JSON each. A text is answered by what is in it.
"""

import asyncio
import json
import sys
from typing import Final

import smpp34

_REFUSED: Final = {"11": 0x0B, "58": 0x58, "20": 0x14}  # SMPP 3.4, 5.1.3


async def main(port: int) -> None:
    server = smpp34.Server(host="127.0.0.1", port=port, system_id="centre")
    await server.start()
    say({"ready": port})
    bound: dict[str, smpp34.Esme] = {}
    under_way: set[asyncio.Task[None]] = set()
    for number in range(1_000_000):
        event = await server.next()
        if isinstance(event, smpp34.Esme):
            bound[event.session_id] = event
            say({"bound": event.system_id})
        elif isinstance(event, smpp34.SubmitSmEvent):
            under_way.add(asyncio.create_task(take(event, f"m-{number}", bound[event.session_id])))
        else:
            say({"unbound": True})


async def take(event: smpp34.SubmitSmEvent, name: str, session: smpp34.Esme) -> None:
    """Answer as the last digits of the number say: 11 nobody has it, 58 throttled, 20 full, 05 undeliverable."""
    end = event.destination_addr[-2:]
    more = {f"{tlv.tag:04x}": tlv.value.hex() for tlv in event.tlvs}
    heard = {"to": event.destination_addr, "from": event.source_addr, "coding": event.data_coding}
    say({**heard, "class": event.esm_class, "said": event.short_message.hex(), "more": more, "name": name})
    if end in _REFUSED:
        event.reject(_REFUSED[end])
        return
    event.accept(name)
    state = "UNDELIV" if end == "05" else "DELIVRD"
    said = f"id:{name} sub:001 dlvrd:001 submit date:2611260000 done date:2611260001 stat:{state} err:011 text:"
    answer = await session.deliver_sm(
        source_addr=event.destination_addr, destination_addr=event.source_addr, esm_class=4, short_message=said.encode()
    )
    say({"receipt": name, "taken": answer.is_success})


def say(heard: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(heard) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
