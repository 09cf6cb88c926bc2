-- How often in a row a feed or a platform asked us to wait, without a good answer between: it is left alone for longer each
-- time. A platform keeps its row when its pause is over, until it answers well.
ALTER TABLE feed ADD COLUMN throttled_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pause ADD COLUMN throttled_count INTEGER NOT NULL DEFAULT 0;

-- Which platforms were asked with the last page of a walk, one a line: its own, and the one to which a redirect led.
ALTER TABLE backfill ADD COLUMN platforms TEXT NOT NULL DEFAULT '';
