"""Compares docs/design/dependencies.md with Cargo.toml and with the sources of the crates: `packaging/review` calls it.

Arguments: the page, and `--write` to write the figures into it. A figure counts words in the sources under a crate's src/,
without comments, tests and other systems' folders: what a crate can name, not what abmctl has it do.
"""

import json
import re
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

TARGET = "x86_64-unknown-linux-gnu"
UNSAFE = re.compile(r"\bunsafe\s*(?:\{|fn\b|impl\b|extern\b|trait\b)")
ABLE = {
    "sockets": re.compile(r"\b(?:TcpStream|TcpListener|UdpSocket|UnixStream|UnixListener|UnixDatagram)\s*::|\bSocket::new\b|\bc::socket\b|libc::socket\b"),
    "programs": re.compile(r"\bprocess::Command\b|\bprocess::\{[^}]*\bCommand\b|libc::(?:fork|execv\w*|posix_spawn\w*)\b"),
    "files": re.compile(r"\bFile::(?:open|create)\b|\bOpenOptions::new\b|\bfs::(?:read|write|remove|rename|create|copy|set_permissions)\w*\b|libc::open(?:at)?(?:64)?\b"),
}
COMMENTS = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
# Tests at the end of a file.
TESTS = re.compile(r"^#\[(?:test|cfg\(test\)\]\s*(?:pub(?:\(crate\))? )?mod \w+ \{).*", re.DOTALL | re.MULTILINE)
OTHER_SYSTEMS = re.compile(
    r"(?:^|[/_])(?:arm|aarch64|csky|loongarch|m68k|mips|powerpc|riscv|s390|sparc|x32|xtensa|x86(?!_64)|windows|wasm|wasi|macos|darwin"
    r"|apple|android|hermit|redox|uefi|netbsd|freebsd|solaris|haiku|nto)"
)


def cargo(*arguments):
    done = subprocess.run(["cargo", *arguments, "--locked", "--offline"], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(done.returncode)
    return done.stdout


def tree(edges):
    """What each linked package needs, by (name, version); abmctl's own are the direct dependencies."""
    lines = cargo("tree", "--target", TARGET, "--prefix", "depth", "-f", " {p}", "-e", edges).splitlines()
    above, needs = [], {}
    for line in filter(None, lines):
        # A package that was listed before has no lines below it.
        depth, name, version = line.split()[:3]
        key = (name, version.removeprefix("v"))
        del above[int(depth) :]
        if above:
            needs[above[-1]].add(key)
        needs.setdefault(key, set())
        above.append(key)
    return needs


def brought(needs, key):
    """All that a package needs, with what that needs."""
    found, open_ = set(), [key]
    while open_:
        new = needs[open_.pop()] - found
        found |= new
        open_ += new
    return found


def code(package):
    folder = Path(package["manifest_path"]).parent / "src"
    for path in sorted(folder.rglob("*.rs")):
        inside = path.relative_to(folder).as_posix()
        if not re.search(r"(^|/)tests?(/|\.rs)", inside) and not OTHER_SYSTEMS.search(inside):
            text = path.read_text(encoding="utf-8", errors="replace")
            yield TESTS.sub("", COMMENTS.sub("", text))


def figures():
    metadata = json.loads(cargo("metadata", "--format-version", "1"))
    packages = {(package["name"], package["version"]): package for package in metadata["packages"]}
    own = ("abmctl", tomllib.loads(Path("Cargo.toml").read_text())["package"]["version"])
    needs = tree("normal,no-proc-macro")
    linked = set(needs) - {own}
    building = set(tree("normal,build")) - {own} - linked
    targets = {key: {kind for target in packages[key]["targets"] for kind in target["kind"]} for key in linked | building}
    facts = {}
    for key in linked:
        sources = list(code(packages[key]))
        able = {name for name, words in ABLE.items() if any(words.search(text) for text in sources)}
        facts[key] = (sum(len(UNSAFE.findall(text)) for text in sources), able)

    def names(keys):
        return ", ".join(sorted({name for name, _ in keys}))

    def entry(title, keys):
        text = f"{title}: {len(keys)}" + (f" ({names(keys)})" if keys else "")
        return textwrap.fill(text, 118, subsequent_indent="  ", break_on_hyphens=False)

    scripts = {key for key in linked | building if "custom-build" in targets[key]}
    with_unsafe = {key for key in linked if facts[key][0]}
    yield f"linked on Linux (x86_64): {len(linked)} crates"
    yield f"  with unsafe code: {len(with_unsafe)}; {sum(facts[key][0] for key in linked)} places"
    for name in ABLE:
        yield entry(f"  naming {name}", {key for key in linked if name in facts[key][1]})
    yield f"run while it is built, and not linked: {len(building)} crates"
    yield entry("  procedural macros", {key for key in building if "proc-macro" in targets[key]})
    yield entry("  build scripts, of linked crates and of these", scripts)
    yield ""
    yield f"{'direct dependency':34} {'brings':>6} {'unsafe':>6}  names                    from"
    for name, version in sorted(needs[own]):
        brings = len(brought(needs, (name, version)))
        unsafe, able = facts[(name, version)]
        home = re.sub(r"https://(?:www\.)?|\.git$|/tree/.*$|/$", "", packages[(name, version)]["repository"] or "")
        yield f"{name + ' ' + version:34} {brings:6} {unsafe:6}  {', '.join(sorted(able)) or '-':24} {home}"


def declared():
    """The dependencies in Cargo.toml, those of tests and of single systems too."""
    manifest = tomllib.loads(Path("Cargo.toml").read_text())
    tables = [manifest, *manifest.get("target", {}).values()]
    return {name for table in tables for kind in ("dependencies", "dev-dependencies", "build-dependencies") for name in table.get(kind, {})}


def main():
    page = Path(sys.argv[1])
    text = page.read_text()
    # The first column of the tables.
    rows = re.findall(r"^\| (`[^|]*) \|", text, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([\w-]+)`", row)}
    faults = [f"{page} doesn't say why {name} was chosen and what it may do." for name in sorted(declared() - named)]
    faults += [f"{page} has a row for {name}, which Cargo.toml doesn't have." for name in sorted(named - declared())]
    block = re.search(r"(?<=^## Figures\n)(.*?^```text\n)(.*?)(?=^```$)", text, re.MULTILINE | re.DOTALL)
    if not block:
        sys.exit(f"{page} has no block of text under the heading Figures.")
    new = "".join(f"{line}\n" for line in figures())
    if "--write" in sys.argv:
        page.write_text(text[: block.start(2)] + new + text[block.end(2) :])
    elif block[2] != new:
        old = set(block[2].splitlines())
        faults.append("\n".join(line for line in new.splitlines() if line not in old))
        faults.append(f"{page} has other figures than these. Look at what changed, and run packaging/review --write")
    if faults:
        sys.exit("\n".join(faults))
    print(f"{page} names every direct dependency, and its figures are those of the sources.")


main()
