-- When somebody's newest post was seen first, where its feed does not say when it was published: that is no day of theirs.
ALTER TABLE posted ADD COLUMN newest_seen_at INTEGER;

INSERT INTO progress_due SELECT id FROM participant WHERE true ON CONFLICT DO NOTHING;
