# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Nestbox authors
"""The load generators that others wrote, and what they print as figures: seconds, requests a second, milliseconds."""
import os
import re
import subprocess
import tempfile


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
