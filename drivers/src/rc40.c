/*
 * rc40-defect: a legacy driver whose DriverEntry registers an event provider first and forgets it when it fails later. Windows frees
 * the image of a driver that failed, DriverUnload never runs, and the provider's callback lies where the image was: R-43, by the
 * EtwRegister call in StartTracing (docs/real-cases.md, RC-40). rc40-repaired unregisters on that path too.
 * SPDX-License-Identifier: MIT
 */
#include "legacy.h"

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefRc40");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefRc40");

static const GUID Provider = {0x8a3c5f10, 0x6c1d, 0x4d52, {0x90, 0x11, 0x2b, 0x74, 0x0e, 0x55, 0x71, 0x40}};
static ULONGLONG Tracing;

static VOID NTAPI Enabled(LPCGUID SourceId, ULONG IsEnabled, UCHAR Level, ULONGLONG Any, ULONGLONG All,
                           PEVENT_FILTER_DESCRIPTOR Filter, PVOID Context)
{
    UNREFERENCED_PARAMETER(SourceId);
    UNREFERENCED_PARAMETER(IsEnabled);
    UNREFERENCED_PARAMETER(Level);
    UNREFERENCED_PARAMETER(Any);
    UNREFERENCED_PARAMETER(All);
    UNREFERENCED_PARAMETER(Filter);
    UNREFERENCED_PARAMETER(Context);
}

static NOINLINE NTSTATUS StartTracing(VOID)
{
    NTSTATUS status;

    status = EtwRegister(&Provider, Enabled, NULL, &Tracing); /* DEFECT R-43 */
    return status;
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    EtwUnregister(Tracing);
    DeleteNamedDevice(DriverObject->DeviceObject, &LinkName);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = DriverUnload;
    status = StartTracing();
    if (!NT_SUCCESS(status))
        return status;
    status = CreateNamedDevice(DriverObject, &DeviceName, &LinkName, 0, &device);
    if (!NT_SUCCESS(status)) {
#ifdef REPAIRED
        EtwUnregister(Tracing);
#else
        /* MISSING R-43 */
#endif
    }
    return status;
}
