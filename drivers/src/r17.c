/*
 * r17-defect: a legacy driver that attaches a device of its own above another device of its own. A stop is deferred until the
 * upper device is detached, which only DriverUnload would do: R-17, by the IoAttachDeviceToDeviceStack call in AttachUpper.
 * r17-repaired is attached only while an application has the lower device open.
 * SPDX-License-Identifier: MIT
 */
#include "driver.h"

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefR17");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefR17");

static PDEVICE_OBJECT LowerDevice;
static PDEVICE_OBJECT UpperDevice;
static PDEVICE_OBJECT AttachedTo; /* the lower device while attached, else NULL */
static LONG RequestsSeen;

static NOINLINE NTSTATUS AttachUpper(VOID)
{
    AttachedTo = IoAttachDeviceToDeviceStack(UpperDevice, LowerDevice); /* DEFECT R-17 */
    return AttachedTo == NULL ? STATUS_NO_SUCH_DEVICE : STATUS_SUCCESS;
}

static NOINLINE VOID DetachUpper(VOID)
{
    PDEVICE_OBJECT lower = AttachedTo;

    AttachedTo = NULL;
    IoDetachDevice(lower);
}

#ifdef REPAIRED

static FAST_MUTEX OpensLock;
static ULONG Opens;

static NTSTATUS LowerOpened(VOID)
{
    NTSTATUS status = STATUS_SUCCESS;

    ExAcquireFastMutex(&OpensLock);
    if (Opens == 0)
        status = AttachUpper();
    if (NT_SUCCESS(status))
        Opens++;
    ExReleaseFastMutex(&OpensLock);
    return status;
}

static VOID LowerCleanedUp(VOID)
{
    ExAcquireFastMutex(&OpensLock);
    if (--Opens == 0)
        DetachUpper();
    ExReleaseFastMutex(&OpensLock);
}

#else

static NTSTATUS LowerOpened(VOID)
{
    return STATUS_SUCCESS;
}

static VOID LowerCleanedUp(VOID)
{
    /* MISSING R-17: a signal on which to detach before the stop */
}

#endif

static NTSTATUS DispatchAny(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    if (DeviceObject == UpperDevice) {
        InterlockedIncrement(&RequestsSeen);
        return PassDown(LowerDevice, Irp);
    }

    switch (IoGetCurrentIrpStackLocation(Irp)->MajorFunction) {
    case IRP_MJ_CREATE:
        return CompleteRequest(Irp, LowerOpened(), 0);
    case IRP_MJ_CLEANUP:
        LowerCleanedUp();
        return CompleteRequest(Irp, STATUS_SUCCESS, 0);
    case IRP_MJ_CLOSE:
        return CompleteRequest(Irp, STATUS_SUCCESS, 0);
    default:
        return CompleteRequest(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    IoDeleteSymbolicLink(&LinkName);
    if (AttachedTo != NULL)
        DetachUpper();
    IoDeleteDevice(UpperDevice);
    IoDeleteDevice(LowerDevice);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    ULONG major;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    for (major = 0; major <= IRP_MJ_MAXIMUM_FUNCTION; major++)
        DriverObject->MajorFunction[major] = DispatchAny;
    DriverObject->DriverUnload = DriverUnload;

    status = IoCreateDevice(DriverObject, 0, &DeviceName, FILE_DEVICE_UNKNOWN, 0, FALSE, &LowerDevice);
    if (!NT_SUCCESS(status))
        return status;
    LowerDevice->Flags &= ~DO_DEVICE_INITIALIZING; /* else nothing can be attached to it from here */

    status = IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &UpperDevice);
    if (!NT_SUCCESS(status))
        goto DeleteLower;
    UpperDevice->StackSize = LowerDevice->StackSize + 1;
    status = IoCreateSymbolicLink(&LinkName, &DeviceName);
    if (!NT_SUCCESS(status))
        goto DeleteUpper;

#ifdef REPAIRED
    ExInitializeFastMutex(&OpensLock);
#else
    status = AttachUpper();
    if (!NT_SUCCESS(status)) {
        IoDeleteSymbolicLink(&LinkName);
        goto DeleteUpper;
    }
#endif
    return STATUS_SUCCESS;

DeleteUpper:
    IoDeleteDevice(UpperDevice);
DeleteLower:
    IoDeleteDevice(LowerDevice);
    return status;
}
