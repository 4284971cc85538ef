#!/bin/sh
# Writes NAME.expected for each fixture with debug data: runs of addresses with function and line, as llvm-symbolizer-19 (package llvm-19) sees them.
# Of inlined frames the outermost counts, so that function and line agree. Columns: first RVA, last RVA, function, file:line; "??" is unknown.
set -eu
cd "$(dirname "$0")"
gzip -dkf clang-pdb.pdb.gz
trap 'rm -f clang-pdb.pdb' EXIT
for image in gcc-dwarf4 gcc-dwarf5 clang-dwarf4 clang-dwarf5 clang-pdb; do
    python3 - "$image" <<'PYTHON'
import subprocess, sys
name = sys.argv[1]
base = 0x140000000
headers = subprocess.run(["llvm-readobj-19", "--sections", name + ".sys"], capture_output=True, text=True, check=True).stdout
text = headers.split("Name: .text")[1]
start = int(text.split("VirtualAddress: ")[1].split()[0], 16)
size = int(text.split("VirtualSize: ")[1].split()[0], 16)
asked = "\n".join(hex(base + start + offset) for offset in range(size))
answer = subprocess.run(
    ["llvm-symbolizer-19", "--obj=" + name + ".sys", "--inlines", "--no-demangle", "--functions=short", "--output-style=LLVM"],
    input=asked, capture_output=True, text=True, check=True).stdout
runs = []
for offset, frames in enumerate(answer.strip().split("\n\n")):
    function, place = frames.split("\n")[-2:]
    function = function or "??"
    place = place.rsplit(":", 1)[0].replace("\\", "/")
    if runs and runs[-1][2:] == [function, place]:
        runs[-1][1] = start + offset
    else:
        runs.append([start + offset, start + offset, function, place])
with open(name + ".expected", "w") as out:
    for first, last, function, place in runs:
        out.write(f"{first:x}\t{last:x}\t{function}\t{place}\n")
PYTHON
done
