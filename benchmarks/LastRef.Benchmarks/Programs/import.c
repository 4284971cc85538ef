#include "program.h"
u64 entry(u64 turns, u8 *data)
{
    u64 sum = 1;
    for (u64 t = 0; t < turns; t++) {
        for (u32 i = 0; i < 32; i++) {
            sum = sum * 5 + (sum >> 3) + i;
            __asm__ volatile("" : "+r"(sum));
        }
        sum += IMPORTS[t & 7](sum, t, 3, (u64)data);
    }
    return sum;
}
