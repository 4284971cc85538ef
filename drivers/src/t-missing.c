/*
 * t-missing-imported: a sound legacy driver that imports a real but obscure kernel routine, which an emulated kernel will hardly
 * have, and never calls it: the import may not stop it from being loaded. t-missing-called (CALLED): DriverEntry calls it,
 * and the run stops there.
 * SPDX-License-Identifier: MIT
 */
#include "legacy.h"

__declspec(dllimport) ULONG NTAPI PsSetLegoNotifyRoutine(PVOID Routine);

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefTMissing");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefTMissing");

#ifdef CALLED
static volatile BOOLEAN CallIt = TRUE;
#else
static volatile BOOLEAN CallIt = FALSE;
#endif

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    DeleteNamedDevice(DriverObject->DeviceObject, &LinkName);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;

    UNREFERENCED_PARAMETER(RegistryPath);
    if (CallIt)
        DbgPrint("t-missing: %x\n", PsSetLegoNotifyRoutine(NULL));
    DriverObject->DriverUnload = DriverUnload;
    return CreateNamedDevice(DriverObject, &DeviceName, &LinkName, 0, &device);
}
