#include "program.h"
/* What dispatch routines do: switch on a control code, compare counted strings, link and unlink list entries, checksum a buffer, parse a number. */
struct list { struct list *flink, *blink; };
struct request { struct list entry; u32 code, length; u16 name[24]; u16 name_length; u16 pad; u64 status; u8 buffer[64]; };

static void insert_tail(struct list *head, struct list *e)
{
    e->flink = head;
    e->blink = head->blink;
    head->blink->flink = e;
    head->blink = e;
}
static void remove_entry(struct list *e)
{
    e->blink->flink = e->flink;
    e->flink->blink = e->blink;
}
static u16 upcase(u16 c) { return c >= 'a' && c <= 'z' ? (u16)(c - 32) : c; }
static int equal(const u16 *a, u32 na, const u16 *b, u32 nb) __attribute__((noinline));
static int equal(const u16 *a, u32 na, const u16 *b, u32 nb)
{
    if (na != nb)
        return 0;
    for (u32 i = 0; i < na; i++)
        if (upcase(a[i]) != upcase(b[i]))
            return 0;
    return 1;
}
static u32 crc(const u8 *p, u32 n) __attribute__((noinline));
static u32 crc(const u8 *p, u32 n)
{
    u32 c = ~0u;
    for (u32 i = 0; i < n; i++) {
        c ^= p[i];
        for (int k = 0; k < 4; k++)
            c = c & 1 ? (c >> 1) ^ 0xEDB88320u : c >> 1;
    }
    return ~c;
}
static u32 parse(const u8 *p, u32 n) __attribute__((noinline));
static u32 parse(const u8 *p, u32 n)
{
    u32 v = 0;
    for (u32 i = 0; i < n; i++) {
        u8 ch = p[i];
        if (ch >= '0' && ch <= '9')
            v = v * 10 + (ch - '0');
        else if (ch == ' ')
            continue;
        else
            break;
    }
    return v;
}
static u64 dispatch(struct request *r, struct list *queue, const u16 *want) __attribute__((noinline));
static u64 dispatch(struct request *r, struct list *queue, const u16 *want)
{
    switch (r->code) {
    case 0x222000: r->status = equal(r->name, r->name_length, want, 12); break;
    case 0x222004: r->status = crc(r->buffer, r->length); break;
    case 0x222008: insert_tail(queue, &r->entry); r->status = 0x103; break;
    case 0x22200C:
        if (queue->flink != queue) {
            struct list *e = queue->flink;
            remove_entry(e);
            r->status = ((struct request *)e)->length;
        }
        break;
    case 0x222010: r->status = parse(r->buffer, r->length); break;
    case 0x222014: for (u32 i = 0; i < r->length; i++) r->buffer[i] ^= (u8)i; r->status = 0; break;
    default: r->status = 0xC0000010; break;
    }
    return r->status;
}
u64 entry(u64 turns, u8 *data)
{
    struct list *queue = (struct list *)(data + 0x10000);
    struct request *requests = (struct request *)(data + 0x11000);
    u16 *want = (u16 *)(data + 0x10800);
    u64 sum = 0;
    queue->flink = queue->blink = queue;
    for (u32 i = 0; i < 12; i++)
        want[i] = (u16)('A' + i);
    u32 used = turns < 8 ? 8 : 32;
    for (u32 i = 0; i < used; i++) {
        struct request *r = &requests[i];
        r->code = 0x222000 + 4 * (i % 7);
        r->length = 20 + i;
        r->name_length = 12;
        for (u32 k = 0; k < 12; k++)
            r->name[k] = (u16)((i & 1 ? 'a' : 'A') + k + (k == 11 && i % 3 == 0));
        for (u32 k = 0; k < 60; k++)
            r->buffer[k] = (u8)('0' + (k * 3 + i) % 10);
    }
    for (u64 t = 0; t < turns; t++) {
        struct request *r = &requests[t & 31];
        r->code = 0x222000 + 4 * (u32)((t + (t >> 5)) % 7);
        if (r->code == 0x222008 && (t >> 5) % 2)
            r->code = 0x222004;
        if (r->code == 0x222008) {
            while (queue->flink != queue)
                remove_entry(queue->flink);
        }
        sum = sum * 31 + dispatch(r, queue, want);
    }
    return sum;
}
