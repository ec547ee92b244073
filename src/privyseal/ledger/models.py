"""The ledger's tables. Facts, tree, checkpoints and cosignatures refuse UPDATE, DELETE and TRUNCATE by trigger."""

from typing import TYPE_CHECKING, Any, TypeAlias

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now

from privyseal.ledger.packing import packed, unpacked

if TYPE_CHECKING:
    _Bytes: TypeAlias = models.Field[bytes, bytes]
else:
    _Bytes = models.Field


class FactBody(_Bytes):
    """A fact's canonical bytes, kept packed."""

    def db_type(self, connection: Any) -> str:  # noqa: ANN401, ARG002  Django's own signature
        return "bytea"

    def from_db_value(self, kept: Any, *_: object) -> bytes:  # noqa: ANN401  what the driver returns
        return unpacked(bytes(kept))

    def get_prep_value(self, value: bytes) -> bytes:
        return packed(value)


class FactRow(models.Model):
    """One fact. ``body`` is the truth, kept packed; the other columns are copies to search by, ``subjects`` as keys.

    The table also has ``xid xid8 default pg_current_xact_id()``, which tells the integrator when every
    transaction that could still commit an earlier fact has ended.
    """

    kind = models.TextField()
    actor = models.TextField()
    at = models.DateTimeField()
    subjects = ArrayField(models.BigIntegerField())
    body = FactBody()

    class Meta:
        db_table = "ledger_fact"
        indexes = [
            GinIndex(fields=["subjects"], name="ledger_fact_subjects"),
            models.Index(fields=["actor"], name="ledger_fact_by_actor"),
        ]


class Leaf(models.Model):
    """The dense index of a fact in the tree."""

    index = models.BigIntegerField(primary_key=True)
    fact = models.OneToOneField(FactRow, models.PROTECT, related_name="leaf")

    class Meta:
        db_table = "ledger_leaf"


class Node(models.Model):
    """The hash of a complete subtree of 2**level leaves, of every fourth level; the others are worked out from those.

    Those of single leaves are worked out from the facts.
    """

    pk = models.CompositePrimaryKey("level", "position")
    level = models.SmallIntegerField()
    position = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta:
        db_table = "ledger_node"


class CheckpointRow(models.Model):
    """A tree head that the signer signed."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    note = models.TextField()
    signed_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "ledger_checkpoint"


class Continuation(models.Model):
    """Each time the record went on under another name, since facts were lost that a signed head had covered.

    ``begins_at`` facts stand before the first one under the new name; heads up to there are signed by ``key_before``.
    """

    begins_at = models.BigIntegerField(primary_key=True)
    key_before = models.TextField()
    key = models.TextField()
    known_size = models.BigIntegerField()
    known_root = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        db_table = "ledger_continuation"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(known_size__gt=0, begins_at__gte=0) & ~models.Q(key=models.F("key_before")),
                name="continued_under_another_name",
            )
        ]


class CosignatureRow(models.Model):
    """The line that a cosigner added to a head. Its key is the checkpoint's size and the cosigner's name."""

    pk = models.CompositePrimaryKey("size", "cosigner")
    size = models.BigIntegerField()
    cosigner = models.TextField()
    seconds = models.BigIntegerField()
    line = models.TextField()

    class Meta:
        db_table = "ledger_cosignature"


class CosignerRow(models.Model):
    """How a cosigner stands: the last head it signed and when by its clock, and what is wrong since when."""

    name = models.TextField(primary_key=True)
    size = models.BigIntegerField(db_default=0)
    seconds = models.BigIntegerField(db_default=0)
    problem = models.TextField(db_default="")
    problem_at = models.DateTimeField(null=True)
    told = models.TextField(db_default="")

    class Meta:
        db_table = "ledger_cosigner"


class SignerStanding(models.Model):
    """What was told last of the signer; no row before there was anything to tell.

    ``quorum`` is the digest of the cosignatures that it asked for when that was put on record last, ``clock`` that of
    the last time that its clock was set by leave.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    told = models.TextField()
    quorum = models.CharField(max_length=64, blank=True, default="", db_default="")
    clock = models.CharField(max_length=64, blank=True, default="", db_default="")

    class Meta:
        db_table = "signer_standing"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_signer_standing")]


class CommandRow(models.Model):
    """A command that was carried out, so that the second click finds the first one's result."""

    id = models.UUIDField(primary_key=True)
    name = models.TextField()
    actor = models.TextField()
    input_sha256 = models.CharField(max_length=64)
    result = models.JSONField(null=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "ledger_command"


class RefusalTally(models.Model):
    """Equal refusals of one actor within a minute, waiting to become one fact with a count."""

    digest = models.CharField(max_length=64, primary_key=True)
    kind = models.TextField()
    actor = models.TextField()
    facts = models.JSONField()
    first_at = models.DateTimeField(db_index=True)
    repeated = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "ledger_refusal_tally"


class HeadStamp(models.Model):
    """The token of a time stamp authority (RFC 3161) over the note of a head, one a day; the note stands in its row."""

    day = models.DateField(primary_key=True)
    size = models.BigIntegerField()
    token = models.BinaryField()

    class Meta:
        db_table = "ledger_head_stamp"
