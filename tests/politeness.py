#!/usr/bin/env python3
"""Counts what docs/politeness.md keeps, and holds it against the tests in the source.

    tests/politeness.py [HARDENING]     counts; exits 1 while anything is missing
    tests/politeness.py --fill          writes the last column of the tables anew

HARDENING is the list that the items come from, where it is at hand; then the lists below are held against it too.
A test shows a code by its name, `frb001_…`, and an item by a line of its doc comment, `/// Shows A1, A2.`
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "politeness.md"

# First and last of each run of codes.
CODES = [(1, 4), (10, 16), (20, 24), (30, 37), (50, 51), (60, 66), (70, 71), (80, 90), (100, 106), (110, 120), (130, 137)]
# The items that must be kept; others may be.
ITEMS = [f"A{n}" for n in range(1, 44) if n not in (8, 20, 33, 35, 40)] + [f"C{n}" for n in range(1, 8)]
# Tests that a cell names; the source may have more.
NAMED_MAX = 5


def codes():
    return [f"FRB{code:03}" for first, last in CODES for code in range(first, last + 1)]


def tests():
    """What each test in the source shows: its name, and the codes and items."""
    found = {}
    for folder in ("src", "tests"):
        for path in sorted((ROOT / folder).rglob("*.rs")):
            above, is_test = [], False
            for line in path.read_text(encoding="utf-8").splitlines():
                line = line.strip()
                shows = re.fullmatch(r"/// Shows ([AC]\d+(?:, [AC]\d+)*)\.", line)
                name = re.match(r"(?:async )?fn (\w+)\(", line)
                if shows:
                    above += shows.group(1).split(", ")
                elif re.match(r"#\[(?:tokio::)?test\b", line):
                    is_test = True
                elif name:
                    if is_test:
                        code = re.match(r"frb(\d{3})_", name.group(1))
                        own = [f"FRB{code.group(1)}"] if code else []
                        found.setdefault(name.group(1), set()).update(above + own)
                    elif above:
                        found.setdefault(f"{path.relative_to(ROOT)}: no test below “Shows”", set()).update(["?"])
                    above, is_test = [], False
                elif line and not line.startswith(("///", "#[")):
                    above, is_test = [], False
    return found


def rows(text):
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) == 4 and re.fullmatch(r"FRB\d{3}|[AC]\d+", cells[0]):
            yield line, cells


def fill(text, shown):
    for line, (key, asks, does, _) in list(rows(text)):
        names = sorted(name for name, keys in shown.items() if key in keys)
        cell = ", ".join(f"`{name}`" for name in names[:NAMED_MAX])
        text = text.replace(line, f"| {key} | {asks} | {does} | {cell} |")
    return text


def listed(reference):
    """The codes and the items with two or three stars in the reference."""
    text = reference.read_text(encoding="utf-8")
    appendix = text.split("FRB) codes", 1)[1]
    wanted = set()
    for run in re.findall(r"^\| (\d{3})(?:–(\d{3}))? \|", appendix, re.M):
        first, last = int(run[0]), int(run[1] or run[0])
        # The runs of the reference name only codes that the list knows.
        wanted |= {f"FRB{code:03}" for code in range(first, last + 1)}
    for item, stars in re.findall(r"\*\*([AC]\d+) (\*{1,3})(?!\*)", text):
        if len(stars) > 1 and (item[0] == "A" or int(item[1:]) <= 7):
            wanted.add(item)
    return wanted


def main():
    text, shown = PAGE.read_text(encoding="utf-8"), tests()
    if "--fill" in sys.argv[1:]:
        PAGE.write_text(fill(text, shown), encoding="utf-8")
        return 0
    wanted, missing, kept, otherwise = codes() + ITEMS, [], 0, 0
    for argument in sys.argv[1:]:
        missing += [f"{key} is on the list and not held here" for key in sorted(listed(Path(argument)) - set(wanted))]
    table = {}
    for _, cells in rows(text):
        if cells[0] in table:
            missing.append(f"{cells[0]} has two rows")
        table[cells[0]] = cells
    for key in sorted(set(wanted) - set(table)):
        missing.append(f"{key} has no row")
    for key, (_, asks, does, cell) in table.items():
        names = re.findall(r"`(\w+)`", cell)
        faults = [f"{key}: no test {name} shows it" for name in names if key not in shown.get(name, ())]
        if not asks or not does:
            faults.append(f"{key}: the row does not say what is asked and what we do")
        if not names and "**Otherwise:**" not in does:
            faults.append(f"{key} is shown by no test")
        missing += faults
        if not faults:
            otherwise += "**Otherwise:**" in does
            kept += "**Otherwise:**" not in does
    for name, keys in sorted(shown.items()):
        missing += [f"{name} shows {key}, which has no row" for key in sorted(keys - set(table))]
    print("\n".join(missing))
    print(f"{len(table)} rows: {kept} kept, {otherwise} otherwise, {len(table) - kept - otherwise} missing")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
