"""How much somebody may send in one request."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from pytest_django import Settings

from privyseal.pdf.accepted import FileTooLarge
from privyseal.web.uploads import ArrivalHandler, Arrived


@pytest.mark.parametrize(("session", "are_taken"), [({}, [True, False]), ({SESSION_KEY: "1"}, [True, True])])
def test_all_files_of_a_stranger_are_as_large_as_one(
    session: dict[str, str], are_taken: list[bool], settings: Settings
) -> None:
    settings.DOCUMENT_BYTES = 100_000
    files = {name: SimpleUploadedFile(f"{name}.pdf", b"x" * 80_000) for name in ("one", "two")}
    request = RequestFactory().post("/verify/", files)
    request.session = session  # type: ignore[assignment]  # only asked who is signed in
    request.upload_handlers = [ArrivalHandler(request)]

    sent = [request.FILES[name] for name in files]

    assert [is_whole(one) for one in sent] == are_taken


def is_whole(sent: object) -> bool:
    assert isinstance(sent, Arrived)
    try:
        return len(sent.read()) == 80_000
    except FileTooLarge:
        return False
    finally:
        sent.close()
