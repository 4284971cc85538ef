#!/bin/bash
# Rebuilds every test driver: drivers/build.sh [outdir] [name...]; outdir defaults to drivers/bin.
# Needs gcc-mingw-w64-x86-64, clang-19 and lld-19. The same sources and tools give the same bytes, in any directory.
set -euo pipefail
export LC_ALL=C SOURCE_DATE_EPOCH=0

here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/bin}
[ $# -gt 0 ] && shift
wanted=("$@")
mkdir -p "$out"
out=$(cd "$out" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ddk=/usr/share/mingw-w64/include/ddk
common=(-O2 -Wall -Wextra -Werror -Wno-multichar -fno-strict-aliasing -D_WIN32_WINNT=0x0601
        "-ffile-prefix-map=$here=drivers" "-ffile-prefix-map=/usr/share/mingw-w64/=mingw/" "-ffile-prefix-map=$work=obj" -isystem "$ddk")

# Routines newer than the import library that Debian ships, and the libraries of t-export and r37-library for their importers.
# Their names go into symbols: no folder, no process id.
(cd "$work" && for library in newer t-export r37-library; do
    x86_64-w64-mingw32-dlltool --temp-prefix "$library" -d "$here/src/$library.def" -l "lib$library.a"
done)
mkdir "$work/lld"
lld-link-19 /lib /machine:x64 "/def:$here/src/ntoskrnl.def" "/out:$work/lld/ntoskrnl.lib" # aligns its slots, unlike mingw's

build_gcc() { # name source kind compileArgs linkArgs
    local flags=() entry=DriverEntry
    case $3 in
        wdm) flags=(-Wl,--wdmdriver) ;;
        export) flags=(-shared -Wl,--exclude-all-symbols "$here/src/$1.def") ;;
    esac
    # shellcheck disable=SC2086
    (cd "$here" && x86_64-w64-mingw32-gcc -c -gdwarf-4 -g1 -fno-stack-protector -fno-ident -fno-ipa-cp -fno-ipa-sra "${common[@]}" $4 \
        -o "$work/$1.o" "src/$2")
    # shellcheck disable=SC2086
    (cd "$work" && x86_64-w64-mingw32-gcc -nostdlib -Wl,--subsystem,native:6.1 -Wl,--entry,$entry \
        -Wl,--image-base,0x140000000 -Wl,--no-insert-timestamp -Wl,--disable-runtime-pseudo-reloc "${flags[@]}" \
        -o "$1.sys" "$1.o" $5 -lntoskrnl -lhal -L. -lnewer -lgcc)
    install -m 644 "$work/$1.sys" "$out/"
}

build_clang() { # name source kind compileArgs linkArgs
    local flags=(/driver)
    [ "$3" = wdm ] && flags=(/driver:wdm)
    # shellcheck disable=SC2086
    (cd "$here" && clang-19 --target=x86_64-w64-windows-gnu -fms-extensions -fno-ident -g -gcodeview -gno-codeview-command-line -gline-tables-only \
        -fdebug-compilation-dir=drivers -Xclang "-object-file-name=$1.o" "${common[@]}" '-Wno-#warnings' -Wno-ignored-attributes -Wno-ignored-pragma-intrinsic $4 -c "src/$2" -o "$work/$1.o")
    # shellcheck disable=SC2086
    (cd "$work" && lld-link-19 /lldmingw "${flags[@]}" /subsystem:native,6.1 /machine:x64 /nodefaultlib \
        /entry:DriverEntry /base:0x140000000 /debug "/pdb:$1.pdb" "/pdbaltpath:$1.pdb" '/pdbsourcepath:c:\lastref' \
        /release /Brepro /section:INIT,ERD /section:PAGE,ER "/out:$1.sys" "$1.o" $5 \
        lld/ntoskrnl.lib)
    install -m 644 "$work/$1.sys" "$work/$1.pdb" "$out/"
}

# Microsoft's target, for the security cookie; such a source brings its own declarations.
build_msvc() { # name source kind compileArgs linkArgs
    # shellcheck disable=SC2086
    (cd "$here" && clang-19 --target=x86_64-pc-windows-msvc -ffreestanding -fms-extensions -fno-builtin -fstack-protector-strong \
        -mno-implicit-float -O2 -Wall -Wextra -Werror -fno-ident -g -gcodeview -gno-codeview-command-line -gline-tables-only \
        -fdebug-compilation-dir=drivers -Xclang "-object-file-name=$1.o" "-ffile-prefix-map=$here=drivers" $4 \
        -c "src/$2" -o "$work/$1.o")
    # shellcheck disable=SC2086
    (cd "$work" && lld-link-19 /driver /subsystem:native,6.1 /machine:x64 /nodefaultlib /base:0x140000000 \
        /debug "/pdb:$1.pdb" "/pdbaltpath:$1.pdb" '/pdbsourcepath:c:\lastref' /release /Brepro "/out:$1.sys" "$1.o" $5 lld/ntoskrnl.lib)
    install -m 644 "$work/$1.sys" "$work/$1.pdb" "$out/"
}

is_wanted() {
    [ ${#wanted[@]} -eq 0 ] && return 0
    local name
    for name in "${wanted[@]}"; do [ "$name" = "$1" ] && return 0; done
    return 1
}

while IFS=$'\t' read -r name source compiler kind extra; do
    case $name in ''|'#'*) continue ;; esac
    is_wanted "$name" || continue
    compile=${extra%%--*}
    link=
    [[ $extra == *--* ]] && link=${extra#*--}
    "build_$compiler" "$name" "$source" "$kind" "$compile" "$link"
done < "$here/manifest.tsv"

if [ ${#wanted[@]} -eq 0 ]; then
    (cd "$out" && sha256sum -- *.pdb *.sys > SHA256SUMS)
fi
