-- Which topics the table has, by fingerprint: who looked for the same ones in a post need not have it read again.
ALTER TABLE planet ADD COLUMN topics BLOB CHECK (topics IS NULL OR length(topics) = 32);

-- The topics that are there already are taken over once more, and then known by their fingerprint.
UPDATE planet SET roster = NULL;
