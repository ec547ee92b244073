"""A seal's certificate from an authority outside: its request is taken there, and what came is brought here."""

from functools import partial
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.http import HttpResponse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from privyseal.identity.rules import Power
from privyseal.sealing.signing import client
from privyseal.seals import actions, queries
from privyseal.web.acting import Said, acted, to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.downloads import attachment
from privyseal.web.forms import CommandForm
from privyseal.web.forms_of_certificates import CertificateForm
from privyseal.web.views.seals import seal_page

_REQUEST: Final = "application/pkcs10"


@capability(Power.MANAGE)
@require_safe
def asked(request: SignedIn, uid: str, permit_uid: str) -> HttpResponse:
    """Hand out the request for the certificate, as authorities take it."""
    found = queries.awaited_certificate(request.user, now(), uid, permit_uid)
    pem = x509.load_der_x509_csr(bytes(found.request)).public_bytes(Encoding.PEM)
    return attachment(pem, name=f"{found.permit.seal.number}.csr", kind=_REQUEST)


@capability(Power.MANAGE)
@require_POST
def bring(request: SignedIn, uid: str, permit_uid: str) -> HttpResponse:
    at, form = now(), CertificateForm(request.POST, request.FILES)

    def act(said: Said) -> None:
        queries.awaited_certificate(request.user, at, uid, permit_uid)
        actions.bring_certificate(
            request.user,
            at,
            permit_uid=permit_uid,
            certificate=said["certificate"][0],
            between=said["certificate"][1:] + said["between"],
            signer=client(),
        )

    done = _("The certificate is accepted: the seal is made with it.")
    again = partial(seal_page, request, uid, certificate=form)
    return acted(request, form, act, done=done, back=to("seal", uid), again=again)


@capability(Power.MANAGE)
@require_POST
def give_up(request: SignedIn, uid: str, permit_uid: str) -> HttpResponse:
    at = now()

    def act(_said: Said) -> None:
        queries.awaited_certificate(request.user, at, uid, permit_uid)
        actions.give_up_certificate(request.user, at, permit_uid=permit_uid, signer=client())

    done = _("The certificate is no longer awaited; its key is gone. What was in force stays in force.")
    form = CommandForm(request.POST)
    return acted(request, form, act, done=done, back=to("seal", uid), again=partial(seal_page, request, uid))
