"""What tests keep is built anew whenever the signer was told anything about it: no table of the signer is forgotten."""

from contextlib import closing
from pathlib import Path

from privyseal.signer.database import Database, open_durably
from tests.told_to_signer import ABOUT, ABOUT_NOTHING_KEPT, tables, told_about


def test_every_table_of_the_signer_is_looked_at_or_is_about_nothing_kept(tmp_path: Path) -> None:
    with closing(open_durably(tmp_path / "state")) as state:
        Database(state)

        assert tables(state) == {*ABOUT, *ABOUT_NOTHING_KEPT}
        before = told_about(state, ["this"])
        state.execute("INSERT INTO denial VALUES ('permit', 'of another', 'this', 'now')")
        assert told_about(state, ["this"]) != before
        assert told_about(state, ["that"]) == before
