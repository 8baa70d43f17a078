# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Nestbox authors
"""The load generators that others wrote, and what they print as figures: seconds, requests a second, milliseconds."""
import os
import re
import select
import socket
import subprocess
import sys
import tempfile
import time


def wrk(port, seconds, scheme="http", close=False):
    command = ["wrk", "-t1", "-c64", f"-d{seconds}s", "--latency", f"{scheme}://127.0.0.1:{port}/1k"]
    if close:
        command += ["-H", "Connection: close"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    failed = sum(map(int, errors.groups())) if errors and not close else 0
    failed += int((re.search(r"Non-2xx or 3xx responses: (\d+)", text) or [0, 0])[1])
    return {
        "count": int(re.search(r"(\d+) requests in", text).group(1)),
        "rate": float(re.search(r"Requests/sec: +([\d.]+)", text).group(1)),
        "p50": milliseconds(re.search(r"50% +(\S+)", text).group(1)),
        "p99": milliseconds(re.search(r"99% +(\S+)", text).group(1)),
        "failed": failed,
    }


def milliseconds(text):
    number, unit = re.match(r"([\d.]+)(\D+)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def h2load(port, seconds, scheme):
    log = tempfile.NamedTemporaryFile(delete=False).name
    command = ["h2load", "-t1", "-c16", "-m4", f"-D{seconds}", f"--log-file={log}", f"{scheme}://127.0.0.1:{port}/1k"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    done = re.search(r"requests: (\d+) total, \d+ started, (\d+) done, (\d+) succeeded, (\d+) failed", text)
    with open(log) as file:
        times = sorted(int(line.split()[2]) / 1000 for line in file if line.count("\t") == 2)
    os.unlink(log)
    return {
        "count": int(done.group(3)),
        "rate": float(re.search(r"finished in [^,]+, ([\d.]+) req/s", text).group(1)),
        "p50": times[len(times) // 2] if times else 0,
        "p99": times[len(times) * 99 // 100] if times else 0,
        "failed": int(done.group(4)),
    }


def datagrams(port, seconds, clients=64):
    """Asks by datagrams, each client one question at a time; one that is not answered for a second counts as failed."""
    poller = select.epoll()
    sockets, asked, times, failed = {}, {}, [], 0
    for _ in range(clients):
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        client.connect(("127.0.0.1", port))
        sockets[client.fileno()] = client
        poller.register(client, select.EPOLLIN)
    question = b"q" * 64
    start = time.perf_counter()
    for number, client in sockets.items():
        asked[number] = time.perf_counter()
        client.send(question)
    while (now := time.perf_counter()) < start + seconds:
        ready = poller.poll(0.1)
        for number, _ in ready:
            client = sockets[number]
            try:
                client.recv(2048)
            except OSError:
                failed += 1
            else:
                times.append(time.perf_counter() - asked[number])
            asked[number] = time.perf_counter()
            client.send(question)
        if not ready:
            for number in [number for number, since in asked.items() if now - since > 1]:
                failed += 1
                asked[number] = now
                sockets[number].send(question)
    for client in sockets.values():
        client.close()
    times.sort()
    if not times:
        sys.exit(f"no datagram was answered on port {port}")
    return {
        "count": len(times),
        "rate": len(times) / seconds,
        "p50": times[len(times) // 2] * 1e3,
        "p99": times[len(times) * 99 // 100] * 1e3,
        "failed": failed,
    }
