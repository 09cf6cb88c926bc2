#!/usr/bin/env python3
"""Subscribe real feed readers to a planet, and see what they make of an edit, a retag, a restart and a new post.

usage: tests/readers.py BINARY [--validator FOLDER]

Three blogs on loopback, one of them hostile, are polled and served by BINARY. Each reader that is installed subscribes
to six of the planet's feeds and updates after each step: feedparser (which also follows every feed to its end),
reader and rss2email (`pip install feedparser reader rss2email`, and run this with that Python), newsboat. A post must
be there once in each feed, whatever happened to it. With --validator every feed and list is also held to the W3C's
feed validator, a clone of github.com/w3c/feedvalidator (`pip install lxml html5lib rdflib`). It ends with 1 where
anything is wrong."""
import argparse
import collections
import http.client
import http.server
import json
import mailbox
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from xml.sax.saxutils import escape

POSTS = 130
FEEDS = ["/feed.atom", "/things/1/feed.atom", "/participants/ann/feed.atom", "/groups/uk/feed.atom",
         "/search.atom?q=library", "/things/2/feed.atom"]
LISTS = ["/feeds.opml", "/things.opml", "/blogroll.opml"]

COURSE = """
[course]
name = "Reading & <Writing>"
unit = "Thing"
opens = 2011-06-20

[planet]
base_url = "http://127.0.0.1:{port}"
contact = "mailto:organisers@example.org"

[poll]
allow_networks = ["127.0.0.0/8"]
gap_seconds = 0

[[thing]]
number = 1
title = "Blogs & <blogging>"

[[thing]]
number = 2
title = "Networks"
{words}

[[participant]]
name = "Ann"
feed = "{blogs}/ann"
groups = ["UK"]

[[participant]]
name = "Bob & \\"Co\\""
feed = "{blogs}/bob"
groups = ["UK", "R&D"]

[[participant]]
name = "Sián 図書館"
feed = "{blogs}/cy"
"""

# What should never come out as it went in.
ATTACKS = [
    "]]>&lt;![CDATA[<script>alert(1)</script>",
    "<img src=x onerror=alert(1)><a href='javascript:alert(1)'>a</a><a href='/relative?a=1&b=2'>b</a>",
    "<div style='position:fixed;top:0'><iframe src='//evil.example/'></iframe><form action='/x'><input></form>",
    "<svg><style><img src='</style><img src=x onerror=alert(1)>'></svg><math><mtext></mtext></math>",
    "&nbsp;&bogus;&#x0;&#8;&#xfffe; \x7f \x80 \x9f A\u0301 \u202eevil\u202c \ufffd",
    "<table><tr><td>not <b>closed <i>at all</table><p><p></b>",
    "<object data='x'></object><embed src='x'><base href='//evil.example/'><meta http-equiv='refresh' content='0'>",
    "<p>library</p>" + "<div>" * 300 + "deep" + "<blockquote>" * 40,
    "<img srcset='a.png 1x, javascript:alert(1) 2x' src='data:image/png;base64,AA==' width='9'><video autoplay src='/v.mp4'>",
    "<a href='http://[::1'>bad</a><a href='HTTP://ÜBER.example/ä ö'>ö</a><a href=\"mailto:a@b.example\">m</a>",
    "<ul><li>one<li>two</ul><dl><dt>t<dd>d</dl><h1>H</h1><pre>\n\tx  y</pre><ruby>図<rt>と</rt></ruby>",
    "<p dir='rtl' lang='ar'>مكتبة</p><font color=red>red</font><center>c</center><marquee>m</marquee><blink>b</blink>",
]


def ann(edited, extra):
    """A blog with more posts than a page of a feed holds; the edit gives two of them another title, text and time."""
    entries = []
    for number in reversed(range(POSTS + extra)):
        month, day = 1 + number // 28 % 12, 1 + number % 28
        at = "2011-%02d-%02dT09:00:00Z" % (month, day) if number < POSTS else "2011-12-30T09:00:00Z"
        title, text, updated = "Thing 1, part %d" % number, "What I did in the library, part %d." % number, at
        if number == POSTS - 5:
            title = "About Pushnote and other tools"
        if edited and number in (POSTS - 1, POSTS - 9):
            title = "Thing 1, part %d, once more & <better>" % number
            updated = "2011-12-29T09:%02d:00Z" % (number % 60)
            text = "I have thought again about all of this, and the library looks quite different to me now."
        entries.append("<entry><id>tag:ann.example,2011:%d</id><title>%s</title><link href='https://ann.example/%d'/>"
                       "<published>%s</published><updated>%s</updated><content type='html'>&lt;p>%s&lt;/p></content>"
                       "</entry>" % (number, escape(title), number, at, updated, text))
    return "application/atom+xml", ("<feed xmlns='http://www.w3.org/2005/Atom'><id>tag:ann.example,2011:b</id>"
                                    "<title>Ann</title><updated>2011-12-30T09:00:00Z</updated>"
                                    "<link href='https://ann.example/'/>%s</feed>" % "".join(entries)).encode()


def bob():
    """Attacks in every place, RSS, and partly not even XML."""
    items = []
    for number, attack in enumerate(ATTACKS):
        items.append("<item><guid isPermaLink='false'>%s %d</guid><title>Thing 1: %s</title><link>%s</link>"
                     "<category>%s</category><author>%s</author><pubDate>%d Jul 2011 10:00:00 GMT</pubDate>"
                     "<description>%s</description></item>"
                     % (escape(attack)[:40], number, escape(attack),
                        ["https://bob.example/%d?a=1&amp;b=2" % number, "/relative/%d" % number,
                         "javascript:alert(1)"][number % 3],
                        escape(attack), escape(attack), number + 1, escape(attack)))
    return "application/rss+xml", ("<rss version='2.0' xml:base='https://bob.example/blog/'><channel><title>]]&gt; &lt;b&gt;"
                                   "Bob</title><link>https://bob.example/</link>%s</channel></rss>"
                                   % "".join(items)).encode("utf-8", "replace")


def cy():
    items = [{"id": "c%d\u0000" % number, "url": "https://cy.example/ä/%d" % number, "title": attack,
              "content_html": attack, "tags": [attack, "", "ok"], "authors": [{"name": attack}],
              "date_published": "2011-08-%02dT10:00:00+09:00" % (number + 1)} for number, attack in enumerate(ATTACKS)]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Sián \u0001 <b>", "items": items,
            "home_page_url": "https://cy.example/"}
    return "application/feed+json", json.dumps(feed).encode()


class Blogs(http.server.BaseHTTPRequestHandler):
    documents = {}

    def do_GET(self):
        found = self.documents.get(self.path)
        if not found:
            return self.send_error(404)
        self.send_response(200)
        self.send_header("Content-Type", found[0])
        self.send_header("Content-Length", str(len(found[1])))
        self.end_headers()
        self.wfile.write(found[1])

    def log_message(self, *_):
        pass


class Planet:
    def __init__(self, binary, folder):
        self.binary, self.folder, self.process = os.path.abspath(binary), folder, None
        self.blogs = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Blogs)
        threading.Thread(target=self.blogs.serve_forever, daemon=True).start()
        with http.server.HTTPServer(("127.0.0.1", 0), Blogs) as free:
            self.port = free.server_port
        self.base = "http://127.0.0.1:%d" % self.port

    def rules(self, words=""):
        with open(os.path.join(self.folder, "feeds.toml"), "w") as file:
            file.write(COURSE.format(port=self.port, words=words,
                                     blogs="http://127.0.0.1:%d" % self.blogs.server_port))

    def run(self, *command):
        done = subprocess.run([self.binary, *command], cwd=self.folder, capture_output=True, text=True)
        if done.returncode:
            sys.exit("%s: %s" % (command, done.stderr + done.stdout))

    def start(self):
        self.log = open(os.path.join(self.folder, "log"), "a")
        self.process = subprocess.Popen([self.binary, "serve", "--listen", "127.0.0.1:%d" % self.port],
                                        cwd=self.folder, stdout=self.log, stderr=self.log)
        for _ in range(300):
            try:
                with urllib.request.urlopen(self.base + "/readyz", timeout=2):
                    return
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
        sys.exit("the planet does not start; see %s/log" % self.folder)

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(20)
            self.process = None


class Feedparser:
    """Reads each feed to its end, by the links to the next page."""
    name = "feedparser"

    def __init__(self, _):
        import feedparser
        self.parse, self.faults = feedparser.parse, []

    def subscribe(self, urls):
        self.urls = urls

    def update(self):
        seen = collections.Counter()
        for url in self.urls:
            at = url
            while at:
                feed = self.parse(at)
                if feed.bozo:
                    self.faults.append("%s: %s" % (at, feed.bozo_exception))
                seen.update((url, entry.id) for entry in feed.entries)
                at = next((link.href for link in feed.feed.links if link.rel == "next"), None)
        return seen


class Reader:
    name = "reader"

    def __init__(self, folder):
        import reader
        self.reader, self.faults = reader.make_reader(os.path.join(folder, "reader.db")), []

    def subscribe(self, urls):
        for url in urls:
            self.reader.add_feed(url)

    def update(self):
        # Our feeds may be kept for five minutes, and this reader honours that unless told otherwise.
        self.reader.update_feeds(scheduled=False)
        self.faults += [str(feed.last_exception) for feed in self.reader.get_feeds() if feed.last_exception]
        return collections.Counter((entry.feed_url, entry.id) for entry in self.reader.get_entries())


class Rss2email:
    """Each post is a mail, so what came twice is there twice."""
    name = "rss2email"

    def __init__(self, folder):
        beside = os.path.join(os.path.dirname(sys.executable), "r2e")
        self.program = beside if os.path.exists(beside) else shutil.which("r2e")
        if not self.program:
            raise ImportError("no r2e")
        self.folder, self.faults = os.path.join(folder, "r2e"), []
        os.mkdir(self.folder)
        self.box = os.path.join(self.folder, "mail")
        os.mkdir(self.box)

    def r2e(self, *command):
        files = ["-c", os.path.join(self.folder, "cfg"), "-d", os.path.join(self.folder, "data.json")]
        done = subprocess.run([self.program, *files, *command], capture_output=True, text=True,
                              env={**os.environ, "HOME": self.folder})
        if done.returncode or "rror" in done.stderr:
            self.faults.append((done.stderr or done.stdout).strip()[-400:])

    def subscribe(self, urls):
        self.r2e("new", "me@example.org")
        path = os.path.join(self.folder, "cfg")
        with open(path) as file:
            text = file.read()
        text = text.replace("email-protocol = sendmail", "email-protocol = maildir")
        text = "\n".join(line for line in text.splitlines() if not line.startswith("maildir-"))
        text = text.replace("[DEFAULT]", "[DEFAULT]\nmaildir-path = %s\nmaildir-mailbox = posts" % self.box)
        with open(path, "w") as file:
            file.write(text)
        for number, url in enumerate(urls):
            self.r2e("add", "feed%d" % number, url)

    def update(self):
        self.r2e("run")
        mails = mailbox.Maildir(os.path.join(self.box, "posts"))
        return collections.Counter((mail["X-RSS-Feed"], mail["X-RSS-ID"]) for mail in mails)


class Newsboat:
    """Keeps a post once, however many feeds it comes in."""
    name, alike = "newsboat", True

    def __init__(self, folder):
        if not shutil.which("newsboat"):
            raise ImportError("no newsboat")
        self.folder, self.faults = os.path.join(folder, "newsboat"), []
        os.mkdir(self.folder)

    def subscribe(self, urls):
        for name, text in [("urls", "\n".join('"%s"' % url for url in urls) + "\n"), ("config", "")]:
            with open(os.path.join(self.folder, name), "w") as file:
                file.write(text)

    def update(self):
        at = lambda name: os.path.join(self.folder, name)
        done = subprocess.run(["newsboat", "-u", at("urls"), "-c", at("cache.db"), "-C", at("config"), "-x", "reload"],
                              capture_output=True, text=True, env={**os.environ, "HOME": self.folder})
        if done.returncode or done.stderr.strip():
            self.faults.append((done.stderr or done.stdout).strip()[-400:])
        with sqlite3.connect(at("cache.db")) as cache:
            rows = cache.execute("SELECT guid FROM rss_item WHERE deleted = 0").fetchall()
        return collections.Counter(("any", guid) for guid, in rows)


def readers(folder):
    for kind in [Feedparser, Reader, Rss2email, Newsboat]:
        try:
            yield kind(folder)
        except ImportError as error:
            print("%-11s is not installed (%s); left out" % (kind.name, error))


def validate(folder, planet):
    """Every feed with all its pages, and every list, held to the validator; how many were, and what it says."""
    sys.path.insert(0, os.path.join(folder, "src"))
    import urllib.error
    import urllib.parse
    import feedvalidator
    from feedvalidator import compatibility
    from feedvalidator.formatter.text_plain import Formatter
    import feedparser
    left = [planet.base + path for path in FEEDS + LISTS
            + ["/participants/bob-co/feed.atom", "/groups/r-d/feed.atom",
               "/participants/si%C3%A1n-%E5%9B%B3%E6%9B%B8%E9%A4%A8/feed.atom", "/search.atom?q=%3Cscript%3E&thing=1",
               "/search.atom?q="]]
    faults, count = [], 0
    while left:
        url = left.pop()
        count += 1
        try:
            events = feedvalidator.validateURL(url, firstOccurrenceOnly=1)["loggedEvents"]
        except feedvalidator.logging.ValidationFailure as failure:
            events = [failure.event]
        events = compatibility.AA(events)
        faults += ["%s: %s %s" % (url, said, event.params.get("value", "")) for said, event in zip(Formatter(events), events)]
        if ".atom" in url:
            links = feedparser.parse(url).feed.get("links", [])
            left += [link.href for link in links if link.rel == "next"]
    return count, faults


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--validator", metavar="FOLDER")
    arguments = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        planet = Planet(arguments.binary, folder)
        planet.rules()
        Blogs.documents = {"/ann": ann(False, 0), "/bob": bob(), "/cy": cy()}
        planet.run("poll")
        planet.start()
        try:
            wrong = watch(planet, folder)
            if arguments.validator:
                count, faults = validate(arguments.validator, planet)
                print("validator   %d documents, %d complaints" % (count, len(faults)))
                print("\n".join("  " + fault for fault in faults), end="\n" if faults else "")
                wrong += len(faults)
        finally:
            planet.stop()
    sys.exit(1 if wrong else 0)


def step(planet, name):
    """One thing that happens to the planet; it is started again after each."""
    # HTTP dates have whole seconds: who only says If-Modified-Since cannot know of two changes within one.
    time.sleep(1.1)
    planet.stop()
    if name == "edit":
        Blogs.documents["/ann"] = ann(True, 0)
        planet.run("poll")
    elif name == "retag":
        planet.rules('words = ["Pushnote"]')
        planet.run("retag")
    elif name == "new post":
        Blogs.documents["/ann"] = ann(True, 1)
        planet.run("poll")
    planet.start()


def watch(planet, folder):
    wrong, known = 0, {}
    installed = list(readers(folder))
    urls = [planet.base + path for path in FEEDS]
    for reader in installed:
        reader.subscribe(urls)
    # By the retag one post comes into the feed of Thing 2; a new post comes into all but that.
    for name, more, alike in [("subscribe", None, None), ("again", 0, 0), ("restart", 0, 0), ("edit", 0, 0),
                              ("retag", 1, 0), ("new post", 5, 1)]:
        if name not in ("subscribe", "again"):
            step(planet, name)
        for reader in installed:
            seen = reader.update()
            twice = sum(count - 1 for count in seen.values())
            before = known.get(reader.name, set())
            news = len(set(seen) - before)
            expected = alike if getattr(reader, "alike", False) else more
            fine = not twice and not reader.faults and expected in (None, news) and seen
            wrong += not fine
            print("%-11s %-10s %4d posts in %d feeds, %3d new, %d twice%s"
                  % (reader.name, name, len(seen), len({url for url, _ in seen}), news, twice, "" if fine else "  WRONG"))
            print("\n".join("  " + fault for fault in reader.faults), end="\n" if reader.faults else "")
            reader.faults.clear()
            known[reader.name] = before | set(seen)
    return wrong


if __name__ == "__main__":
    main()
