"""The shape of certificates that an authority outside sent."""

from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from privyseal.kernel.file_kinds import CERTIFICATES
from privyseal.signer.certifying import MOST_BETWEEN, MOST_CERTIFICATE_BYTES

_PEM: Final = b"-----BEGIN CERTIFICATE-----"
_MOST_BYTES: Final = 2 * (MOST_BETWEEN + 1) * MOST_CERTIFICATE_BYTES


class _CertificatesField(forms.FileField):
    """One file of certificates, PEM or DER, as a list of them in DER."""

    def clean(self, data: Any, initial: Any = None) -> list[bytes]:  # noqa: ANN401  Django's own signature
        file: UploadedFile[Any] | None = super().clean(data, initial)
        if file is None:
            return []
        sent = file.read(_MOST_BYTES + 1)
        try:
            read = x509.load_pem_x509_certificates(sent) if _PEM in sent else [x509.load_der_x509_certificate(sent)]
            found = [one.public_bytes(Encoding.DER) for one in read]
        except ValueError as error:
            raise forms.ValidationError(_("This is not a certificate: choose a file in PEM or DER.")) from error
        if len(sent) > _MOST_BYTES or len(found) > MOST_BETWEEN or max(map(len, found)) > MOST_CERTIFICATE_BYTES:
            raise forms.ValidationError(_("These are too many certificates for one seal."))
        return found


class CertificateForm(forms.Form):
    """What came. Sent twice, the second one is refused by how things stand."""

    certificate = _CertificatesField(
        label=_("Certificate of the seal"),
        widget=forms.FileInput({"accept": CERTIFICATES.accept}),
        help_text=_("PEM or DER, as the authority sent it."),
    )
    between = _CertificatesField(
        label=_("Certificates of the issuing authorities"),
        required=False,
        widget=forms.FileInput({"accept": CERTIFICATES.accept}),
        help_text=_("Only where they are not in the same file."),
    )
