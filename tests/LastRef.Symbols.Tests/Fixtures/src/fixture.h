/* Inlined into fixture.c, so that one function has lines of two files. */
static inline __attribute__((always_inline)) int Mix(int value, volatile int *sink)
{
    *sink = value * 3;
    *sink = value ^ 0x55;
    return *sink + 1;
}
