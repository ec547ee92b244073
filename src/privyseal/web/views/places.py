"""Where every rubber seal belongs and where it is now: a list, and a plan of each cabinet."""

from functools import partial
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from privyseal.custody import actions
from privyseal.custody.queries import places as queries
from privyseal.custody.queries.stock import last_counts
from privyseal.custody.rules.places import MAY_PLACE, StoreKind
from privyseal.kernel.errors import NotEntitled
from privyseal.seals.places import place_of
from privyseal.seals.queries import seal_visible_to
from privyseal.web.acting import Said, acted, on_page, to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.forms_of_slots import PlaceForm, StoreForm
from privyseal.web.paging import page_of
from privyseal.web.shown import labels as printed
from privyseal.web.shown import places as shown
from privyseal.web.views.campaigns import managed

_FORM_METHODS: Final = ["GET", "HEAD", "POST"]
_MOST_STORES: Final = 50
_A_SHEET: Final = 30  # what fits on A4
_MOST_IN_STORES: Final = 2_000


@capability("signed-in")
@require_safe
def places(request: SignedIn) -> HttpResponse:
    return _page(request)


@capability("signed-in")
@require_safe
def labels(request: SignedIn) -> HttpResponse:
    """Show labels to print: of the seals that the reader manages or keeps, or of one place with what belongs there."""
    at, uid = now(), request.GET.get("store", "")
    if not uid:
        seals = page_of(request, queries.seals_to_find(request.user, at), by="-pk", size=_A_SHEET)
        found = queries.where_now(request.user, at, seals.rows)
        return render(
            request, "web/labels.html", {"labels": list(printed.of_seals(found)), "page": seals, "store": None}
        )
    store = queries.store_visible_to(request.user, at, uid)
    there = list(queries.seals_in_stores(request.user, at, [store]).order_by("number", "pk"))
    slots = store.slots.select_related("store").order_by("number", "pk")
    shown = [*printed.of_slots(slots), *printed.of_seals(queries.where_now(request.user, at, there))]
    return render(request, "web/labels.html", {"labels": shown, "page": None, "store": store})


@capability("signed-in")
@require_POST
def set_up(request: SignedIn) -> HttpResponse:
    form = StoreForm(request.POST, companies=managed(request, now()))
    return acted(
        request,
        form,
        lambda said: actions.set_up_store.once(
            said["command_id"],
            request.user,
            now(),
            company_uid=said["company"],
            kind=StoreKind(said["kind"]),
            name=said["name"],
            rows=said["rows"],
            columns=said["columns"],
        ),
        done=_("It is set up."),
        back=to("places"),
        again=partial(_page, request, form=form),
    )


@capability("signed-in")
@require_POST
def take_down(request: SignedIn, uid: str) -> HttpResponse:
    queries.store_visible_to(request.user, now(), uid)
    return acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.take_down_store.once(said["command_id"], request.user, now(), store_uid=uid),
        done=_("It is taken down."),
        back=to("places"),
        again=partial(_page, request),
    )


@capability("signed-in")
@require_http_methods(_FORM_METHODS)
def assign(request: SignedIn, uid: str) -> HttpResponse:
    """Say where one seal belongs."""
    at = now()
    seal = seal_visible_to(request.user, at, uid)
    if not any(request.powers.over(power, place_of(seal)) for power in MAY_PLACE):
        raise NotEntitled(power=MAY_PLACE[0].value)
    own = queries.own_place(request.user, at, seal)
    usual = {"slot": str(own.belongs_id or ""), "bag": own.bag} if own else None
    sent = request.POST if request.method == "POST" else None
    form = PlaceForm(sent, slots=queries.free_slots(request.user, at, seal), initial=usual)

    def act(said: Said) -> None:
        key, slot, bag = said["command_id"], form.slot_id(), said["bag"]
        actions.assign_place.once(key, request.user, at, seal_uid=uid, slot_id=slot, bag=bag)

    done, back = _("The seal has its place."), to("places")
    return on_page(request, "web/place_of_seal.html", form, act, done=done, back=back, shown={"seal": seal})


def _page(request: SignedIn, *, form: StoreForm | None = None, said: str = "", status: int = 200) -> HttpResponse:
    at = now()
    page = page_of(request, queries.seals_to_find(request.user, at), by="number")
    stores = list(queries.stores_with_slots(request.user, at)[:_MOST_STORES])
    there = list(queries.seals_in_stores(request.user, at, stores)[:_MOST_IN_STORES])
    found = queries.where_now(request.user, at, there)
    counted = last_counts(request.user, at, stores)
    companies = managed(request, at)
    filled = {
        "page": page,
        "rows": shown.rows(queries.where_now(request.user, at, page.rows)),
        "stores": [shown.plan(store, found, counted.get(store.pk)) for store in stores],
        "form": (form or StoreForm(companies=companies)) if companies else None,
        "managed": {company.pk for company in companies},
        "may_place": any(request.powers.anywhere(power) for power in MAY_PLACE),
        "command": CommandForm(),
        "refusal": said,
    }
    return render(request, "web/places.html", filled, status=status)
