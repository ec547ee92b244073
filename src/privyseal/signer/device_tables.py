"""The tables of devices in the signer's file, and what brought them there."""

from typing import Final

DEVICES: Final = """
CREATE TABLE device_home (
  id INTEGER PRIMARY KEY CONSTRAINT one_device_home CHECK (id = 1),
  ca_key BLOB NOT NULL, ca BLOB NOT NULL, frame_key BLOB NOT NULL, master BLOB NOT NULL
) STRICT;
CREATE TABLE device (
  serial TEXT NOT NULL, epoch INTEGER NOT NULL, company TEXT NOT NULL, key BLOB NOT NULL, agreement BLOB NOT NULL,
  seals TEXT NOT NULL, ended_at TEXT, sequence INTEGER NOT NULL, PRIMARY KEY (serial, epoch)
) STRICT;
CREATE TABLE device_order (
  uid TEXT PRIMARY KEY, device TEXT NOT NULL, number INTEGER NOT NULL, request_sha256 TEXT NOT NULL,
  frame TEXT NOT NULL, UNIQUE (device, number)
) STRICT;
CREATE TABLE device_grant (
  uid TEXT PRIMARY KEY, device TEXT NOT NULL, epoch INTEGER NOT NULL, sequence INTEGER NOT NULL,
  request_sha256 TEXT NOT NULL, application TEXT NOT NULL, seal TEXT NOT NULL, impressions INTEGER NOT NULL,
  answer TEXT NOT NULL, used INTEGER, wrong INTEGER NOT NULL, waits_until INTEGER NOT NULL,
  CONSTRAINT used_within_grant CHECK (used IS NULL OR used BETWEEN 0 AND impressions)
) STRICT;
CREATE UNIQUE INDEX code_of_device ON device_grant (device, epoch, sequence) WHERE sequence > 0;
CREATE TRIGGER device_ends_for_good BEFORE UPDATE ON device
WHEN OLD.ended_at IS NOT NULL AND NEW.ended_at IS NOT OLD.ended_at
BEGIN SELECT RAISE(ABORT, 'device_ends_for_good'); END;
CREATE TRIGGER sequence_only_grows BEFORE UPDATE ON device WHEN NEW.sequence < OLD.sequence
BEGIN SELECT RAISE(ABORT, 'sequence_only_grows'); END;
"""
CERTIFICATES: Final = """
CREATE TABLE device_certificate (
  number TEXT PRIMARY KEY, device TEXT NOT NULL, epoch INTEGER NOT NULL, made_at TEXT NOT NULL, not_after TEXT NOT NULL
) STRICT;
CREATE INDEX certificate_of_device ON device_certificate (device, epoch, made_at);
CREATE TRIGGER certificate_of_device_stays BEFORE UPDATE ON device_certificate
BEGIN SELECT RAISE(ABORT, 'certificate_of_device_stays'); END;
"""
ANEW: Final = """
CREATE TABLE device_anew (serial TEXT PRIMARY KEY, epoch INTEGER NOT NULL) STRICT;
CREATE TRIGGER anew_only_grows BEFORE UPDATE ON device_anew WHEN NEW.epoch < OLD.epoch
BEGIN SELECT RAISE(ABORT, 'anew_only_grows'); END;
"""
KINDS: Final = """
ALTER TABLE device ADD COLUMN kind TEXT NOT NULL DEFAULT '';
"""
# Whether it said at this enrolment that its tickets have to name it.
EPOCHS: Final = """
ALTER TABLE device ADD COLUMN reads_epochs INTEGER NOT NULL DEFAULT 0;
"""
# What one of before is stands in its frame.
ORDER_TYPES: Final = """
ALTER TABLE device_order ADD COLUMN type TEXT NOT NULL DEFAULT '';
"""
# A cabinet from before kinds were known is one that ever let a seal out by hand; of the others it is learned.
CABINETS_OF_BEFORE: Final = """
UPDATE device SET kind = 'cabinet' WHERE EXISTS (
  SELECT 1 FROM device_grant g WHERE g.device = device.serial AND g.impressions = 0 AND g.answer != '');
"""
