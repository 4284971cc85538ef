#include "program.h"
static u64 fib(u64 n) __attribute__((noinline, optimize("no-optimize-sibling-calls", "no-inline", "O1")));
static u64 fib(u64 n)
{
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}
u64 entry(u64 turns, u8 *data)
{
    u64 sum = 0;
    (void)data;
    for (u64 t = 0; t < turns; t++)
        sum += fib(12);
    return sum;
}
