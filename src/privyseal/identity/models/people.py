"""People who sign in, and how often somebody tried."""

from typing import ClassVar
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from privyseal.identity.initials import InitialPairs


def new_uid() -> str:
    """Return 32 random hex digits: an id that tells nothing and is never used again."""
    return uuid4().hex


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(login=username)


class Person(AbstractBaseUser):
    """Somebody who signs in. The ledger knows them by pseudonym alone.

    ``returned_at`` is when they came back after they had left.
    """

    login = models.CharField(_("login"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=100)
    pseudonym = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    language = models.CharField(max_length=16, blank=True)
    is_active = models.BooleanField(default=True)
    returned_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "login"
    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        db_table = "person"
        indexes = (
            GinIndex(InitialPairs("name"), name="person_by_initials", fastupdate=False),
            GinIndex(InitialPairs("login"), name="person_by_part_of_login", fastupdate=False),
            models.Index("name", "id", name="person_by_name"),
            models.Index("id", condition=models.Q(is_active=False), name="person_gone"),
        )

    def __str__(self) -> str:
        return self.name


class Attempt(models.Model):
    """How often something was tried within one minute; who tried is a keyed digest and means nothing by itself."""

    digest = models.CharField(max_length=64, primary_key=True)
    minute = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "attempt"
