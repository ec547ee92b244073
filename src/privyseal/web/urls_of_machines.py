"""Where the pages are of machines that hold rubber seals."""

from django.urls import URLPattern, path

from privyseal.web.views import (
    cabinets,
    carrying,
    code_halves,
    code_words,
    confirming,
    machine_record,
    machine_uses,
    machines,
)


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
        path("machines/<uid:uid>/mountings/agreed/", machines.mounting_agreed, name="mounting-agreed"),
        path("machines/<uid:uid>/unlockings/agreed/", machines.unlocking_agreed, name="unlocking-agreed"),
        path("machines/<uid:uid>/confirmations/", confirming.how_many, name="machine-seen"),
        path("machines/<uid:uid>/codes/<uid:use>/half/", code_halves.half, name="machine-half"),
        path("mine/security/words/", code_words.code_words, name="code-words"),
        path("confirmations/", confirming.waiting, name="confirmations"),
        path("confirmations/<uid:uid>/", confirming.impression, name="impression"),
        path("confirmations/<uid:uid>/pictures/<sha256:sha256>/", confirming.picture, name="impression-page"),
        path("confirmations/<uid:uid>/confirm/", confirming.confirm, name="impression-yes"),
        path("confirmations/<uid:uid>/agreed/", confirming.agreed, name="impression-agreed"),
        path("confirmations/<uid:uid>/decline/", confirming.decline, name="impression-no"),
        path("confirmations/<uid:uid>/review/<str:word>/", confirming.review, name="emergency-review"),
        path("machines/<uid:uid>/record/", machine_record.machine_record, name="machine-record"),
        path("machines/<uid:uid>/carry/", carrying.carry, name="machine-carry"),
        path("machines/<uid:uid>/carried/", carrying.carried, name="machine-carried"),
        path("machines/<uid:uid>/pictured/", carrying.pictured, name="machine-pictured"),
        path("machines/<uid:uid>/<str:act>/", machines.act, name="machine-act"),
        path("by-hand/<uid:uid>/cabinet/", cabinets.open_cabinet, name="cabinet-open"),
        path("by-hand/<uid:uid>/cabinet/code/", cabinets.code, name="cabinet-code"),
        path("by-hand/<uid:uid>/cabinet/receipt/", cabinets.receipt, name="cabinet-receipt"),
        path("by-hand/<uid:uid>/machine/", machine_uses.machine_use, name="machine-use"),
        path("by-hand/<uid:uid>/machine/open/", machine_uses.open_machine, name="machine-use-open"),
        path("by-hand/<uid:uid>/machine/<uid:use>/code/", machine_uses.code, name="machine-use-code"),
        path("by-hand/<uid:uid>/machine/<uid:use>/qr/", machine_uses.qr, name="machine-use-qr"),
        path("by-hand/<uid:uid>/machine/<uid:use>/finish/", machine_uses.finish, name="machine-use-finish"),
        path("by-hand/<uid:uid>/machine/<uid:use>/receipt/", machine_uses.receipt, name="machine-use-receipt"),
    ]
