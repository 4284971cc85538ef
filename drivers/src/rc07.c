/*
 * rc07-defect: a legacy driver that guards its requests with rundown protection and waits for the last of them in DriverUnload. A
 * request that is refused releases what it never acquired: the count falls below zero, and the wait never ends although nobody holds
 * anything, by the ExReleaseRundownProtection call in LeaveRequest (docs/real-cases.md, RC-07). rc07-repaired releases only what
 * was acquired.
 * SPDX-License-Identifier: MIT
 */
#include <ntifs.h>
#include "legacy.h"

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefRc07");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefRc07");

static EX_RUNDOWN_REF Rundown;

static NOINLINE VOID LeaveRequest(VOID)
{
    ExReleaseRundownProtection(&Rundown); /* DEFECT RC-07 */
    DbgPrint("rc07: a request has left\n");
}

static NTSTATUS NTAPI DispatchRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    BOOLEAN entered = FALSE;
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    UNREFERENCED_PARAMETER(DeviceObject);
    if (IoGetCurrentIrpStackLocation(Irp)->Parameters.Read.Length >= PAGE_SIZE) {
        entered = ExAcquireRundownProtection(&Rundown);
        status = entered ? STATUS_SUCCESS : STATUS_DELETE_PENDING;
    }
#ifdef REPAIRED
    if (entered)
        LeaveRequest();
#else
    LeaveRequest(); /* also for a request that is too short and never entered */
#endif
    return CompleteRequest(Irp, status, 0);
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    ExWaitForRundownProtectionRelease(&Rundown);
    DeleteNamedDevice(DriverObject->DeviceObject, &LinkName);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    ExInitializeRundownProtection(&Rundown);
    DriverObject->DriverUnload = DriverUnload;
    status = CreateNamedDevice(DriverObject, &DeviceName, &LinkName, 0, &device);
    if (NT_SUCCESS(status))
        DriverObject->MajorFunction[IRP_MJ_READ] = DispatchRead;
    return status;
}
