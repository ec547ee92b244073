"""What was settled when this installation was founded."""

from django.db import models
from django.db.models import Q

from privyseal.signer.statement import SESSION


class Installation(models.Model):
    """What was settled when this installation was founded; one row.

    ``assurance`` is the least the signer takes, of ``approvals`` people, by passkeys that cannot leave their device
    where it ``is_bound``. ``signer_epoch`` names the one signer that counts: each restore begins another.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    public_url = models.URLField()
    origin = models.CharField(max_length=200)
    log_key = models.CharField(max_length=300)
    authority = models.BinaryField()
    assurance = models.CharField(max_length=16, default=SESSION, db_default=SESSION)
    approvals = models.PositiveSmallIntegerField(default=1, db_default=1)
    is_bound = models.BooleanField(default=False, db_default=False)
    is_demo = models.BooleanField()
    founded_at = models.DateTimeField()
    signer_epoch = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        db_table = "installation"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_installation")]
