"""What was settled when this installation was founded."""

from django.db import models
from django.db.models import Q


class Installation(models.Model):
    """What was settled when this installation was founded; one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    public_url = models.URLField()
    origin = models.CharField(max_length=200)
    log_key = models.CharField(max_length=300)
    authority = models.BinaryField()
    is_demo = models.BooleanField()
    founded_at = models.DateTimeField()

    class Meta:
        db_table = "installation"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_installation")]
