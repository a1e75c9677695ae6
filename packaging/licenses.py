"""Prints LICENSE-THIRD-PARTY: `packaging/licenses` prepares what this needs and calls it.

Arguments: the folder of std's sources, the folder of the package ziglang. Standard output: the file. Exit status 1: a license
that deny.toml doesn't allow, or a crate without a license, on standard error.
"""

import json
import os
import re
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

LIBRARY, ZIG = Path(sys.argv[1]), Path(sys.argv[2])
# Programs for these are handed out, or built from source.
TARGETS = {
    "Linux": [f"{cpu}-unknown-linux-{libc}" for cpu in ("x86_64", "aarch64") for libc in ("musl", "gnu")],
    "macOS": [f"{cpu}-apple-darwin" for cpu in ("x86_64", "aarch64")],
}
TEXTS = re.compile(r"^(un)?(licen[cs]es?|copying|copyright|notices?)\b", re.IGNORECASE)
NO_TEXTS = {"tests", "test", "testdata", "benches", "examples", "fuzz"}

# Parts of std by other people than the Rust project, from the file COPYRIGHT-library.html of Rust's distribution.
STD_PARTS = """\
Copyright (c) The Rust Project Developers (see https://thanks.rust-lang.org)

Parts of it have other authors:
  backtrace: Copyright (c) 2014 Alex Crichton
  core/src/unicode/unicode_data.rs: Copyright (c) 1991-2024 Unicode, Inc., under Unicode-3.0
  std/src/sync/mpmc: Copyright (c) 2019 The Crossbeam Project Developers
  compiler-builtins: the mathematical functions come from musl; other parts come from LLVM, under Apache-2.0 WITH
    LLVM-exception
"""

MIT = """\
Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""

faults = []


def cargo(*arguments):
    done = subprocess.run(["cargo", *arguments], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(done.returncode)
    return done.stdout


def linked(manifest, *features):
    """The packages whose code is linked, without build scripts and procedural macros: the systems and the metadata of each."""
    systems, found = {}, {}
    common = ("--locked", "--offline", "--manifest-path", manifest, *features)
    for system, targets in TARGETS.items():
        chosen = [argument for target in targets for argument in ("--target", target)]
        tree = cargo("tree", *common, *chosen, "-e", "normal,no-proc-macro", "--prefix", "none", "--no-dedupe", "-f", "{p}")
        for line in filter(None, tree.splitlines()):
            name, version = line.split()[:2]
            systems.setdefault((name, version.removeprefix("v")), set()).add(system)
        chosen = [f"--filter-platform={target}" for target in targets]
        metadata = json.loads(cargo("metadata", "--format-version", "1", *common, *chosen))
        found |= {(package["name"], package["version"]): package for package in metadata["packages"]}
    return {key: (systems[key], found[key]) for key in sorted(systems)}


def is_allowed(expression, allowed):
    """Whether an SPDX expression can be met with these licenses. `/` is cargo's old spelling of OR."""
    tokens = re.findall(r"[()]|[^\s()]+", expression.replace("/", " OR "))

    def either():
        value = both()
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            value = both() or value
        return value

    def both():
        value = one()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            value = one() and value
        return value

    def one():
        token = tokens.pop(0)
        if token == "(":
            value = either()
            tokens.pop(0)
            return value
        if tokens and tokens[0] == "WITH":
            token = f"{token} {tokens.pop(0)} {tokens.pop(0)}"
        return token in allowed

    return either()


def texts_of(package):
    """The license files in a package. If it may be used under MIT, that is the choice, and the others are left out."""
    folder = Path(package["manifest_path"]).parent
    found = []
    for below, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - NO_TEXTS)
        for name in sorted(files):
            path = Path(below) / name
            if TEXTS.match(name) and path.suffix not in {".rs", ".c", ".h", ".py", ".html"}:
                found.append(read(path))
    under_mit = [text for text in found if "Permission is hereby granted, free of charge" in text]
    return under_mit if under_mit and is_allowed(package["license"], {"MIT"}) else found


def read(path):
    return path.read_text(encoding="utf-8", errors="replace").replace("\f", "")


def without_file(package, license):
    """The text for a package that has no license file: the license of its choice, with the authors that it names."""
    name, home = package["name"], package["repository"] or f"https://crates.io/crates/{package['name']}"
    authors = ", ".join(package["authors"]) or f"the authors of {name}, {home}"
    if not is_allowed(license, {"MIT"}):
        faults.append(f"{name} has no license file, and is not under MIT: add its text to packaging/licenses.py")
    return f"Copyright (c) {authors}\n\n{MIT}"


class Texts:
    """Texts, each once, with all that are under it."""

    def __init__(self):
        self.by_words = {}

    def add(self, whose, text):
        lines = [line.rstrip() for line in text.expandtabs().splitlines()]
        text = "\n".join(lines).strip("\n")
        _, users = self.by_words.setdefault(" ".join(text.split()), (text, []))
        if whose not in users:
            users.append(whose)

    def print(self):
        for text, users in sorted(self.by_words.values(), key=lambda item: item[1]):
            print("=" * 100)
            print(textwrap.fill("For " + ", ".join(users) + ":", 100, break_on_hyphens=False))
            print("=" * 100)
            print()
            print(text)
            print()


def main():
    allowed = set(tomllib.loads(Path("deny.toml").read_text())["licenses"]["allow"])
    texts = Texts()

    def table(packages):
        for (name, version), (systems, package) in packages.items():
            name, license = f"{name} {version}", package["license"]
            if not license:
                faults.append(f"{name} names no license")
                continue
            if not is_allowed(license, allowed):
                faults.append(f"{name} is under {license}, which deny.toml doesn't allow")
            only = "" if len(systems) == len(TARGETS) else f" ({next(iter(systems))} only)"
            print(f"  {name}{only}: {license.replace('/', ' OR ')}")
            for text in texts_of(package) or [without_file(package, license)]:
                texts.add(name, text)

    crates = linked("Cargo.toml")
    crates = {key: crates[key] for key in crates if key[0] != "abmctl"}
    print("The program abmctl contains the software below. abmctl itself is under MIT OR Apache-2.0: LICENSE-MIT and")
    print("LICENSE-APACHE. If a part may be used under MIT or another license, it is used under MIT.")
    print("`packaging/licenses --write` writes this file from the packages of the parts.")
    print()
    print(f"{len(crates)} crates of Rust, from https://crates.io:")
    print()
    table(crates)

    release = re.search(r"^release: (.*)$", subprocess.check_output(["rustc", "-vV"], text=True), re.MULTILINE)[1]
    print()
    print(f"The standard library of Rust {release}, MIT OR Apache-2.0 (https://www.rust-lang.org), and what it contains:")
    print()
    std = linked(str(LIBRARY / "std/Cargo.toml"), "--features", "backtrace,panic-unwind")
    # The crates of the library itself have no license files.
    own = {key for key, (_, package) in std.items() if Path(package["manifest_path"]).is_relative_to(LIBRARY)}
    table({key: std[key] for key in std if key not in own})
    for key in own:
        license = std[key][1]["license"]
        if not is_allowed(license, allowed | {"Apache-2.0 WITH LLVM-exception"}):
            faults.append(f"{key[0]} of Rust's standard library is under {license}, which deny.toml doesn't allow")
    texts.add("the standard library of Rust", STD_PARTS + "\n" + MIT)

    print()
    print("In the static program for Linux, from the package ziglang of PyPI:")
    print()
    for name, license, file in [
        ("musl", "MIT", "lib/libc/musl/COPYRIGHT"),
        ("zig's compiler-rt", "MIT", "LICENSE"),
        ("LLVM's libunwind", "Apache-2.0 WITH LLVM-exception", "lib/libunwind/LICENSE.TXT"),
    ]:
        print(f"  {name}: {license}")
        texts.add(name, read(ZIG / file))
    print()
    texts.print()
    if faults:
        sys.exit("\n".join(faults))


main()
