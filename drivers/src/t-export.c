/*
 * t-export: an export driver, that is a library in the kernel. It is loaded by whoever imports from it, told so by DllInitialize,
 * and leaves after the last importer, told so by DllUnload (T-65). It must keep its file name: importers ask for t-export.sys.
 * SPDX-License-Identifier: MIT
 */
#include "driver.h"

static LONG Initialized;
static LONG Calls;

NTSTATUS NTAPI DllInitialize(PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DbgPrint("t-export: DllInitialize\n");
    Initialized++;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI DllUnload(VOID)
{
    DbgPrint("t-export: DllUnload after %d calls\n", Calls);
    return STATUS_SUCCESS;
}

/* Adds, counts the call, and fails with -1 before DllInitialize has run. */
LONG NTAPI LibraryAdd(LONG Left, LONG Right)
{
    if (Initialized == 0)
        return -1;
    InterlockedIncrement(&Calls);
    return Left + Right;
}

/* Never called for a library, but every kernel image has an entry point. */
NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}
