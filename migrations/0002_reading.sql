-- What reading a feed again and again needs to remember: which posts are gone, which came in a flood, which are one
-- post in two feeds, what was odd in each, and which reader read it.

-- Where a feed says that it is, and where it was read in the end, both without what varies between two spellings.
ALTER TABLE feed ADD COLUMN self_key TEXT;
ALTER TABLE feed ADD COLUMN source_key TEXT;
-- The version of the parser that read the last body; an older one has the body read again.
ALTER TABLE feed ADD COLUMN parser INTEGER NOT NULL DEFAULT 0;
-- The last time that many posts came at once: when, how many, and how many of them went to the front page.
ALTER TABLE feed ADD COLUMN flood_at INTEGER;
ALTER TABLE feed ADD COLUMN flood_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feed ADD COLUMN flood_shown INTEGER NOT NULL DEFAULT 0;

CREATE INDEX feed_of_source ON feed (source_key);
CREATE INDEX feed_of_self ON feed (self_key);

-- These three stand behind the long columns, but NULL, 0 and 1 need no room beyond a row's header, so that looking at
-- them does not drag the long ones through memory.
-- When its own feed said that it is no more.
ALTER TABLE entry ADD COLUMN retired_at INTEGER;
-- The same post of the same person, seen first in another of their feeds.
ALTER TABLE entry ADD COLUMN twin_of INTEGER REFERENCES entry (id) ON DELETE SET NULL;
-- Whether the front page lists it; what came in a flood stays on its blog's page and on those of its Things.
ALTER TABLE entry ADD COLUMN on_front INTEGER NOT NULL DEFAULT 1 CHECK (on_front IN (0, 1));

CREATE INDEX entry_twin ON entry (twin_of) WHERE twin_of IS NOT NULL;
CREATE INDEX entry_sanitizer ON entry (sanitizer);

-- The rest of it, for comparing with the next document; an entry without a row here was read before there was one.
CREATE TABLE entry_reading (
    entry_id   INTEGER PRIMARY KEY REFERENCES entry (id) ON DELETE CASCADE,
    -- Fingerprint of the text as fetched, without the title.
    content    BLOB CHECK (content IS NULL OR length(content) = 32),
    -- How often it was rewritten, and when last.
    changes    INTEGER NOT NULL DEFAULT 0,
    changed_at INTEGER,
    -- What was odd in it, a sentence a line.
    problems   TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX entry_odd ON entry_reading (entry_id) WHERE problems <> '';

DROP VIEW visible_entry;

-- Entries as far as their own feeds are concerned: neither retired nor shown already in another place.
CREATE VIEW shown_entry AS
SELECT * FROM entry WHERE retired_at IS NULL AND twin_of IS NULL;

-- The one definition of "visible": a shown entry of a participant who stands on the roster. CROSS JOIN keeps the order
-- of the loops, so that every listing walks its own index.
CREATE VIEW visible_entry AS
SELECT entry.*,
       participant.slug AS participant_slug,
       participant.name AS participant_name,
       coalesce(participant.site_url, feed.site_url) AS participant_site_url,
       participant.excerpt_only AS excerpt_only,
       feed.title AS source_title,
       feed.feed_url AS source_url
FROM shown_entry AS entry
    CROSS JOIN participant ON participant.id = entry.participant_id
    CROSS JOIN feed ON feed.id = entry.feed_id
WHERE participant.listed = 1;

DROP INDEX entry_newest;
DROP INDEX entry_of_participant;
CREATE INDEX entry_front ON entry (published_at DESC, id DESC)
    WHERE on_front = 1 AND retired_at IS NULL AND twin_of IS NULL;
-- The last two are there so that counting somebody's posts needs no look at the posts.
CREATE INDEX entry_of_participant ON entry (participant_id, published_at DESC, id DESC, retired_at, twin_of)
    WHERE retired_at IS NULL AND twin_of IS NULL;
