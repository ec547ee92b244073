"""One index a question: what a constraint finds already needs no second one, nor a key that nobody searches by its beginning."""

import django.db.models.deletion
import privyseal.identity.models.people
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('seals', '0004_incidents'),
    ]

    operations = [
        migrations.AlterField(
            model_name='permit',
            name='application_uid',
            field=models.CharField(max_length=32),
        ),
        migrations.AlterField(
            model_name='permit',
            name='uid',
            field=models.CharField(default=privyseal.identity.models.people.new_uid, editable=False, max_length=32),
        ),
        migrations.AlterField(
            model_name='permitline',
            name='permit',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='seals.permit'),
        ),
        migrations.AlterField(
            model_name='permitpart',
            name='permit',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='seals.permit'),
        ),
        migrations.AddConstraint(
            model_name='permit',
            constraint=models.UniqueConstraint(fields=('uid',), name='permit_has_its_uid'),
        ),
    ]
