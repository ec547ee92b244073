"""The ledger for programs that follow it by themselves: C2SP tlog-tiles, under the address that is its name."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from privyseal.identity.models import Person
from privyseal.identity.queries import powers_of
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotFound
from privyseal.kernel.tiles import Tile
from privyseal.ledger import tiles
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.downloads import unchanging

PUBLIC: Final = "public"


@capability("public")
@require_safe
def hashes(request: HttpRequest, tile: Tile) -> HttpResponse:
    """Answer with the hashes of a tile: to everybody where the installation publishes them, else to auditors."""
    is_public = settings.LEDGER_TILES == PUBLIC
    if not is_public and not _reads_everything(request):
        raise NotFound(tile=str(tile))
    return unchanging(tiles.hashes(tile), is_public=is_public)


@capability(Power.AUDIT)
@require_safe
def entries(_request: SignedIn, tile: Tile) -> HttpResponse:
    """Answer with the facts themselves."""
    return unchanging(tiles.entries(tile), is_public=False)


def _reads_everything(request: HttpRequest) -> bool:
    return isinstance(request.user, Person) and powers_of(request.user, now()).reads_everything
