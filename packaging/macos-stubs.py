"""Writes a stub for each library of macOS that abmctl links: `python3 packaging/macos-stubs.py TARGET FOLDER SYSTEM`.

In: the sources of the crates that declare a framework, as cargo resolves them for TARGET; SYSTEM, a libSystem.tbd with the symbols of
macOS's system library. Out: FOLDER/NAME.framework/NAME.tbd with every symbol that the crate of NAME declares. A form that this script doesn't know is an error, so that no symbol is missed silently.
Symbols count if they are declared for any system: whether abmctl may use one is the compiler's matter.
"""

import json
import pathlib
import re
import subprocess
import sys

TOKENS = re.compile(
    r"""(?P<skip>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<string>b?c?"(?:\\.|[^"\\])*"|r(?P<hashes>\#*)".*?"(?P=hashes))
    |(?P<char>b?'(?:\\.[^']*|[^'\\])')
    |(?P<word>\$?(?:r\#)?\w+|'\w+)
    |(?P<sign>=>|->|::|.)""",
    re.VERBOSE | re.DOTALL,
)
CLOSES = {"(": ")", "[": "]", "{": "}"}


def fail(message):
    sys.exit(f"macos-stubs: {message}")


class Source:
    """The tokens of one file, and the symbols that its `extern` blocks declare."""

    def __init__(self, path):
        self.path = path
        self.text = path.read_text()
        self.tokens, self.places = [], []
        for match in TOKENS.finditer(self.text):
            if match.lastgroup != "skip" and match["skip"] is None:
                self.tokens.append(match[0])
                self.places.append(match.start())

    def fail(self, at, message):
        line = self.text.count("\n", 0, self.places[min(at, len(self.places) - 1)]) + 1
        fail(f"{self.path}:{line}: {message}")

    def end(self, at):
        """The index after the group that opens at `at`."""
        expected = []
        for index in range(at, len(self.tokens)):
            token = self.tokens[index]
            if token in CLOSES:
                expected.append(CLOSES[token])
            elif token in CLOSES.values():
                if not expected or expected.pop() != token:
                    self.fail(index, f"a {token} that closes nothing")
                if not expected:
                    return index + 1
        self.fail(at, f"a {self.tokens[at]} that nothing closes")

    def symbols(self):
        found = set()
        for at, token in enumerate(self.tokens):
            if token != "extern":
                continue
            body = at + 1
            if self.tokens[body].startswith('"'):
                if self.tokens[body] not in ('"C"', '"C-unwind"'):
                    self.fail(at, f"extern {self.tokens[body]}")
                body += 1
            if self.tokens[body] in ("fn", "crate"):
                # The type of a callback, or a crate.
                continue
            if self.tokens[body] != "{":
                self.fail(body, "not the start of an extern block")
            found |= self.block(body)
        return found

    def block(self, at):
        """The symbols of the block that opens at `at`."""
        found, last, at = set(), self.end(at) - 1, at + 1
        names = set()
        while at < last:
            token = self.tokens[at]
            if token == "#":
                end = self.end(at + 1)
                attribute = self.tokens[at:end]
                for index, word in enumerate(attribute):
                    if word == "link_name":
                        names.add(attribute[index + 2].strip('"'))
                at = end
            elif token in ("pub", "unsafe", "safe"):
                at += 1
                if token == "pub" and self.tokens[at] == "(":
                    at = self.end(at)
            elif token == "$" and self.tokens[at + 1] == "(":
                # A repetition of a macro: its items are read as if they stood alone.
                at += 2
            elif token == ")" and self.tokens[at + 1] in ("*", "+"):
                at += 2
            elif token in ("fn", "static"):
                at += 2 if self.tokens[at + 1] == "mut" else 1
                name = self.tokens[at].removeprefix("r#")
                if name.startswith("$"):
                    names |= self.macro_names(at, name)
                elif re.fullmatch(r"[A-Za-z_]\w*", name):
                    names.add(name)
                else:
                    self.fail(at, f'"{name}" isn\'t a name')
                while self.tokens[at] != ";":
                    at = self.end(at) if self.tokens[at] in CLOSES else at + 1
                    if at >= last:
                        self.fail(last, "a declaration without an end")
                at += 1
                found |= names
                names = set()
            elif token == "type":
                at = self.tokens.index(";", at) + 1
            else:
                self.fail(at, f'an unknown form in an extern block: "{token}"')
        return found

    def macro_names(self, at, variable):
        """The names that calls of the macro around `at` give to `variable`, in the one form that is known: `… => $variable`."""
        start = max((i for i in range(at) if self.tokens[i] == "macro_rules"), default=None)
        if start is None or self.end(start + 3) <= at:
            self.fail(at, f"{variable} is outside of a macro")
        macro = self.tokens[start + 2]
        pattern = self.tokens[start + 4 : self.end(start + 4)]
        if "".join(self.tokens[start + 3 : start + 5]) != "{(" or f"=>{variable}:ident" not in "".join(pattern):
            self.fail(start, f"the macro {macro} has an unknown form")
        found = set()
        for index in range(len(self.tokens) - 2):
            if self.tokens[index : index + 2] == [macro, "!"] and self.tokens[index - 1] != "::":
                call = self.tokens[index + 2 : self.end(index + 2)]
                found |= {call[i + 1] for i, token in enumerate(call) if token == "=>"}
        if not found:
            self.fail(start, f"nothing calls the macro {macro}")
        return found


def frameworks(files):
    """The frameworks that a crate names, in an attribute of its source or in its build script."""
    text = "\n".join(path.read_text(errors="replace") for path in files)
    attributes = re.findall(r'name\s*=\s*"(\w+)"\s*,\s*kind\s*=\s*"framework"', text)
    if len(attributes) != len(re.findall(r'kind\s*=\s*"framework"', text)):
        fail(f"{files[0].parent}: an attribute for a framework has an unknown form")
    return set(attributes) | set(re.findall(r"rustc-link-lib=framework=(\w+)", text))


def main(target, folder, system):
    metadata = subprocess.run(
        ["cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", target],
        check=True,
        stdout=subprocess.PIPE,
    )
    metadata = json.loads(metadata.stdout)
    used = {node["id"] for node in metadata["resolve"]["nodes"]}
    symbols = {}
    for package in metadata["packages"]:
        root = pathlib.Path(package["manifest_path"]).parent
        # Only crates that declare, not those that also write such lines for others.
        if package["id"] not in used or not package["name"].endswith("-sys"):
            continue
        files = sorted([*root.glob("src/**/*.rs"), *root.glob("build.rs")])
        named = frameworks(files) if files else set()
        if not named:
            continue
        if len(named) > 1:
            fail(f"{package['name']} names several frameworks, so no symbol shows whose it is: {', '.join(sorted(named))}")
        found = set().union(*(Source(path).symbols() for path in files))
        symbols.setdefault(named.pop(), set()).update(found)
    if not symbols:
        fail(f"no crate of {target} names a framework")
    machine = {"aarch64-apple-darwin": "arm64-macos", "x86_64-apple-darwin": "x86_64-macos"}[target]

    def write(path, install_name, found):
        path.parent.mkdir(parents=True, exist_ok=True)
        listed = ", ".join(f"'_{symbol}'" for symbol in sorted(found))
        path.write_text(
            f"--- !tapi-tbd\ntbd-version: 4\ntargets: [ {machine} ]\ninstall-name: '{install_name}'\n"
            f"exports:\n  - targets: [ {machine} ]\n    symbols: [ {listed} ]\n...\n"
        )

    folder = pathlib.Path(folder)
    for name, found in sorted(symbols.items()):
        inside = f"{name}.framework"
        write(folder / inside / f"{name}.tbd", f"/System/Library/Frameworks/{inside}/Versions/A/{name}", found)
        print(f"{name}: {len(found)} symbols")
    # Rust's libc names these: two are macOS's other names for the system library, and nothing uses a symbol of iconv.
    for name in ("libSystem", "libc", "libm"):
        (folder / f"{name}.tbd").symlink_to(pathlib.Path(system).resolve(strict=True))
    write(folder / "libiconv.tbd", "/usr/lib/libiconv.2.dylib", set())


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
