-- When a feed is asked again: what it asks for itself, of what kind its trouble is, who is to be left alone, and whether
-- it is our own line that is broken.

-- How the last failure was, in a word of the program's; nothing where there is none, or where it is older than this.
ALTER TABLE feed ADD COLUMN failure_kind TEXT;
-- When the whole feed was last asked for, without validators.
ALTER TABLE feed ADD COLUMN whole_at INTEGER;
-- What the last document says of when to come again: seconds, seconds, a bit an hour of the day, a bit a day of the week.
ALTER TABLE feed ADD COLUMN ttl_seconds INTEGER CHECK (ttl_seconds > 0);
ALTER TABLE feed ADD COLUMN update_seconds INTEGER CHECK (update_seconds > 0);
ALTER TABLE feed ADD COLUMN skip_hours INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feed ADD COLUMN skip_days INTEGER NOT NULL DEFAULT 0;

-- Platforms that asked to be left alone, or accept no connections.
CREATE TABLE pause (
    platform TEXT PRIMARY KEY CHECK (platform <> ''),
    until    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Since when no blog at all can be reached from here; nothing as long as one can.
ALTER TABLE planet ADD COLUMN offline_since INTEGER;
