#include "program.h"
static u64 raise(void) { u64 old; __asm__ volatile("movq %%cr8, %0" : "=r"(old)); __asm__ volatile("movq %0, %%cr8" :: "r"((u64)2)); return old; }
static void lower(u64 irql) { __asm__ volatile("movq %0, %%cr8" :: "r"(irql)); }
static u64 current(void) { u64 v; __asm__ volatile("movq %%gs:0x188, %0" : "=r"(v)); return v; }
u64 entry(u64 turns, u8 *data)
{
    u64 *counters = (u64 *)(data + 0x10000);
    u64 sum = 0;
    for (u64 t = 0; t < turns; t++) {
        u64 old = raise();
        counters[0] += current();
        lower(old);
        for (u32 i = 0; i < 14; i++) {
            sum = (sum << 1) ^ (sum >> 5) ^ t;
            __asm__ volatile("" : "+r"(sum));
        }
    }
    return sum + counters[0];
}
