/*
 * t-int29: DriverEntry fails fast, as the list macros of newer headers do on a broken list: int 29h with code 3 in rcx.
 * SPDX-License-Identifier: MIT
 */
#include "driver.h"

#define FAST_FAIL_CORRUPT_LIST_ENTRY 3

static NOINLINE VOID FailFast(ULONG_PTR Code)
{
    __asm__ volatile("int $0x29" : : "c"(Code) : "memory");
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    FailFast(FAST_FAIL_CORRUPT_LIST_ENTRY);
    return STATUS_SUCCESS;
}
