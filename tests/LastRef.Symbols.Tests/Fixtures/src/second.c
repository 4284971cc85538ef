extern volatile int Sink;

__attribute__((noinline)) void Second(int value)
{
    for (int index = 0; index < value; index++)
        Sink += index;
}

__attribute__((naked)) void Assembly(void)
{
    __asm__("xorl %eax, %eax\n\tret");
}
