-- How many comments each feed says that a post has, and an index for listings that mix everybody's posts.

-- A post without a row here is one of which its feed says nothing: that is not none. published_at is the entry's own,
-- which never moves; here it lets an index serve the posts that wait for a first comment, newest first.
CREATE TABLE comments (
    entry_id     INTEGER PRIMARY KEY REFERENCES entry (id) ON DELETE CASCADE,
    count        INTEGER NOT NULL CHECK (count >= 0),
    published_at INTEGER NOT NULL
) STRICT;

CREATE INDEX comments_awaited ON comments (published_at DESC, entry_id DESC) WHERE count = 0;

-- The posts of a group or with certain words are picked out of everybody's along this index, without a look at the posts.
CREATE INDEX entry_shown ON entry (published_at DESC, id DESC, participant_id, retired_at, twin_of)
    WHERE retired_at IS NULL AND twin_of IS NULL;

-- Another number of comments changes one page, and no feed.
CREATE TRIGGER comments_came AFTER INSERT ON comments BEGIN
    UPDATE generation SET polls = polls + 1;
END;
CREATE TRIGGER comments_changed AFTER UPDATE ON comments BEGIN
    UPDATE generation SET polls = polls + 1;
END;
CREATE TRIGGER comments_went AFTER DELETE ON comments BEGIN
    UPDATE generation SET polls = polls + 1;
END;
