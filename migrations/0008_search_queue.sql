-- Posts are indexed for search in batches of their own, not in the transaction of their poll: the index sorts and
-- merges itself at every commit, which took a third of a first poll. Who waits stands in the queue.

DROP TRIGGER entry_inserted;
DROP TRIGGER entry_changed;
DROP TRIGGER entry_deleted;
DROP TABLE entry_search;

CREATE VIRTUAL TABLE entry_search USING fts5 (
    title, text,
    content = 'entry', content_rowid = 'id',
    tokenize = "unicode61 remove_diacritics 2"
);

CREATE TABLE search_queue (
    entry_id INTEGER PRIMARY KEY
) STRICT;

INSERT INTO search_queue (entry_id) SELECT id FROM entry;

CREATE TRIGGER entry_awaits_index AFTER INSERT ON entry BEGIN
    INSERT INTO search_queue (entry_id) VALUES (new.id);
END;

-- The index forgets the old words at once, because they are needed for that; the new ones wait. Who waits already is
-- not in the index.
CREATE TRIGGER entry_leaves_index AFTER UPDATE OF title, text ON entry
    WHEN (old.title <> new.title OR old.text <> new.text)
        AND NOT EXISTS (SELECT 1 FROM search_queue WHERE entry_id = old.id)
BEGIN
    INSERT INTO entry_search (entry_search, rowid, title, text) VALUES ('delete', old.id, old.title, old.text);
    INSERT INTO search_queue (entry_id) VALUES (new.id);
END;

CREATE TRIGGER entry_is_forgotten AFTER DELETE ON entry BEGIN
    INSERT INTO entry_search (entry_search, rowid, title, text)
        SELECT 'delete', old.id, old.title, old.text
        WHERE NOT EXISTS (SELECT 1 FROM search_queue WHERE entry_id = old.id);
    DELETE FROM search_queue WHERE entry_id = old.id;
END;
