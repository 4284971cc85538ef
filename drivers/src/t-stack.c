/*
 * t-stack: DriverEntry recurses until the kernel stack is used up.
 * SPDX-License-Identifier: MIT
 */
#include "driver.h"

static NOINLINE ULONG Descend(ULONG Depth)
{
    volatile UCHAR room[512];

    room[Depth % sizeof(room)] = (UCHAR)Depth;
    if (Depth == 0)
        return 0;
    return Descend(Depth + 1) + room[Depth % sizeof(room)];
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    DbgPrint("t-stack: %u\n", Descend(RegistryPath->Length));
    return STATUS_SUCCESS;
}
