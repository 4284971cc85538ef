#include "program.h"
struct node { struct node *next; u64 value; };
u64 entry(u64 turns, u8 *data)
{
    struct node *nodes = (struct node *)(data + 0x10000);
    u64 sum = 0;
    for (u32 i = 0; i < 2000; i++) {
        nodes[i].next = &nodes[(i * 7 + 13) % 2000];
        nodes[i].value = i;
    }
    for (u64 t = 0; t < turns; t++) {
        struct node *n = &nodes[t % 2000];
        for (u32 i = 0; i < 3000; i++) {
            if (n->value & 1)
                sum += n->value;
            n = n->next;
        }
    }
    return sum;
}
