-- Feeds that move or are gone: what is seen of it before it is believed, and what was believed.

-- Where permanent redirects (301, 308) have been leading: since when, in how many answers, and whether there were posts
-- there that we knew.
ALTER TABLE feed ADD COLUMN moving_to TEXT;
ALTER TABLE feed ADD COLUMN moving_since INTEGER;
ALTER TABLE feed ADD COLUMN moving_seen INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feed ADD COLUMN moving_shares INTEGER NOT NULL DEFAULT 0 CHECK (moving_shares IN (0, 1));
-- Where it is asked in place of the address that the roster says or leads to, and since when.
ALTER TABLE feed ADD COLUMN moved_url TEXT;
ALTER TABLE feed ADD COLUMN moved_from TEXT;
ALTER TABLE feed ADD COLUMN moved_at INTEGER;
-- Answers of "gone" (410) and of "not found" (404) since it last answered well.
ALTER TABLE feed ADD COLUMN gone_since INTEGER;
ALTER TABLE feed ADD COLUMN gone_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feed ADD COLUMN missing_since INTEGER;
ALTER TABLE feed ADD COLUMN missing_count INTEGER NOT NULL DEFAULT 0;

-- Every address at which a feed was, and why it is asked elsewhere now.
CREATE TABLE feed_move (
    id       INTEGER PRIMARY KEY,
    feed_id  INTEGER NOT NULL REFERENCES feed (id) ON DELETE RESTRICT,
    at       INTEGER NOT NULL,
    from_url TEXT NOT NULL,
    to_url   TEXT NOT NULL,
    why      TEXT NOT NULL CHECK (why <> '')
) STRICT;

CREATE INDEX feed_move_of_feed ON feed_move (feed_id);

CREATE TRIGGER feed_move_is_never_changed BEFORE UPDATE ON feed_move BEGIN
    SELECT RAISE(ABORT, 'the log of moves is only ever appended to');
END;

CREATE TRIGGER feed_move_is_never_shortened BEFORE DELETE ON feed_move BEGIN
    SELECT RAISE(ABORT, 'the log of moves is only ever appended to');
END;
