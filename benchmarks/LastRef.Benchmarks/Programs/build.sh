#!/bin/sh
# Rebuilds the flat binaries beside this script with the gcc and binutils of Debian 12.
set -e
cd "$(dirname "$0")"
work=$(mktemp -d)
sh make-cold.sh >"$work/cold.c"
for name in memcpy strlen hash list fib import roundtrip driver priv cold; do
    source=$name.c
    [ $name = cold ] && source=$work/cold.c
    gcc -O2 -mabi=ms -ffreestanding -fno-asynchronous-unwind-tables -fno-stack-protector -fno-pic -mcmodel=small -mno-sse -mgeneral-regs-only \
        -fno-tree-loop-distribute-patterns -fno-tree-vectorize -fcf-protection=none -fno-jump-tables -I. -c "$source" -o "$work/$name.o"
    ld -T flat.ld -e entry --oformat binary "$work/$name.o" -o "$name.bin"
done
rm -r "$work"
