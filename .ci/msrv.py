"""Reads `cargo metadata`; fails if a package that the library needs asks for a newer compiler than it states."""
import json
import sys

metadata = json.load(sys.stdin)
packages = {package["id"]: package for package in metadata["packages"]}
nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
root = metadata["resolve"]["root"]


def version(text):
    return tuple(int(part) for part in (text or "0").split("."))


stated = version(packages[root]["rust_version"])
needed, found = [root], set()
while needed:
    package = needed.pop()
    if package in found:
        continue
    found.add(package)
    for dependency in nodes[package]["deps"]:
        if any(kind["kind"] is None for kind in dependency["dep_kinds"]):
            needed.append(dependency["pkg"])
newer = [packages[p]["name"] for p in found if version(packages[p]["rust_version"]) > stated]
print(f"{len(found)} packages, stated {packages[root]['rust_version']}")
sys.exit(f"newer: {newer}" if newer else 0)
