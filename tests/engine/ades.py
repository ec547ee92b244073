"""pyHanko's AdES validation of archived files, with nothing but the file and roots."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from io import BytesIO

from asn1crypto import x509  # type: ignore[import-untyped]  # asn1crypto ships no types
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager


def ades_says(document: bytes, roots: Iterable[bytes], at: datetime) -> object:
    """Return what is found with nothing but the file, all revocation data required."""
    spec = SignatureValidationSpec(
        cert_validation_policy=CertValidationPolicySpec(
            trust_manager=SimpleTrustManager.build([x509.Certificate.load(root) for root in roots]),
            revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO),
        ),
        revinfo_gathering_policy=RevocationInfoGatheringSpec(online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY),
    )
    seal = PdfFileReader(BytesIO(document)).embedded_regular_signatures[0]
    timing = ValidationTimingInfo(validation_time=at, best_signature_time=at, point_in_time_validation=False)
    return asyncio.run(ades_lta_validation(seal, PdfSignatureValidationSpec(spec), timing)).ades_subindic
