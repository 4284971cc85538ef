/*
 * t-loop: DriverEntry that never returns. A run must end at its instruction budget.
 * SPDX-License-Identifier: MIT
 */
#include "driver.h"

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    volatile ULONG rounds = 0;

    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    for (;;)
        rounds++;
}
