"""What somebody looks for again and again in a list: theirs alone."""

from django.db import models

from privyseal.identity.models.people import Person, new_uid


class KeptList(models.Model):
    """A list as somebody looked through it, under a name of theirs; ``asked`` is what ``identity/asked.py`` writes."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    place = models.CharField(max_length=32)
    name = models.CharField(max_length=40)
    asked = models.CharField(max_length=1000)

    class Meta:
        db_table = "kept_list"
        constraints = [
            models.UniqueConstraint(fields=["person", "place", "name"], name="one_list_a_name"),
            models.CheckConstraint(condition=~models.Q(name=""), name="kept_list_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
