#!/usr/bin/env python3
"""Hold a planet with slow clients, and see that others are still answered and that it can still be stopped.

usage: tests/slowloris.py BINARY [--each N] [--within SECONDS]

N clients of each of four kinds come to `thingplanet serve` on loopback: some send nothing, some half a head, some half a
body, some ask for pages and never read them. Meanwhile a normal page is asked for four times a second. It says how long that took,
when each kind was let go, and how long SIGTERM took with as many slow clients inside. It ends with 1 where a page took
100 ms or more, a slow client was still there after --within seconds, or stopping took 12 s."""
import argparse
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROSTER = """[course]
name = "Slow"
[planet]
base_url = "http://127.0.0.1:8023"
[[thing]]
number = 1
title = "Anything"
"""
PAGE_MS_MAX = 100
STOP_S_MAX = 12


def kinds():
    ask = b"GET /about HTTP/1.1\r\nHost: x\r\n"
    return {
        "no bytes": b"",
        "half a head": ask + b"X-Slow: ",
        "half a body": b"POST /websub/x HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\nhalf",
        # So many that their answers fill every buffer on the way.
        "never reads": (ask + b"\r\n") * 2_000,
    }


class Client:
    def __init__(self, address, kind, sends):
        self.kind = kind
        self.socket = socket.socket()
        if kind == "never reads":
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        self.socket.settimeout(10)
        self.socket.connect(address)
        self.socket.setblocking(False)
        self.begun = time.monotonic()
        self.gone = None
        self.left = sends
        self.push()

    def push(self):
        """Sends what can be sent; nobody waits for the rest."""
        try:
            while self.left:
                self.left = self.left[self.socket.send(self.left):]
        except BlockingIOError:
            pass
        except OSError:
            self.ended()

    def ended(self):
        if self.gone is None:
            self.gone = time.monotonic() - self.begun

    def look(self):
        """Has the other side let go? Who never reads sees it by sending, the others by reading."""
        if self.gone is not None:
            return
        try:
            if self.kind == "never reads":
                if self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                    return self.ended()
                # A peek that takes nothing out of the buffer; the end stands behind what was never read.
                state = self.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
                if state not in (1, 4):  # neither ESTABLISHED nor FIN_WAIT1
                    self.ended()
                return
            while True:
                if not self.socket.recv(65_536):
                    return self.ended()
        except BlockingIOError:
            pass
        except OSError:
            self.ended()


def ask(address):
    """Milliseconds until a normal page is there, on a connection of its own."""
    begun = time.monotonic()
    with socket.create_connection(address, timeout=10) as asking:
        asking.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = b""
        while piece := asking.recv(65_536):
            answer += piece
    if not answer.startswith(b"HTTP/1.1 200 ") or not answer.endswith(b"</html>"):
        sys.exit(f"no whole page came: {answer[:60]!r}")
    return (time.monotonic() - begun) * 1_000


def crowd(address, each):
    return [Client(address, kind, sends) for _ in range(each) for kind, sends in kinds().items()]


def hold(address, each, within):
    """Comes with all of them and waits until they are gone; says what a normal reader met."""
    came = time.monotonic()
    clients, took = crowd(address, each), []
    print(f"{len(clients)} slow clients are there after {time.monotonic() - came:.1f} s")
    while time.monotonic() - came < within and any(client.gone is None for client in clients):
        took.append(ask(address))
        for client in clients:
            client.look()
        time.sleep(0.25)
    fine = True
    for kind in kinds():
        gone = [client.gone for client in clients if client.kind == kind and client.gone is not None]
        there = each - len(gone)
        fine = fine and there == 0
        span = f"let go after {min(gone):.1f} to {max(gone):.1f} s" if gone else "none was let go"
        print(f"  {kind}: {span}; {there} still there")
    print(f"  a normal page meanwhile: {len(took)} times, {sorted(took)[len(took) // 2]:.1f} ms in the middle, {max(took):.1f} ms at most")
    for client in clients:
        client.socket.close()
    return fine and max(took) < PAGE_MS_MAX


def stop(server, address, each):
    clients = crowd(address, each)
    begun = time.monotonic()
    server.send_signal(signal.SIGTERM)
    code = server.wait(timeout=60)
    took = time.monotonic() - begun
    print(f"SIGTERM with {len(clients)} slow clients: exit {code} after {took:.1f} s")
    return code == 0 and took < STOP_S_MAX


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("binary")
    parser.add_argument("--each", type=int, default=150)
    parser.add_argument("--within", type=float, default=45)
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8_192, hard), hard))
    binary = os.path.abspath(options.binary)
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/feeds.toml", "w") as file:
            file.write(ROSTER)
        few = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (1_024, hard))
        server = subprocess.Popen([binary, "serve", "--listen", "127.0.0.1:0"], cwd=folder, stdout=subprocess.PIPE, text=True,
                                  stderr=subprocess.DEVNULL, env={**os.environ, "RUST_LOG": "error"}, preexec_fn=few)
        try:
            line = next(line for line in server.stdout if "The planet is at" in line)
            host, port = line.split("http://")[1].split("/")[0].split(":")
            address = (host, int(port))
            ask(address)
            held = hold(address, options.each, options.within)
            stopped = stop(server, address, options.each)
        finally:
            if server.poll() is None:
                server.kill()
                server.wait()
    sys.exit(0 if held and stopped else 1)


if __name__ == "__main__":
    main()
