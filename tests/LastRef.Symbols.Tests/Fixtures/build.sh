#!/bin/sh
# Builds the committed fixtures from src/. Needs Debian's gcc-mingw-w64-x86-64, clang-19 and lld-19.
# The same versions give the same bytes.
set -eu
export LC_ALL=C SOURCE_DATE_EPOCH=0
cd "$(dirname "$0")"
out=$PWD
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

gcc_flags="-O2 -fno-stack-protector -fno-ident -ffile-prefix-map=$out=/build -ffile-prefix-map=$out/src=/fixture -freorder-blocks-and-partition"
clang_flags="--target=x86_64-w64-windows-gnu -O2 -fno-ident -ffile-prefix-map=$out/src=/fixture -fdebug-compilation-dir=/fixture"

gcc_link() {
    x86_64-w64-mingw32-gcc -nostdlib -Wl,--subsystem,native:6.1 -Wl,--entry,DriverEntry -Wl,--image-base,0x140000000 \
        -Wl,--no-insert-timestamp -o "$@"
}

for version in 2 4 5; do
    for source in fixture second; do
        x86_64-w64-mingw32-gcc -c -g -gdwarf-$version -gstrict-dwarf $gcc_flags -o "$tmp/$source.o" "$out/src/$source.c"
    done
    gcc_link "$out/gcc-dwarf$version.sys" "$tmp/fixture.o" "$tmp/second.o"
done
gcc_link "$out/gcc-coff.sys" -Wl,--strip-debug "$tmp/fixture.o" "$tmp/second.o"
gcc_link "$out/gcc-stripped.sys" -Wl,--strip-all "$tmp/fixture.o" "$tmp/second.o"

for version in 4 5; do
    for source in fixture second; do
        clang-19 $clang_flags -c -g -gdwarf-$version -o "$tmp/$source.o" "$out/src/$source.c"
    done
    lld-link-19 /lldmingw /driver /subsystem:native,6.1 /machine:x64 /nodefaultlib /entry:DriverEntry /Brepro /timestamp:0 \
        /debug:dwarf /out:"$out/clang-dwarf$version.sys" "$tmp/fixture.o" "$tmp/second.o"
done

cd "$tmp"
for source in fixture second; do
    clang-19 $clang_flags -c -g -gcodeview -gno-codeview-command-line -gline-tables-only \
        -Xclang "-object-file-name=$source.o" -o "$source.o" "$out/src/$source.c"
done
lld-link-19 /lldmingw /driver /subsystem:native,6.1 /machine:x64 /nodefaultlib /entry:DriverEntry /Brepro \
    /debug /pdb:clang-pdb.pdb /pdbaltpath:clang-pdb.pdb /pdbsourcepath:/fixture /out:clang-pdb.sys fixture.o second.o
gzip -n9 < clang-pdb.pdb > "$out/clang-pdb.pdb.gz"
cp clang-pdb.sys "$out/"

# Types: a PDB with full debug data.
clang-19 $clang_flags -isystem /usr/x86_64-w64-mingw32/include/ddk -w -c -g -gcodeview -gno-codeview-command-line -fstandalone-debug \
    -Xclang "-object-file-name=types.o" -o types.o "$out/src/types.c"
lld-link-19 /lldmingw /driver /subsystem:native,6.1 /machine:x64 /nodefaultlib /entry:DriverEntry /Brepro \
    /debug /pdb:types.pdb /pdbaltpath:types.pdb /pdbsourcepath:/fixture /out:types.sys types.o
gzip -n9 < types.pdb > "$out/types.pdb.gz"
chmod 644 "$out"/*.sys
