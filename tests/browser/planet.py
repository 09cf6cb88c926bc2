#!/usr/bin/env python3
"""Fill a folder with a course in its sixth week, as many people as asked for, and read their blogs.

usage: tests/browser/planet.py BINARY FOLDER [--people N] [--picture ADDRESS]

The blogs are made up here, the same every time but for their dates, which follow today's so that some Things are open
and some are not. They hold what pages have to bear: long words, hostile titles, other scripts, pictures, tables, posts on
several Things, posts on none, a silent blog, a broken one. FOLDER then has feeds.toml and planet.db, for `serve`."""
import argparse
import datetime
import html
import http.server
import pathlib
import subprocess
import sys
import threading

THINGS = ["Blogs", "Feeds", "Your online brand", "Current awareness", "Reflective practice", "Online networks",
          "Face-to-face networks", "Calendars", "Evernote", "Library routes", "Mentoring", "Social media and CPD",
          "Sharing documents", "Citations", "Events", "Advocacy", "Presentations", "Podcasts", "Reviewing", "Roots and routes",
          "Promoting yourself", "Volunteering", "Reflection"]
TOPICS = {6: ["LinkedIn", "Facebook", "LISNPN", "Google+"], 13: ["Dropbox", "Google Docs", "wikis"]}
NAMES = ["Anna Smith", "Siân O'Brien", "Bücherwurm & Co", "図書館の人", "أمينة المكتبة", "Zoë <b>Bold</b>", "Jean-François",
         "Averyveryverylongnamewithoutanyspaceinit", "M. Müller", "Ng Wei", "Olga Иванова", "The Librarian’s Cat"]
TITLES = ["Thing {n}: {t}", "{t} (Thing {n})", "cpd23 thing {n} – {t}", "Things {n} and {m}", "{t} at last", "#cpd23 – Thing {n}!",
          "Thing {n} <script>alert(1)</script>", "שלום Thing {n}", "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen Thing {n}"]


def text_of(person, number, things):
    words = " ".join(["libraries", "people", "reading", "practice", "networks", "time"][(person + k) % 6] for k in range(90))
    topic = TOPICS.get(number, [""])[person % len(TOPICS.get(number, [""]))]
    return (f"<p>What I did for {html.escape(THINGS[(number - 1) % len(THINGS)])}. {topic} {words}.</p><h1>How it went</h1><p>{words}</p>"
            f'<p><img src="{html.escape(Blogs.picture)}?{person}" alt="a picture"> <a href="https://example.org/{person}">a link</a></p>'
            "<table><tr><th>One<th>Two<tr><td>3<td>" + "wide" * 40 + "</table><pre>" + "x" * 300 + "</pre><ul><li>one<li>two</ul>")


def posts_of(person, today):
    """(title, days ago, text) of each post, newest first."""
    if person % 17 == 5:
        return []
    posts = []
    for number in range(1, 10):
        if (person * 7 + number * 3) % 5 < 2 and person % 12 != 0:
            continue
        days_ago = max(0, 42 - 5 * number + (person % 4) * 3)
        title = TITLES[(person + number) % len(TITLES)].format(n=number, m=number + 1, t=THINGS[number - 1])
        posts.append((title, days_ago, text_of(person, number, THINGS)))
    posts.append(("My cat, and nothing else", 12 + person % 9, "<p>Only a cat.</p>"))
    return sorted(posts, key=lambda post: post[1])


def feed_of(person, base, now):
    items = []
    for place, (title, days_ago, text) in enumerate(posts_of(person, now)):
        at = now - datetime.timedelta(days=days_ago, minutes=person % 700)
        comments = f"<slash:comments>{place % 3}</slash:comments>" if person % 2 else ""
        items.append(f"<item><title>{html.escape(title)}</title><link>{base}/{person}/{place}</link><guid>{base}/{person}/{title and place}</guid>"
                     f"<pubDate>{at.strftime('%a, %d %b %Y %H:%M:%S +0000')}</pubDate>{comments}"
                     f"<description>{html.escape(text)}</description></item>")
    return ('<rss version="2.0" xmlns:slash="http://purl.org/rss/1.0/modules/slash/"><channel>'
            f"<title>Blog {person}</title><link>{base}/{person}/</link>{''.join(items)}</channel></rss>").encode()


class Blogs(http.server.BaseHTTPRequestHandler):
    now = None
    picture = None

    def do_GET(self):
        person = self.path.strip("/").removesuffix(".xml")
        if not person.isdigit() or int(person) % 19 == 7:
            return self.send_error(404)
        body = feed_of(int(person), f"http://{self.headers['Host']}", self.now)
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128


def name_of(person):
    name = NAMES[person % len(NAMES)]
    return name if person < len(NAMES) else f"{name} {person // len(NAMES)}"


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def roster(people, base, today):
    opens = today - datetime.timedelta(days=42)
    text = ["[course]", 'name = "23 Things for Professional Development"', 'names = ["cpd23", "23 Things"]', 'home = "https://course.example.org/"',
            'timezone = "Europe/London"', f"opens = {opens}", "[planet]", 'base_url = "http://127.0.0.1:8023"', 'contact = "mailto:organisers@course.example"',
            "[poll]", 'allow_networks = ["127.0.0.0/8"]', "gap_seconds = 0", "at_once_per_platform_max = 8"]
    for number, title in enumerate(THINGS, 1):
        day = opens + datetime.timedelta(days=3 * (number - 1) + (number > 12) * 14)
        text += ["[[thing]]", f"number = {number}", f"title = {quoted(title)}", f"week = {(number + 1) // 2}", f"opens = {day}",
                 f'brief = "https://course.example.org/thing-{number}"']
        if number in TOPICS:
            text.append("topics = [" + ", ".join(map(quoted, TOPICS[number])) + "]")
    for person in range(people):
        text += ["[[participant]]", f"name = {quoted(name_of(person))}", f'blog = "{base}/{person}/"', f'feed = "{base}/{person}.xml"',
                 'groups = ["%s"]' % ["UK", "Health", "Schools"][person % 3]]
    return "\n".join(text) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--people", type=int, default=12)
    parser.add_argument("--picture", default="/picture.png", help="the address of the picture in every post")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    Blogs.picture = options.picture
    Blogs.now = datetime.datetime.now(datetime.timezone.utc)
    server = Server(("127.0.0.1", 0), Blogs)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_address[1]}"
    (options.folder / "feeds.toml").write_text(roster(options.people, base, Blogs.now.date()))
    polled = subprocess.run([options.binary.resolve(), "poll"], cwd=options.folder, capture_output=True, text=True)
    if polled.returncode == 2:
        sys.exit(polled.stderr)
    print(polled.stdout.splitlines()[0] if polled.stdout else "nothing was polled")


if __name__ == "__main__":
    main()
