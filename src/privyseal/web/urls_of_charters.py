"""Where passkeys for approvals and the charters of seals are found."""

from django.urls import URLPattern, path

from privyseal.web.views import charters, own_passkeys


def paths() -> list[URLPattern]:
    return [
        path("mine/security/approvals/", own_passkeys.passkeys, name="approval-passkeys"),
        path("mine/security/approvals/make/", own_passkeys.make, name="approval-passkey-make"),
        path("mine/security/approvals/made/", own_passkeys.made, name="approval-passkey-made"),
        path("mine/security/approvals/confirmed/", own_passkeys.confirmed, name="approval-passkey-confirmed"),
        path("mine/security/approvals/<uid:uid>/confirm/", own_passkeys.confirm, name="approval-passkey-confirm"),
        path("mine/security/approvals/<uid:uid>/remove/", own_passkeys.remove, name="approval-passkey-remove"),
        path("seals/<uid:uid>/charter/", charters.charter, name="charter"),
        path("seals/<uid:uid>/charter/propose/", charters.propose, name="charter-propose"),
        path("seals/<uid:uid>/charter/agreed/", charters.agreed, name="charter-agreed"),
        path("seals/<uid:uid>/charter/<uid:charter_uid>/agree/", charters.agree, name="charter-agree"),
        path("seals/<uid:uid>/charter/<uid:charter_uid>/drop/", charters.drop, name="charter-drop"),
    ]
