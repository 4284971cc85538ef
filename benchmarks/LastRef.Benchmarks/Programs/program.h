/* Guest programs: Windows calling convention, no SSE, one function `entry` at the start of a flat binary. */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

#define IMPORTS ((u64 (**)(u64, u64, u64, u64))0x150000000ull) /* slots that point to thunks */

/* turns: how often; data: 2 MiB of scratch memory, zero at first. */
u64 entry(u64 turns, u8 *data) __attribute__((section(".text.entry")));
