"""Who stands in for whom, as a question of the database's own: asked wherever one decides what another asked for."""

from django.db import migrations

from privyseal.identity.migrations._fences import TIED_TO


class Migration(migrations.Migration):

    dependencies = [('identity', '0002_parts')]

    operations = [migrations.RunSQL(TIED_TO, migrations.RunSQL.noop)]
