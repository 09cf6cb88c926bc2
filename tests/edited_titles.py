#!/usr/bin/env python3
"""Poll a folder of captured feeds, and again three times with every title edited in between.

usage: tests/edited_titles.py BINARY FOLDER [--keep DIR]

The same blogs as in real_feeds.py, but the bytes that are served differ from round to round: each title ends in the
number of the round. No round may create an entry, or change which entry is which, its id in our feeds, its date or its
place. Exit status 1 where that does not hold; the feeds in which it does not are named."""
import argparse
import collections
import json
import os
import re
import sqlite3
import sys
import tempfile

from real_feeds import Blogs, poll, roster, serve

# A CDATA section, with the end of a title where that follows; or the end of any other title. A title's end inside a
# CDATA section belongs to the text of a post, which stays as it is.
END = re.compile(rb"<!\[CDATA\[(?P<data>.*?)\]\]>(?P<end>\s*</(?:\w+:)?title\s*>)?"
                 rb"|(?P<tag>(?:</(?:\w+:)?div>\s*)?</(?:\w+:)?title\s*>)", re.IGNORECASE | re.DOTALL)


def with_mark(mark):
    """A replacement that puts a mark before the end of a title."""
    def replaced(found):
        if found["tag"]:
            return mark + found["tag"]
        if found["end"]:
            return b"<![CDATA[" + found["data"] + mark + b"]]>" + found["end"]
        return found[0]
    return replaced


def edited(body, round_number):
    """The document with a mark at the end of every title."""
    mark = f" round {round_number}"
    if body.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        try:
            document = json.loads(body.decode("utf-8-sig"))
        except ValueError:
            return body
        for item in document.get("items") or []:
            if isinstance(item, dict) and isinstance(item.get("title"), str):
                item["title"] += mark
        return json.dumps(document).encode()
    for bom, charset in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if body.startswith(bom):
            text = body[2:].decode(charset, "replace").encode()
            return bom + END.sub(with_mark(mark.encode()), text).decode().encode(charset)
    return END.sub(with_mark(mark.encode()), body)


class EditedBlogs(Blogs):
    """The blogs of one round."""

    round_number = 0

    def body(self, path):
        body = super().body(path)
        return edited(body, self.round_number) if self.round_number else body


def entries(folder):
    """Every entry by its number, with all that must last, and its place among all of them."""
    db = sqlite3.connect(f"file:{folder}/planet.db?mode=ro", uri=True)
    rows = db.execute("""
        SELECT entry.id, feed.address, public_id, published_at, first_seen_at, retired_at IS NULL, guid, guid_rule, entry.title
        FROM entry JOIN feed ON feed.id = entry.feed_id ORDER BY published_at DESC, entry.id DESC""").fetchall()
    db.close()
    lasting = {row[0]: (place,) + row[1:6] for place, row in enumerate(rows)}
    return lasting, {row[0]: row[6:] for row in rows}


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("binary")
    parser.add_argument("folder")
    parser.add_argument("--keep")
    options = parser.parse_args()
    Blogs.files = sorted(os.path.join(root, name) for root, _, names in os.walk(options.folder) for name in names)
    folder = options.keep or tempfile.mkdtemp()
    os.makedirs(folder, exist_ok=True)
    with open(f"{folder}/feeds.toml", "w") as file:
        file.write(roster(serve(EditedBlogs), len(Blogs.files)))
    run, wall, *_ = poll(options.binary, folder)
    print(f"first: {run.stdout.strip().splitlines()[0]} ({wall:.0f} s)")
    before, names = entries(folder)
    good = bool(before)
    for round_number in (1, 2, 3):
        EditedBlogs.round_number = round_number
        run, wall, *_ = poll(options.binary, folder)
        after, now = entries(folder)
        created = [key for key in after if key not in before]
        moved = [key for key in before if before[key][1:] != after.get(key, (0,))[1:]]
        old, new = ([key for key in sorted(both, key=lambda it: both[it][0]) if key in before and key in after] for both in (before, after))
        shifted = [key for key, other in zip(old, new) if key != other]
        marked = sum(1 for *_, title in now.values() if title.endswith(f" round {round_number}"))
        guids = sum(1 for key in names if key in now and names[key][0] != now[key][0])
        print(f"round {round_number}: {len(after)} entries, {len(created)} created, {len(moved)} moved, {len(shifted)} in another place, "
              f"{marked} with the new title, {guids} with another guid than at first ({wall:.0f} s, exit {run.returncode})")
        for address, count in collections.Counter(after[key][1] for key in created).most_common(20):
            path = Blogs.files[int(address.rsplit("/", 1)[1])]
            rules = collections.Counter(now[key][1] for key in created if after[key][1] == address)
            print(f"  created {count} ({dict(rules)}) in {os.path.relpath(path, options.folder)}")
        good &= not created and not moved and not shifted and "panicked" not in run.stderr
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
