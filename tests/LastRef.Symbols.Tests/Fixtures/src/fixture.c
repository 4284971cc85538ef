/* A driver in shape only: its debug data is what the tests read. It imports nothing and is never run. */
#include "fixture.h"

volatile int Sink;

void Second(int value);

__attribute__((noinline)) static int Helper(int value)
{
    if (__builtin_expect(value == 12345, 0)) {
        Second(value);
        Second(value + 1);
        Sink = 99;
    }
    Sink = value;
    return Mix(value, &Sink);
}

__attribute__((noinline)) void Unload(void *driver)
{
    Sink = 1;
    Sink = Helper(*(int *)driver);
}

long DriverEntry(void *driver, void *path)
{
    void **slot = (void **)((char *)driver + 0x68);
    *slot = (void *)Unload;
    Second(path != 0);
    return 0;
}
