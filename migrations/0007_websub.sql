-- Hubs: which feed names which, our subscriptions to them, and which of our own feeds their readers' hub knows of.

-- What each feed offered when it was last read.
CREATE TABLE hub_offer (
    feed_id INTEGER PRIMARY KEY REFERENCES feed (id) ON DELETE CASCADE,
    hub     TEXT NOT NULL,
    -- The feed's address as the hub knows it.
    topic   TEXT NOT NULL
) STRICT;

CREATE TABLE subscription (
    -- The last part of the address at which the hub finds us.
    token        TEXT PRIMARY KEY CHECK (length(token) = 32),
    feed_id      INTEGER NOT NULL REFERENCES feed (id) ON DELETE CASCADE,
    hub          TEXT NOT NULL,
    topic        TEXT NOT NULL,
    secret       TEXT CHECK (length(secret) < 200),
    pending      INTEGER NOT NULL CHECK (pending IN (0, 1)),
    next_at      INTEGER NOT NULL,
    tries        INTEGER NOT NULL,
    lease_until  INTEGER,
    delivered_at INTEGER,
    missed       INTEGER NOT NULL,
    -- An ended one is kept for a while, so that a hub that still comes is told so.
    ended        INTEGER NOT NULL CHECK (ended IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX subscription_of_feed ON subscription (feed_id) WHERE ended = 0;

-- Our own feeds: what of each our hub was last told, and when it may be told again.
CREATE TABLE hub_ping (
    path   TEXT PRIMARY KEY,
    shown  BLOB CHECK (shown IS NULL OR length(shown) = 32),
    due_at INTEGER NOT NULL,
    tries  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
