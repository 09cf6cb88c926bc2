-- The planet: who takes part, whose feeds are polled, what was posted, which Thing it addresses.
-- Times are milliseconds since 1970 UTC. Lists of short texts are one a line. Long columns stand last in a row, so
-- that listings do not drag them through memory.

PRAGMA application_id = 0x54484e47; -- "THNG"

CREATE TABLE participant (
    id           INTEGER PRIMARY KEY,
    slug         TEXT NOT NULL UNIQUE CHECK (slug <> ''),
    name         TEXT NOT NULL CHECK (name <> ''),
    site_url     TEXT,
    excerpt_only INTEGER NOT NULL CHECK (excerpt_only IN (0, 1)),
    position     INTEGER NOT NULL,
    listed       INTEGER NOT NULL CHECK (listed IN (0, 1))
) STRICT;

CREATE TABLE feed (
    id             INTEGER PRIMARY KEY,
    participant_id INTEGER NOT NULL REFERENCES participant (id) ON DELETE RESTRICT,
    address        TEXT NOT NULL,
    address_key    TEXT NOT NULL UNIQUE,
    listed         INTEGER NOT NULL CHECK (listed IN (0, 1)),
    -- Whether the roster names the feed itself, so that no other is looked for.
    named          INTEGER NOT NULL CHECK (named IN (0, 1)),
    feed_url       TEXT,
    site_url       TEXT,
    title          TEXT NOT NULL DEFAULT '',
    validators_url TEXT,
    etag           TEXT,
    last_modified  TEXT,
    body           BLOB CHECK (body IS NULL OR length(body) = 32),
    polled_at      INTEGER,
    ok_at          INTEGER,
    next_poll_at   INTEGER,
    held_until     INTEGER,
    failing_since  INTEGER,
    failure_cause  TEXT,
    failure_count  INTEGER NOT NULL DEFAULT 0,
    gone           INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1)),
    problems       TEXT NOT NULL DEFAULT '',
    CHECK ((failing_since IS NULL) = (failure_cause IS NULL))
) STRICT;

CREATE INDEX feed_of_participant ON feed (participant_id);

CREATE TABLE entry (
    id             INTEGER PRIMARY KEY,
    feed_id        INTEGER NOT NULL REFERENCES feed (id) ON DELETE RESTRICT,
    participant_id INTEGER NOT NULL REFERENCES participant (id) ON DELETE RESTRICT,
    guid           TEXT NOT NULL CHECK (guid <> ''),
    guid_rule      TEXT NOT NULL CHECK (guid_rule IN ('guid', 'guid+link', 'link', 'hash')),
    public_id      TEXT NOT NULL UNIQUE,
    url            TEXT,
    title          TEXT NOT NULL,
    byline         TEXT NOT NULL,
    published_at   INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL CHECK (updated_at >= published_at),
    first_seen_at  INTEGER NOT NULL,
    categories     TEXT NOT NULL,
    fingerprint    BLOB NOT NULL CHECK (length(fingerprint) = 32),
    words          BLOB NOT NULL CHECK (length(words) = 32),
    sanitizer      INTEGER NOT NULL,
    base           TEXT,
    raw_title      TEXT NOT NULL,
    raw_title_kind TEXT NOT NULL CHECK (raw_title_kind IN ('plain', 'html')),
    raw_kind       TEXT NOT NULL CHECK (raw_kind IN ('plain', 'html')),
    text           TEXT NOT NULL,
    html           TEXT NOT NULL,
    raw            TEXT NOT NULL,
    UNIQUE (feed_id, guid)
) STRICT;

CREATE INDEX entry_newest ON entry (published_at DESC, id DESC);
CREATE INDEX entry_of_participant ON entry (participant_id, published_at DESC, id DESC);

-- published_at is the entry's own, which never moves; here it lets an index serve one Thing's newest posts.
CREATE TABLE tag (
    entry_id     INTEGER NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
    thing        INTEGER NOT NULL CHECK (thing > 0),
    state        TEXT NOT NULL CHECK (state IN ('tagged', 'suggested')),
    rule         TEXT NOT NULL,
    place        TEXT NOT NULL,
    quote        TEXT NOT NULL,
    published_at INTEGER NOT NULL,
    PRIMARY KEY (entry_id, thing)
) STRICT, WITHOUT ROWID;

CREATE INDEX tag_newest ON tag (thing, state, published_at DESC, entry_id DESC);

-- When anything that pages and feeds show last changed, and by which roster; one row.
CREATE TABLE planet (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    changed_at INTEGER,
    roster     BLOB CHECK (roster IS NULL OR length(roster) = 32)
) STRICT;

INSERT INTO planet (id) VALUES (1);

-- The one definition of "visible": an entry of a participant who stands on the roster. CROSS JOIN keeps the order of
-- the loops, so that every listing walks its own index.
CREATE VIEW visible_entry AS
SELECT entry.*,
       participant.slug AS participant_slug,
       participant.name AS participant_name,
       coalesce(participant.site_url, feed.site_url) AS participant_site_url,
       participant.excerpt_only AS excerpt_only,
       feed.title AS source_title,
       feed.feed_url AS source_url
FROM entry
    CROSS JOIN participant ON participant.id = entry.participant_id
    CROSS JOIN feed ON feed.id = entry.feed_id
WHERE participant.listed = 1;

CREATE VIRTUAL TABLE entry_search USING fts5 (
    title, text,
    content = 'entry', content_rowid = 'id',
    tokenize = "unicode61 remove_diacritics 2",
    prefix = '2 3'
);

CREATE TRIGGER entry_inserted AFTER INSERT ON entry BEGIN
    INSERT INTO entry_search (rowid, title, text) VALUES (new.id, new.title, new.text);
END;

CREATE TRIGGER entry_deleted AFTER DELETE ON entry BEGIN
    INSERT INTO entry_search (entry_search, rowid, title, text) VALUES ('delete', old.id, old.title, old.text);
END;

CREATE TRIGGER entry_changed AFTER UPDATE OF title, text ON entry BEGIN
    INSERT INTO entry_search (entry_search, rowid, title, text) VALUES ('delete', old.id, old.title, old.text);
    INSERT INTO entry_search (rowid, title, text) VALUES (new.id, new.title, new.text);
END;
