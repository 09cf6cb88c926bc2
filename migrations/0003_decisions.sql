-- Organisers' decisions, the rules that tags were made by, and a log of who changed tags.

-- An organiser's yes or no on one post and one Thing. This is ground state: only another decision changes it.
CREATE TABLE decision (
    entry_id   INTEGER NOT NULL REFERENCES entry (id) ON DELETE RESTRICT,
    thing      INTEGER NOT NULL CHECK (thing > 0),
    verdict    TEXT NOT NULL CHECK (verdict IN ('yes', 'no')),
    decided_at INTEGER NOT NULL,
    decided_by TEXT NOT NULL CHECK (decided_by <> ''),
    note       TEXT NOT NULL,
    PRIMARY KEY (entry_id, thing)
) STRICT, WITHOUT ROWID;

-- What a post links to, an address a line, so that retagging need not read its HTML. A post from before this table has
-- no row here until it is written again.
CREATE TABLE entry_link (
    entry_id INTEGER PRIMARY KEY REFERENCES entry (id) ON DELETE CASCADE,
    urls     TEXT NOT NULL
) STRICT;

-- Whoever gives a post other HTML and does not say its links leaves them to be read from there.
CREATE TRIGGER entry_links_are_of_its_html AFTER UPDATE OF html ON entry WHEN new.html <> old.html BEGIN
    DELETE FROM entry_link WHERE entry_id = new.id;
END;

-- The rules that every post is tagged by; nothing where they are not all tagged by the same.
ALTER TABLE planet ADD COLUMN rules BLOB CHECK (rules IS NULL OR length(rules) = 32);

-- Who changed tags, by hand or by rule. It outlives the posts that it speaks of.
CREATE TABLE audit (
    id           INTEGER PRIMARY KEY,
    at           INTEGER NOT NULL,
    who          TEXT NOT NULL CHECK (who <> ''),
    deed         TEXT NOT NULL CHECK (deed IN ('decide', 'retag')),
    entry_id     INTEGER CHECK ((entry_id IS NOT NULL) = (deed = 'decide')),
    words        TEXT NOT NULL,
    entries      INTEGER NOT NULL,
    added        INTEGER NOT NULL,
    removed      INTEGER NOT NULL,
    rules_before BLOB CHECK (rules_before IS NULL OR length(rules_before) = 32),
    rules_after  BLOB NOT NULL CHECK (length(rules_after) = 32)
) STRICT;

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit log is only ever appended to');
END;

CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit log is only ever appended to');
END;
