"""What is kept of pages to find them on photographs, and what photographs of stamped pages showed."""

from typing import TYPE_CHECKING, Any, Final

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from privyseal.custody.models.photographs import Photograph
from privyseal.identity.models import DigestField
from privyseal.paper.verdict import Seen, Sight

if TYPE_CHECKING:
    from typing import TypeAlias

    _Array: TypeAlias = ArrayField[Any, Any]
else:
    _Array = ArrayField

_NAMES_A_PAGE: Final = (Sight.SAME.value, Sight.DIFFERS.value, Sight.FOUND.value)


class PagePrint(models.Model):
    """One page of a document: its points, packed, and the words by which it is looked up among all others."""

    document_sha256 = DigestField()
    page = models.PositiveIntegerField()
    points = models.BinaryField()
    words = _Array(models.IntegerField())

    class Meta:
        db_table = "page_print"
        constraints = [
            models.UniqueConstraint(fields=["document_sha256", "page"], name="page_is_kept_once"),
            models.CheckConstraint(condition=Q(page__gte=1), name="pages_count_from_one"),
        ]
        indexes = [GinIndex(fields=["words"], name="page_by_word", fastupdate=False)]


class Sighting(models.Model):
    """What one photograph showed beside the document of its line; ``boxes`` are as in ``Seen``.

    ``drawn_page`` is the page that was to be shown, where it shows another one.
    """

    photograph = models.OneToOneField(Photograph, models.PROTECT, primary_key=True, related_name="sighting")
    sight = models.CharField(max_length=16)
    page = models.PositiveIntegerField(null=True)
    similarity = models.PositiveSmallIntegerField(null=True)
    in_view = models.PositiveSmallIntegerField(null=True)
    boxes = models.JSONField(default=list)
    drawn_page = models.PositiveIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "page_sighting"
        constraints = [
            models.CheckConstraint(condition=Q(sight__in=[sight.value for sight in Sight]), name="sight_is_known"),
            models.CheckConstraint(
                condition=Q(sight__in=_NAMES_A_PAGE, page__isnull=False, similarity__isnull=False)
                | (~Q(sight__in=_NAMES_A_PAGE) & Q(page=None, similarity=None)),
                name="sight_names_its_page",
            ),
        ]

    @property
    def seen(self) -> Seen:
        said = {name: getattr(self, name) for name in ("sight", "page", "similarity", "in_view", "boxes")}
        return Seen.from_json(said)
