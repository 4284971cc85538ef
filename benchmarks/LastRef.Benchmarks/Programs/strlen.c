#include "program.h"
u64 entry(u64 turns, u8 *data)
{
    u8 *text = data + 0x10000;
    u64 sum = 0;
    for (u32 i = 0; i < 5000; i++)
        text[i] = (u8)(1 + i % 200);
    text[5000] = 0;
    for (u64 t = 0; t < turns; t++) {
        const u8 *p = text + (t & 15);
        while (*p) {
            p++;
            __asm__ volatile("" : "+r"(p));
        }
        sum += (u64)(p - text);
    }
    return sum;
}
