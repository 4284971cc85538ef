#include "program.h"
u64 entry(u64 turns, u8 *data)
{
    u32 h = 2166136261u, g = 1;
    (void)data;
    for (u64 t = 0; t < turns; t++)
        for (u32 i = 0; i < 1000; i++) {
            h = (h ^ (i & 0xFF)) * 16777619u;
            g += h;
            g ^= g << 7;
            g ^= g >> 9;
            h += g << 3;
            h ^= h >> 11;
        }
    return h + ((u64)g << 32);
}
