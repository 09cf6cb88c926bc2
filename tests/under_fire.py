#!/usr/bin/env python3
"""Ask a planet for pages while it reads hostile blogs, and say how long the answers took.

usage: tests/under_fire.py BINARY [--blogs N] [--at-once N] [--quiet SECONDS]

N blogs on loopback, each on an address of its own, answer with a bomb: a document that is made to take time and room.
`thingplanet serve` polls them all at once, as it does when it starts, while one reader asks for the first page, a page
of a Thing, the blogs' health and a feed, over and over. The same is then asked in peace for some seconds. It prints
both; it is a measurement, not a test."""
import argparse
import http.client
import http.server
import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time

PAGES = ["/", "/things/6", "/status", "/feed.atom"]


def rss(markup):
    escaped = markup.replace("&", "&amp;").replace("<", "&lt;")
    return ('<rss version="2.0"><channel><title>A blog</title><item><title>Thing 6</title><description>%s'
            '</description></item></channel></rss>' % escaped).encode()


def bombs():
    many = lambda count, text: "".join(text % n for n in range(count))
    laughs = "".join('<!ENTITY l%d "%s">' % (n, "&l%d;" % (n - 1) * 10) for n in range(1, 10))
    return [
        rss("<div>" * 100_000),
        rss("<i></p>" * 142_000),
        rss("<a " + many(400_000, " b%d") + ">"),
        rss("<!-- <a x=\" -->" + many(400_000, " b%d")),
        rss(many(60_000, "<p><b id=%d></p>")),
        rss("<table>" + many(20_000, "x<b id=%d>")),
        rss("<a href=\"" + "x " * 4_900_000),
        rss("&amp;" * 200_000),
        rss("lorem ipsum " * 800_000),
        ('<!DOCTYPE x [<!ENTITY l0 "x">%s]>' % laughs).encode() + rss("&l9;"),
        b"<x>" * 200_000 + rss("x"),
        b'<rss version="2.0"><channel>' + b"<item><title>x</title></item>" * 50_000 + b"</channel></rss>",
    ]


class Blogs(http.server.BaseHTTPRequestHandler):
    """Answers every address with one of the bombs."""

    bombs = []
    asked = None

    def do_GET(self):
        if not self.path.strip("/").isdigit():
            # An older page of a blog that has none.
            return self.send_error(404)
        number = int(self.path.strip("/"))
        self.asked[number] = 1
        body = self.bombs[number % len(self.bombs)]
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def serve_blogs(count, asked, ports):
    """The blogs live in a process of their own, which gives way, so that they are not what a page waits for."""
    os.nice(19)
    Blogs.bombs, Blogs.asked = bombs(), asked
    servers = [http.server.ThreadingHTTPServer((host_of(number), 0), Blogs) for number in range(count)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    ports.send([server.server_address[1] for server in servers])
    threading.Event().wait()


def host_of(number):
    return f"127.0.{number // 250}.{number % 250 + 1}"


def roster(ports, at_once):
    text = ['[course]', 'name = "Under fire"', '[planet]', 'base_url = "http://127.0.0.1:8023"',
            '[poll]', 'allow_networks = ["127.0.0.0/8"]', 'gap_seconds = 0', f'at_once_max = {at_once}', '[[thing]]', 'number = 6', 'title = "Anything"']
    for number, port in enumerate(ports):
        text += ['[[participant]]', f'name = "Blog {number}"', f'feed = "http://{host_of(number)}:{port}/{number}"']
    return "\n".join(text) + "\n"


def ask(connection, path):
    """Milliseconds until the whole answer is there."""
    start = time.monotonic()
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        sys.exit(f"{path}: {answer.status}")
    return (time.monotonic() - start) * 1000


def ask_until(address, finished):
    connection = http.client.HTTPConnection(*address, timeout=60)
    took = []
    while not finished():
        for path in PAGES:
            took.append(ask(connection, path))
            time.sleep(0.005)
    return took


def tell(name, took):
    cut = statistics.quantiles(took, n=100)
    print(f"{name}: {len(took)} pages, p50 {cut[49]:.1f} ms, p95 {cut[94]:.1f} ms, p99 {cut[98]:.1f} ms, max {max(took):.1f} ms")


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("binary")
    parser.add_argument("--blogs", type=int, default=96)
    parser.add_argument("--at-once", type=int, default=8)
    parser.add_argument("--quiet", type=float, default=10)
    options = parser.parse_args()
    asked = multiprocessing.Array("b", options.blogs)
    ours, theirs = multiprocessing.Pipe()
    multiprocessing.Process(target=serve_blogs, args=(options.blogs, asked, theirs), daemon=True).start()
    folder = tempfile.mkdtemp()
    with open(f"{folder}/feeds.toml", "w") as file:
        file.write(roster(ours.recv(), options.at_once))
    with open(f"{folder}/log", "wb") as log:
        serve = subprocess.Popen([options.binary, "serve", "--listen", "127.0.0.1:0"], cwd=folder, stdout=subprocess.PIPE,
                                 stderr=log, env={**os.environ, "RUST_LOG": "warn"}, text=True)
    host, port = next(line for line in serve.stdout if "The planet is at" in line).split("http://")[1].split("/")[0].split(":")
    address = (host, int(port))
    usage = lambda: sum(float(ticks) for ticks in open(f"/proc/{serve.pid}/stat").read().rsplit(") ", 1)[1].split()[11:13])
    try:
        start = time.monotonic()
        last_asked = []

        def finished():
            """Every blog was asked, and the last ones have had time to be read."""
            if sum(asked) == options.blogs and not last_asked:
                last_asked.append(time.monotonic())
            return bool(last_asked) and time.monotonic() - last_asked[0] > options.at_once

        tell("while hostile blogs are read", ask_until(address, finished))
        print(f"  {sum(asked)} blogs in {time.monotonic() - start:.1f} s, {usage() / os.sysconf('SC_CLK_TCK'):.1f} s of CPU")
        end = time.monotonic() + options.quiet
        tell("in peace", ask_until(address, lambda: time.monotonic() > end))
        peak = next(line for line in open(f"/proc/{serve.pid}/status") if line.startswith("VmHWM")).split()[1]
        print(f"peak memory {int(peak) // 1024} MiB")
    finally:
        serve.terminate()
        serve.wait()
    panics = open(f"{folder}/log").read().count("panicked")
    print(f"{panics} panics; children used {resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime:.1f} s")


if __name__ == "__main__":
    main()
