"""Files that people send: a large one is written beside the stored ones as it arrives, and hashed on the way."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse

from privyseal.kernel.errors import Refused
from privyseal.pdf.accepted import MAX_BYTES, USUAL, Limits
from privyseal.storage import Arrival, StorageFull

_TAKE_LARGE: Final = frozenset({"apply-use"})

if TYPE_CHECKING:
    _Uploaded = UploadedFile[bytes]
else:
    _Uploaded = UploadedFile


class Arrived(_Uploaded):
    """A file that is whole, or the refusal that ended its writing: then whoever reads it gets that."""

    def __init__(self, arrival: Arrival | None, refusal: Refused | None, **about: Any) -> None:  # noqa: ANN401  what the parser says
        super().__init__(file=arrival.file if arrival else None, **about)
        self._arrival = arrival
        self._refusal = refusal

    @property
    def arrival(self) -> Arrival:
        """The file where it was written, or its refusal."""
        if self._arrival is None or self._refusal is not None:
            raise self._refusal or StorageFull
        return self._arrival

    def read(self, size: int = -1) -> bytes:
        return self.arrival.file.read(size)

    def close(self) -> None:
        if self._arrival is not None:
            self._arrival.close()


class ArrivalHandler(FileUploadHandler):
    """Writes what the parser hands on; what is refused is dropped up to its end, so that the sender hears why."""

    _arrival: Arrival | None = None
    _refusal: Refused | None = None
    _limits: Limits = USUAL
    _before = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  the parser's own arguments
        super().new_file(*args, **kwargs)
        self._refusal = None
        self._limits = self._limits_here()
        try:
            self._arrival = settings.BLOBS.arrival()
        except StorageFull as refusal:
            self._refuse(refusal)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self._arrival is None:
            return
        try:
            self._limits.check_size(self._before + start + len(raw_data))
            self._arrival.write(raw_data)
        except Refused as refusal:
            self._refuse(refusal)

    def file_complete(self, file_size: int) -> Arrived:
        if self._arrival is not None:
            self._arrival.file.seek(0)
        self._before += 0 if self._is_signed_in() else file_size  # a stranger's files are one in all
        return Arrived(
            self._arrival,
            self._refusal,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        """Let go of what was written: also after the request, when nobody needs it any more."""
        if self._arrival is not None:
            self._arrival.close()

    def _limits_here(self) -> Limits:
        """Return what may be sent here; only where documents are handed in, and by whoever is signed in, it is much."""
        most, match = settings.DOCUMENT_BYTES, self.request and self.request.resolver_match
        if match and match.url_name in _TAKE_LARGE and self._is_signed_in():
            return Limits(size=most)
        return Limits(size=min(most, MAX_BYTES))

    def _is_signed_in(self) -> bool:
        return self.request is not None and SESSION_KEY in self.request.session

    def _refuse(self, refusal: Refused) -> None:
        self.upload_interrupted()
        self._arrival, self._refusal = None, refusal


def letting_go(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Let go of every file that a request brought once it is answered, or its sender is gone."""

    def middleware(request: HttpRequest) -> HttpResponse:
        try:
            return get_response(request)
        finally:
            if request.content_type == "multipart/form-data":
                for handler in request.upload_handlers:
                    handler.upload_interrupted()

    return middleware
