"""What is known of certificates from outside: which ones are looked after, what was said of them, and when."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from privyseal.ledger.rewording import asked_with
from privyseal.seals.models import OutsideWatch, OutsideWord, Seal, SealVersion
from privyseal.seals.rules import FINAL

_AT_ONCE: Final = 100


def certificates_to_look_at(at: datetime) -> list[SealVersion]:
    """Return the versions whose authority outside is to be asked now, the longest waiting first.

    Also those that are void and whose certificate has not ended: it may be revoked for a time in which it was used,
    and where it was, for another one.
    """
    in_force = Q(voided_at=None) & ~Q(seal__state__in=sorted(state.value for state in FINAL))
    past = Q(voided_at__isnull=False, not_after__gt=at)
    from_outside = SealVersion.objects.filter(in_force | past, outside__chain__isnull=False)
    due = from_outside.filter(Q(watch=None) | Q(watch__look_again_at__lte=at))
    return list(due.select_related("outside", "watch", "seal").order_by("watch__look_again_at", "pk")[:_AT_ONCE])


def versions_from_outside(serials: Collection[str]) -> list[SealVersion]:
    """Return the versions whose certificates have these numbers and come from outside."""
    named = SealVersion.objects.filter(serial__in=serials, outside__chain__isnull=False)
    return list(named.select_related("outside").order_by("pk"))


def words_kept(addresses: Collection[str], about: str) -> list[OutsideWord]:
    """Return the lists of these addresses, and their answers about one certificate."""
    words = OutsideWord.objects.filter(Q(about="") | Q(about=about), address__in=addresses)
    return list(words.order_by("-said_at", "pk"))


def revoked_and_untold() -> QuerySet[OutsideWatch]:
    """Return the certificates that were revoked outside and that the key does not know to be, oldest first.

    Of one that was void by then it needs not know: there is no key to put to rest.
    """
    was_in_force = Q(version__voided_at=None) | Q(version__voided_at__gt=F("revoked_at"))
    untold = OutsideWatch.objects.filter(was_in_force, revoked_at__isnull=False, told_at=None)
    return untold.select_related("version__seal").order_by("revoked_at", "pk")[:_AT_ONCE]


def watch_of(seal: Seal) -> OutsideWatch | None:
    """Return what is known of the certificate that the seal has now; None where it is ours, or nobody has asked."""
    return OutsideWatch.objects.filter(version__seal=seal, version__voided_at=None).first()


def is_revoked_outside(seal: Seal) -> bool:
    return OutsideWatch.objects.filter(
        version__seal=seal, version__version=seal.version, version__voided_at=None, revoked_at__isnull=False
    ).exists()


def after_revocation() -> Exists:
    """Return the condition on an entry of the register that its certificate was already revoked outside."""
    at = OuterRef("at")
    in_force = Q(version__voided_at=None) | Q(version__voided_at__gt=at)
    return Exists(
        OutsideWatch.objects.filter(
            in_force, version__seal=OuterRef("seal"), version__made_at__lte=at, revoked_since__lte=at
        )
    )


def knows_revocations(company_id: int) -> bool:
    """Tell whether any certificate of a company's seals was revoked outside."""
    return bool(asked_with(_revoked_of, company_id))


def _revoked_of(company: int) -> QuerySet[OutsideWatch, int]:
    revoked = OutsideWatch.objects.filter(version__seal__company=company, revoked_at__isnull=False)
    return revoked.order_by().values_list("pk", flat=True)[:1]
