"""The crates that are linked into abmctl, as CycloneDX 1.6 on standard output. Arguments: the targets.

Linked are the packages that `cargo tree` shows without build scripts, procedural macros and tests; `cargo metadata` describes
them, and lists more than that. A property of each component names the programs that contain it. Rust's standard library and,
in the programs for Linux, musl are linked too, and are no packages of Cargo.lock.
"""

import json
import os
import re
import subprocess
import sys
import tomllib
import uuid
from datetime import datetime, timezone

REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def linked(target):
    tree = output(
        "cargo", "tree", "--locked", "--target", target, "--edges", "normal,no-proc-macro",
        "--prefix", "none", "--no-dedupe", "--format", "{p}",
    )
    # A package of this machine has its folder behind it.
    return {tuple(line.split()[:2]) for line in tree.splitlines() if line}


def component(package, checksum, programs):
    name, version = package["name"], package["version"]
    purl = f"pkg:cargo/{name}@{version}"
    found = {"type": "library", "bom-ref": purl, "name": name, "version": version, "scope": "required", "purl": purl}
    if package["description"]:
        found["description"] = " ".join(package["description"].split())
    if checksum:
        found["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    if package["license"]:
        # Older packages write "MIT/Apache-2.0" for "one of both".
        found["licenses"] = [{"expression": re.sub(r"\s*/\s*", " OR ", package["license"])}]
    if package["repository"]:
        found["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
    return found | inside(programs)


def inside(programs):
    return {"properties": [{"name": "abmctl:linked-into", "value": program} for program in programs]}


def main(targets):
    with open("Cargo.lock", "rb") as file:
        locked = tomllib.load(file)["package"]
    checksums = {(package["name"], "v" + package["version"]): package.get("checksum") for package in locked}
    trees = {target: linked(target) for target in targets}
    filters = [part for target in targets for part in ("--filter-platform", target)]
    metadata = json.loads(output("cargo", "metadata", "--locked", "--format-version", "1", *filters))
    packages = {(package["name"], "v" + package["version"]): package for package in metadata["packages"]}
    [own] = [key for key in packages if key[0] == "abmctl"]
    everything = sorted(set().union(*trees.values()) - {own})

    components = []
    for key in everything:
        if packages[key]["source"] != REGISTRY:
            sys.exit(f"packaging/sbom: {key[0]} doesn't come from crates.io: {packages[key]['source']}")
        programs = [target for target in targets if key in trees[target]]
        components.append(component(packages[key], checksums[key], programs))

    # The compiler that builds the release brings its library.
    rust = re.search(r"^release: (.*)$", output("rustc", "--version", "--verbose"), re.MULTILINE)[1]
    components.append(
        {
            "type": "library", "bom-ref": f"std@{rust}", "name": "std", "version": rust, "scope": "required",
            "description": "Rust's standard library with its own dependencies",
            "licenses": [{"expression": "MIT OR Apache-2.0"}],
            "externalReferences": [{"type": "vcs", "url": "https://github.com/rust-lang/rust"}],
        }
        | inside(targets)
    )
    components.append(
        {
            "type": "library", "bom-ref": "musl", "name": "musl", "scope": "required",
            "description": "C library, from the package ziglang of PyPI",
            "licenses": [{"expression": "MIT"}],
        }
        | inside([target for target in targets if target.endswith("-musl")])
    )

    # Which needs which: edges of the tree, so none of build scripts and tests.
    ids = {package["id"]: key for key, package in packages.items()}
    chosen = set(everything) | {own}
    ref = {key: f"pkg:cargo/{key[0]}@{key[1].removeprefix('v')}" for key in chosen}
    dependencies = []
    for node in metadata["resolve"]["nodes"]:
        if (key := ids[node["id"]]) not in chosen:
            continue
        needs = {
            ref[ids[edge["pkg"]]]
            for edge in node["deps"]
            if ids[edge["pkg"]] in chosen and any(kind["kind"] is None for kind in edge["dep_kinds"])
        }
        dependencies.append({"ref": ref[key], "dependsOn": sorted(needs)})

    with open("Cargo.toml", "rb") as file:
        manifest = tomllib.load(file)["package"]
    when = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), timezone.utc)
    bom = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": when.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "lifecycles": [{"phase": "build"}],
            "component": {
                "type": "application", "bom-ref": ref[own], "name": "abmctl", "version": manifest["version"],
                "description": manifest["description"], "purl": ref[own],
                "licenses": [{"expression": manifest["license"]}],
            },
        },
        "components": components,
        "dependencies": sorted(dependencies, key=lambda dependency: dependency["ref"]),
    }
    # The same content has the same number.
    bom["serialNumber"] = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(bom, sort_keys=True))}"
    json.dump(bom, sys.stdout, indent=1, ensure_ascii=False)
    print()


main(sys.argv[1:])
