/*
 * r45-defect: a legacy driver that deletes its device twice, once by its own pointer and once because a leftover loop cleans up
 * what it remembers: R-45, by the second IoDeleteDevice call, in DeleteAgain. r45-repaired deletes it once.
 * SPDX-License-Identifier: MIT
 */
#include "legacy.h"

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefR45");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefR45");

static PDEVICE_OBJECT Remembered[2];

static NOINLINE VOID DeleteAgain(VOID)
{
    ULONG i;

    for (i = 0; i < ARRAYSIZE(Remembered); i++) {
        if (Remembered[i] != NULL)
            IoDeleteDevice(Remembered[i]); /* DEFECT R-45 */
    }
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    DeleteNamedDevice(Remembered[0], &LinkName);
#ifdef REPAIRED
    Remembered[0] = NULL;
#endif
    DeleteAgain();
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = DriverUnload;
    return CreateNamedDevice(DriverObject, &DeviceName, &LinkName, 0, &Remembered[0]);
}
