#!/bin/sh
# Writes cold.c: 600 different functions of about 40 instructions, each called once per turn.
echo '#include "program.h"'
n=0
while [ $n -lt 600 ]; do
    a=$(( (n * 7919 + 13) % 9973 )); b=$(( (n * 104729 + 7) % 65521 )); k=$(( n % 8 )); s=$(( 1 + n % 13 ))
    cat <<EOF
static u64 f$n(u64 x, u32 *m) __attribute__((noinline));
static u64 f$n(u64 x, u32 *m)
{
    u32 a = (u32)x + $a, b = m[$k] ^ $b;
    m[$(( (k + 1) % 8 ))] = a * $(( 3 + n % 50 )) + b;
    if (a > b) { a -= b >> $s; m[$(( (k + 2) % 8 ))] += a; } else { b += a << $s; m[$(( (k + 3) % 8 ))] ^= b; }
    if ((a & $(( 1 + n % 7 ))) == 0) { b = b * $(( 5 + n )) + $n; m[$(( (k + 4) % 8 ))] -= b; }
    for (u32 i = 0; i < 1; i++) { a ^= m[i + $(( k % 4 ))] + $(( n * 3 )); b = (b >> 3) | (a << 2); __asm__ volatile("" : "+r"(a), "+r"(b)); }
    m[$(( (k + 5) % 8 ))] = a + (b & $(( 255 + n )));
    m[$(( (k + 6) % 8 ))] |= a ^ $(( n * 17 ));
    return x * $(( 2 * n + 3 )) + a + ((u64)b << 7);
}
EOF
    n=$((n + 1))
done
echo 'u64 entry(u64 turns, u8 *data) { u64 x = 1; u32 *m = (u32 *)(data + 0x10000); for (u64 t = 0; t < turns; t++) {'
n=0
while [ $n -lt 600 ]; do echo "x = f$n(x, m);"; n=$((n + 1)); done
echo '} return x; }'
