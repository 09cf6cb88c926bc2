#!/usr/bin/env python3
"""Poll a folder of captured feeds over HTTP, twice, and say what came of it.

usage: tests/real_feeds.py BINARY FOLDER [--keep DIR]

Every file in FOLDER is served on loopback (from eight addresses, so that several are asked at once) with an ETag and
registered in a generated feeds.toml. The first round must read what can be read and explain the rest in a sentence;
the second must fetch nothing anew and store nothing twice. Exit status 1 where that does not hold."""
import argparse
import hashlib
import http.server
import mimetypes
import os
import re
import resource
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

HOSTS = [f"127.0.0.{n}" for n in range(1, 9)]


class Blogs(http.server.BaseHTTPRequestHandler):
    """Serves files by number, answers 304 to a known ETag, and counts what it was asked."""

    protocol_version = "HTTP/1.1"
    files = []
    asked = []

    def do_GET(self):
        if not self.path.strip("/").isdigit():
            # An older page of a blog that has none.
            return self.send_error(404)
        path = self.files[int(self.path.strip("/"))]
        body = self.body(path)
        tag = '"%s"' % hashlib.sha256(body).hexdigest()[:16]
        known = self.headers.get("If-None-Match") == tag
        self.asked.append((self.path, 304 if known else 200))
        self.send_response(304 if known else 200)
        self.send_header("ETag", tag)
        if not known:
            self.send_header("Content-Type", mimetypes.guess_type(path)[0] or "application/xml")
        self.send_header("Content-Length", "0" if known else str(len(body)))
        self.end_headers()
        if not known:
            self.wfile.write(body)

    def body(self, path):
        with open(path, "rb") as file:
            return file.read()

    def log_message(self, *_):
        pass


def serve(handler=Blogs):
    """One server an address; the ports differ, so each is told with its address."""
    bases = []
    for host in HOSTS:
        server = http.server.ThreadingHTTPServer((host, 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        bases.append(f"http://{host}:{server.server_address[1]}")
    return bases


def roster(bases, count):
    text = ['[course]', 'name = "Captured feeds"', '[planet]', 'base_url = "http://127.0.0.1:8023"',
            '[poll]', 'allow_networks = ["127.0.0.0/8"]', 'gap_seconds = 0', '[[thing]]', 'number = 1', 'title = "Anything"']
    for number in range(count):
        base = bases[number % len(bases)]
        text += ['[[participant]]', f'name = "Feed {number}"', f'feed = "{base}/{number}"']
    return "\n".join(text) + "\n"


def poll(binary, folder):
    """One round: its exit code, wall seconds, CPU seconds, peak MiB so far, and what it printed."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    run = subprocess.run([binary, "poll", "--roster", f"{folder}/feeds.toml", "--db", f"{folder}/planet.db"],
                         capture_output=True, text=True, env={**os.environ, "RUST_LOG": "warn"})
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return run, wall, cpu, after.ru_maxrss / 1024


def entries(folder):
    db = sqlite3.connect(f"{folder}/planet.db")
    count, = db.execute("SELECT count(*) FROM entry").fetchone()
    twice = db.execute("SELECT count(*) FROM (SELECT 1 FROM entry GROUP BY feed_id, guid HAVING count(*) > 1)").fetchone()[0]
    integrity, = db.execute("PRAGMA integrity_check").fetchone()
    db.close()
    return count, twice, integrity


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
        file.write(roster(serve(), len(Blogs.files)))
    good = True
    counts = []
    for round_number in (1, 2):
        Blogs.asked.clear()
        run, wall, cpu, peak = poll(options.binary, folder)
        count, twice, integrity = entries(folder)
        counts.append(count)
        fresh = sum(1 for _, status in Blogs.asked if status == 200)
        print(f"round {round_number}: exit {run.returncode}, {len(Blogs.asked)} requests, {fresh} bodies, {count} entries, "
              f"{twice} twice, integrity {integrity}, {wall:.1f} s wall, {cpu:.1f} s CPU, {peak:.0f} MiB peak")
        print("  " + run.stdout.strip().splitlines()[0])
        good &= run.returncode in (0, 1) and twice == 0 and integrity == "ok" and "panicked" not in run.stderr
    causes = re.findall(r"^  (Feed \d+) <(.+?)>\n    (.+)$", run.stdout, re.M)
    for name, address, cause in causes:
        path = Blogs.files[int(urllib.parse.urlsplit(address).path.strip("/"))]
        print(f"  {os.path.relpath(path, options.folder)}: {cause}")
    failed = {address for _, address, _ in causes}
    refetched = fresh - len(failed)
    print(f"{len(Blogs.files)} feeds, {len(causes)} failed; the second round fetched {refetched} good feeds anew")
    sys.exit(0 if good and counts[0] == counts[1] and refetched == 0 else 1)


if __name__ == "__main__":
    main()
