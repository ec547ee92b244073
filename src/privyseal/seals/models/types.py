"""Types of seal that a group has added to the built-in ones."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from privyseal.identity.models import Company, Person, new_uid
from privyseal.seals.rules import Level, SealKind, SealType


class OwnType(models.Model):
    """A built-in type under a name of the group's own, for a company and those below it, until it is retired.

    What is so by the built-in type stays so; ``kind``, ``level`` and ``barred`` ask for more; the numbers of
    its seals begin with ``prefix``.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    name_zh = models.CharField(max_length=32)
    name_en = models.CharField(max_length=64)
    like = models.CharField(max_length=32)
    kind = models.CharField(max_length=16, blank=True)
    level = models.CharField(max_length=8, blank=True)
    prefix = models.CharField(max_length=4, blank=True)
    barred = ArrayField(models.CharField(max_length=24), default=list)
    added_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    retired_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "own_seal_type"
        constraints = [
            models.UniqueConstraint(fields=["id", "like"], name="own_type_with_its_like"),
            models.CheckConstraint(
                condition=Q(like__in=[each.value for each in SealType]), name="own_type_is_like_a_known_one"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["", *(kind.value for kind in SealKind)]), name="own_type_is_of_a_known_kind"
            ),
            models.CheckConstraint(
                condition=Q(level__in=["", *(level.value for level in Level)]), name="own_type_is_of_a_known_level"
            ),
            models.CheckConstraint(condition=Q(prefix__regex=r"^[A-Z]{0,4}$"), name="prefix_of_numbers_in_form"),
            *(
                models.UniqueConstraint(
                    fields=["company", name], condition=Q(retired_at=None), name=f"one_open_type_of_a_{name}"
                )
                for name in ("name_zh", "name_en")
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh
