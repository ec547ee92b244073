"""Who answers for it hears that an own yes was taken back, whatever they wish to hear."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notification', '0007_hands'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='unwanted',
            name='obliged_kinds_stay_wanted',
        ),
        migrations.AddConstraint(
            model_name='unwanted',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['address.named', 'address.removed', 'application.consent-taken-back', 'factor.enrolled', 'factor.recovery-code-used', 'factor.removed', 'factor.reset', 'factor.reset-asked', 'hand.count-differs', 'incident.factor-forged', 'incident.frozen', 'incident.opened', 'incident.reclassified', 'mandate.revoked', 'person.locked-out', 'person.password-changed', 'seal.disputed', 'seal.lost', 'seal.robbed', 'seal.stolen', 'seal.suspended']), _negated=True), name='obliged_kinds_stay_wanted'),
        ),
    ]
