"""What there is to tell machines since the last look, for whoever has a way to each of them at all times."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from privyseal.device.orders import Instruction, Request
from privyseal.devices.models import DeviceOrder, DeviceRequest
from privyseal.devices.rules import DeviceState

_LOCK: Final = 0x50_53_42_4B
_WRITTEN: Final = "device_news"
_OVERTAKEN: Final = (
    64  # a row may be committed after so many that were begun later; what is later still waits for hello
)
_YOUNG: Final = timedelta(minutes=1)


@dataclass
class News:
    """One look after another. Of several gateways one looks; where it ends, another begins with the last minute."""

    _seen: dict[type[DeviceOrder | DeviceRequest], set[int]] = field(default_factory=dict)
    _leads: bool = False

    def lead(self) -> bool:
        """Become the one that looks, unless another is; it is for as long as this connection to the database is."""
        if not self._leads:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
                row = cursor.fetchone()
                self._leads = bool(row and row[0])
                if self._leads:
                    cursor.execute(f"LISTEN {_WRITTEN}")
        return self._leads

    def wait(self, seconds: float) -> bool:
        """Wait until something was written for a machine, or so long; tell which."""
        connection.ensure_connection()
        return bool([*connection.connection.notifies(timeout=seconds, stop_after=1)])

    def look(self, at: datetime) -> Iterator[tuple[str, str | Instruction]]:
        """Yield for which device there is what: a frame of the signer, or a request that the gateway has to sign."""
        requests = DeviceRequest.objects.filter(pk__in=self._new(DeviceRequest), made_at__gt=at - _YOUNG)
        for one in requests.select_related("device").order_by("pk"):
            is_told = one.device.state is DeviceState.IN_SERVICE
            if is_told or (one.device.state is DeviceState.LOST and one.type == Request.LOCK.value):
                yield one.device.serial, Instruction(one.device.serial, one.number, Request(one.type), one.said)
        orders = DeviceOrder.objects.filter(pk__in=self._new(DeviceOrder), made_at__gt=at - _YOUNG, withdrawn_at=None)
        for order in orders.select_related("device").order_by("pk"):
            is_over = order.closes_at is not None and order.closes_at <= at
            if order.device.state is DeviceState.IN_SERVICE and not is_over:
                yield order.device.serial, order.frame

    def _new(self, of: type[DeviceOrder | DeviceRequest]) -> list[int]:
        """Return the keys of rows that were not seen yet."""
        latest = of.objects.order_by("-pk").values_list("pk", flat=True)
        seen = self._seen.setdefault(of, set())
        found = set(latest[:_OVERTAKEN])
        if seen and found and min(found) > max(seen):
            found |= set(latest.filter(pk__gt=max(seen)))  # more came at once than one look sees
        new = found - seen
        self._seen[of] = set(sorted(seen | found)[-2 * _OVERTAKEN :])
        return sorted(new)
