#include "program.h"
u64 entry(u64 turns, u8 *data)
{
    u64 sum = 0;
    for (u64 t = 0; t < turns; t++)
        sum += IMPORTS[0](t, sum, 3, (u64)data);
    return sum;
}
