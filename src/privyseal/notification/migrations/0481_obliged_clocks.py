"""Nobody wishes away that the time of the signer was set."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notification', '0316_obliged_quorums'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='unwanted',
            name='obliged_kinds_stay_wanted',
        ),
        migrations.AddConstraint(
            model_name='unwanted',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['address.named', 'address.removed', 'application.consent-taken-back', 'device.alarmed', 'device.lost', 'factor.enrolled', 'factor.recovery-code-used', 'factor.removed', 'factor.reset', 'factor.reset-asked', 'hand.count-differs', 'incident.factor-forged', 'incident.frozen', 'incident.opened', 'incident.reclassified', 'installation.began-anew', 'machine.confirmation-asked', 'machine.emergency', 'mandate.revoked', 'passkey.entered', 'passkey.offered', 'passkey.removed', 'permit.voided', 'person.locked-out', 'person.password-changed', 'seal.certificate-revoked', 'seal.disputed', 'seal.lost', 'seal.robbed', 'seal.stolen', 'seal.suspended', 'signer.clock-set', 'signer.quorum-set']), _negated=True), name='obliged_kinds_stay_wanted'),
        ),
    ]
