#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Nestbox authors

"""Shows what load.py has measured, as text and as SVG.

report.py latencies NAME=FILE...                  a table and bars of how long requests took
report.py growth FILE                             requests per second of each replica over time
report.py svg OUT GROWTH-FILE NAME=FILE...        both as one picture
"""

import json
import sys

QUANTILES = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 1.0)]
COLOURS = ["#4878a8", "#d1603d", "#5b9a5b", "#8d6aa8", "#b8a04a"]
BIN = 0.5


def read(path):
    with open(path) as file:
        return json.load(file)


def named(arguments):
    return [(name, read(path)) for name, path in (argument.split("=", 1) for argument in arguments)]


def quantile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))]


def figures(results):
    """Milliseconds for each quantile, of the cheap requests and of all."""
    cheapest = min(result["cost"] for result in results)
    cheap = [result["latency"] * 1000 for result in results if result["cost"] == cheapest]
    every = [result["latency"] * 1000 for result in results]
    return cheapest, [[quantile(values, share) for _, share in QUANTILES] for values in (cheap, every)]


def answered(result):
    return result["at"] + result["latency"]


def series(results):
    """For each replica, in order of appearance, how many requests it answered in each bin of time."""
    bins = int(max(answered(result) for result in results) / BIN) + 1
    counts = {}
    for result in sorted(results, key=answered):
        place = int(answered(result) / BIN)
        counts.setdefault(result["replica"], [0] * bins)[place] += 1
    return counts


def latencies(runs):
    print(f"  {'':14} {'requests':>9}  " + " ".join(f"{name:>8}" for name, _ in QUANTILES) + "   milliseconds")
    rows = []
    for name, results in runs:
        cost, (cheap, every) = figures(results)
        rows.append((name, f"of {cost:g} ms", sum(result["cost"] == cost for result in results), cheap))
        rows.append(("", "of all costs", len(results), every))
    for name, which, count, values in rows:
        if name:
            print(f"  {name}")
        print(f"    {which:12} {count:>9}  " + " ".join(f"{value:>8.1f}" for value in values))
    print()
    most = max(values[2] for _, _, _, values in rows)
    for name, which, _, values in rows:
        label = f"{name or '':14} {which:12}"
        print(f"  {label} p99 {'█' * max(1, round(36 * values[2] / most))} {values[2]:.0f} ms")


def growth(results):
    counts = series(results)
    most = max(max(row) for row in counts.values())
    steps = " ▁▂▃▄▅▆▇█"
    for replica, row in counts.items():
        line = "".join(steps[0 if value == 0 else max(1, round(8 * value / most))] for value in row)
        print(f"  {replica[:12]:12} {line} {sum(row)} requests")
    bins = len(next(iter(counts.values())))
    print(f"  {'':12} 0 s{' ' * max(1, bins - 3 - len(f'{bins * BIN:.0f} s'))}{bins * BIN:.0f} s"
          f"   (a column is {BIN} s, full height {most / BIN:.0f} requests/s)")
    for name in (late := latecomers(counts)):
        first = min(answered(result) for result in results if result["replica"] == name)
        last = max(answered(result) for result in results) - 0.5
        print(f"  {name[:12]} came after {first:.1f} s. Its share against the mean of the older ones: "
              f"{share(results, late, name, first, first + 2):.2f} in its first 2 s, "
              f"{share(results, late, name, last - 6, last):.2f} in the last 6 s")
    if not late:
        print("  no replica was added: this machine was too busy with other things for the load to be seen")


def latecomers(counts):
    """The replicas that answered nothing in the first 3 s."""
    return [name for name, row in counts.items() if not any(row[: int(3 / BIN)])]


def share(results, late, name, begin, end):
    """How many requests a replica answered from one moment to another, over the mean of those that were there before."""
    span = [result["replica"] for result in results if begin <= answered(result) < end]
    older = {result["replica"] for result in results} - set(late)
    mean = sum(replica in older for replica in span) / max(1, len(older))
    return span.count(name) / mean if mean else 0


def text(x, y, content, size=12, anchor="start", fill="#333"):
    return f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}" fill="{fill}">{content}</text>'


def svg(out, grown, runs):
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" width="860" height="620" viewBox="0 0 860 620"'
        ' font-family="sans-serif">',
        '<rect width="860" height="620" fill="white"/>',
        text(20, 28, "Uneven requests over three replicas, one of which is busy: how long the cheap ones took", 16),
    ]
    rows = [(name, figures(results)[1][0]) for name, results in runs]
    most = max(max(values[:3]) for _, values in rows)
    for group, (label, _) in enumerate(QUANTILES[:3]):
        for index, (name, values) in enumerate(rows):
            x, height = 90 + group * 240 + index * 70, 140 * values[group] / most
            parts.append(
                f'<rect x="{x}" y="{230 - height:.1f}" width="60" height="{height:.1f}" fill="{COLOURS[index]}"/>'
            )
            parts.append(text(x + 30, 224 - height, f"{values[group]:.0f} ms", 11, "middle"))
        parts.append(text(155 + group * 240, 250, label, 12, "middle"))
    for index, (name, _) in enumerate(rows):
        parts.append(f'<rect x="{90 + index * 150}" y="44" width="12" height="12" fill="{COLOURS[index]}"/>')
        parts.append(text(107 + index * 150, 55, name))
    parts.append(text(20, 300, "Near capacity a replica is added: requests per second of each", 16))
    counts = series(grown)
    bins = len(next(iter(counts.values())))
    top = max(max(row) for row in counts.values()) / BIN
    for index, (replica, row) in enumerate(counts.items()):
        colour = COLOURS[index % len(COLOURS)]
        points = " ".join(
            f"{60 + 780 * (place + 0.5) / bins:.1f},{570 - 230 * value / BIN / top:.1f}"
            for place, value in enumerate(row)
            if any(row[: place + 1])
        )
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(text(70 + index * 140, 330, replica[:12], 12, "start", colour))
    parts.append('<path d="M60 340V570H840" fill="none" stroke="#999"/>')
    parts.append(text(54, 346, f"{top:.0f}", 11, "end"))
    parts.append(text(54, 574, "0", 11, "end"))
    parts.append(text(60, 588, "0 s", 11, "middle"))
    parts.append(text(840, 588, f"{bins * BIN:.0f} s", 11, "middle"))
    parts.append("</svg>")
    with open(out, "w") as file:
        file.write("\n".join(parts) + "\n")


def main():
    verb, *rest = sys.argv[1:]
    if verb == "latencies":
        latencies(named(rest))
    elif verb == "growth":
        growth(read(rest[0]))
    else:
        svg(rest[0], read(rest[1]), named(rest[2:]))


if __name__ == "__main__":
    main()
