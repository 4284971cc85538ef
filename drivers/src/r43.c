/*
 * r43-defect: a legacy driver that leaves its process notification behind. The callback holds nothing: the image goes, and the
 * next process that starts calls into it: R-43, by the PsSetCreateProcessNotifyRoutine call in StartListening. r43-repaired
 * removes it.
 * SPDX-License-Identifier: MIT
 */
#include "legacy.h"

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefR43");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefR43");

static LONG Processes;

static VOID NTAPI ProcessChanged(HANDLE ParentId, HANDLE ProcessId, BOOLEAN Create)
{
    UNREFERENCED_PARAMETER(ParentId);
    UNREFERENCED_PARAMETER(ProcessId);
    InterlockedExchangeAdd(&Processes, Create ? 1 : -1);
}

static NOINLINE NTSTATUS StartListening(VOID)
{
    NTSTATUS status;

    status = PsSetCreateProcessNotifyRoutine(ProcessChanged, FALSE); /* DEFECT R-43 */
    return status;
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
#ifdef REPAIRED
    PsSetCreateProcessNotifyRoutine(ProcessChanged, TRUE);
#else
    /* MISSING R-43 */
#endif
    DeleteNamedDevice(DriverObject->DeviceObject, &LinkName);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = DriverUnload;
    status = CreateNamedDevice(DriverObject, &DeviceName, &LinkName, 0, &device);
    if (!NT_SUCCESS(status))
        return status;
    status = StartListening();
    if (!NT_SUCCESS(status))
        DeleteNamedDevice(device, &LinkName);
    return status;
}
