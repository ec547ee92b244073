"""Where the pages are of machines that hold rubber seals."""

from django.urls import URLPattern, path

from privyseal.web.views import machines


def paths() -> list[URLPattern]:
    return [
        path("machines/", machines.machines, name="machines"),
        path("machines/<uid:uid>/", machines.machine, name="machine"),
        path("machines/<uid:uid>/code/", machines.code, name="machine-code"),
        path("machines/<uid:uid>/mount/", machines.mount, name="machine-mount"),
        path("machines/<uid:uid>/mountings/<uid:mounting>/<str:word>/", machines.decide, name="mounting-decide"),
        path("machines/<uid:uid>/unlock/", machines.unlock, name="machine-unlock"),
        path("machines/<uid:uid>/owner/", machines.owner, name="machine-owner"),
        path("machines/<uid:uid>/lock-group/", machines.lock_group, name="machine-group"),
        path(
            "machines/<uid:uid>/unlockings/<uid:unlocking>/<str:word>/",
            machines.decide_unlocking,
            name="unlocking-decide",
        ),
        path("machines/<uid:uid>/<str:act>/", machines.act, name="machine-act"),
    ]
