#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Nestbox authors

"""Sends requests of uneven cost at a given rate, and notes when each was answered, by whom, and how late.

load.py URL OUT --phases SECONDS:RATE,... [--costs MS:SHARE,...] [--seed N]

Requests come at random moments (a Poisson process) that do not depend on the answers: a server that falls behind is
not waited for, and the time that a request waits to be sent counts. Equal seeds make equal requests.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from urllib.parse import urlsplit


def schedule(phases, costs, seed):
    """The requests to come: when, and what each costs in milliseconds."""
    draw = random.Random(seed)
    weights = [share for _, share in costs]
    start, requests = 0.0, []
    for seconds, rate in phases:
        at = start
        while (at := at + draw.expovariate(rate)) < start + seconds:
            requests.append((at, draw.choices(costs, weights)[0][0]))
        start += seconds
    return requests


class Client:
    """Connections that are kept for further requests."""

    def __init__(self, host, port):
        self.host, self.port, self.idle = host, port, []

    async def ask(self, path):
        reader, writer = self.idle.pop() if self.idle else await asyncio.open_connection(self.host, self.port)
        try:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {self.host}\r\n\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            lines = head.split("\r\n")
            fields = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
            body = await reader.readexactly(int(fields.get("content-length", 0)))
        except BaseException:
            writer.close()
            raise
        if fields.get("connection") == "close":
            writer.close()
        else:
            self.idle.append((reader, writer))
        return int(lines[0].split(" ")[1]), body.decode().strip()


async def run(options):
    url = urlsplit(options.url)
    client, results, tasks = Client(url.hostname, url.port), [], []
    start = time.monotonic()

    async def one(at, cost):
        try:
            status, replica = await asyncio.wait_for(client.ask(f"{url.path}?ms={cost:g}"), 60)
        except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError) as error:
            status, replica = 0, type(error).__name__
        end = time.monotonic() - start
        results.append({"at": at, "cost": cost, "latency": end - at, "status": status, "replica": replica})

    for at, cost in schedule(options.phases, options.costs, options.seed):
        await asyncio.sleep(max(0, at - (time.monotonic() - start)))
        tasks.append(asyncio.create_task(one(at, cost)))
    await asyncio.gather(*tasks)
    return results


def pairs(text):
    return [tuple(float(part) for part in pair.split(":")) for pair in text.split(",")]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("out")
    parser.add_argument("--phases", type=pairs, required=True)
    parser.add_argument("--costs", type=pairs, default=pairs("3:0.9,60:0.1"))
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    results = asyncio.run(run(options))
    with open(options.out, "w") as file:
        json.dump(results, file)
    bad = [result for result in results if result["status"] != 200]
    print(f"{len(results)} requests, {len(bad)} failed" + (f": {bad[0]}" if bad else ""))
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
