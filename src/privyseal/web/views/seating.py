"""Who does what in a company today, what of it cannot go together, and who could take which duty. Nothing is kept."""

from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from privyseal.identity.rules import Power, TooFewPeople, clashes, propose
from privyseal.language.refusals import words_for
from privyseal.web.answers import status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms_of_seating import SeatingForm
from privyseal.web.shown import seating as shown

_INVALID: Final = 400


@capability(Power.SECURITY)
@require_http_methods(["GET", "HEAD", "POST"])
def seat(request: SignedIn) -> HttpResponse:
    form = SeatingForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "web/seating.html", {"form": form}, status=_INVALID if form.is_bound else 200)
    said = form.answer()
    page = {"form": form, "clashes": [shown.clash(each) for each in clashes(said.today)], "is_answered": True}
    try:
        seats = propose(said.today, people=said.people, headquarters=said.headquarters, barred=said.barred)
    except TooFewPeople as refusal:
        return render(request, "web/seating.html", {**page, "refusal": words_for(refusal)}, status=status_of(refusal))
    return render(request, "web/seating.html", {**page, "seats": shown.seats(seats, said.today)})
