#include "program.h"
u64 entry(u64 turns, u8 *data)
{
    u8 *from = data + 0x10000, *to = data + 0x100000;
    u64 sum = 0;
    for (u64 t = 0; t < turns; t++) {
        for (volatile u32 once = 0; once == 0; once++)
            for (u32 i = 0; i < 4000; i++) {
                to[i] = from[i];
                __asm__ volatile("" ::: "memory");
            }
        from[t & 1023] += (u8)t;
        sum += to[(t * 7) & 2047];
    }
    return sum;
}
