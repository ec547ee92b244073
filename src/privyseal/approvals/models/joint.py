"""Applications of several companies: what holds their parts together, and who plays which part in the whole."""

from typing import Any

from django.db import models
from django.db.models import Q

from privyseal.approvals.models.castings import Played, apart, some_part
from privyseal.approvals.rules.joint import Mode
from privyseal.identity.models import DigestField, Person, new_uid


class Joint(models.Model):
    """One application to several companies: each has a part of its own, an application like any other.

    ``says`` is what everybody who takes part is shown of the whole: each company, its seals and documents by title.
    It stays as it was when it was submitted.
    """

    uid = DigestField(default=new_uid, editable=False)
    mode = models.CharField(max_length=16)
    made_at = models.DateTimeField()
    says = models.JSONField()
    says_sha256 = DigestField()

    class Meta:
        db_table = "joint_application"
        constraints = [
            models.UniqueConstraint(fields=["uid"], name="joint_has_its_uid"),
            models.CheckConstraint(condition=Q(mode__in=[mode.value for mode in Mode]), name="joint_mode_is_known"),
        ]

    def others(self, company_uid: str) -> list[dict[str, Any]]:
        """Return what is asked of every company but this one, each with its name and lines."""
        return [said for said in self.says if said["company"] != company_uid]


class JointCasting(Played):
    """Which parts one person plays in all that one application asks of several companies: what is apart stays apart.

    The database itself writes it, from what is written of each part.
    """

    pk = models.CompositePrimaryKey("joint_id", "person_id")
    joint = models.ForeignKey(Joint, models.PROTECT, related_name="castings", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        db_table = "joint_casting"
        constraints = [some_part("joint_casting_has_a_part"), *apart("{later}_is_nowhere_{earlier}")]
