/*
 * r50-defect: a hybrid whose control device comes with the first PnP device. When the last one goes it leaves the deletion to a work
 * item, which first lets clients finish and so runs when the removal is over. The PnP manager looked at the device list before
 * that; nobody asks again, and the driver stays loaded without a device: R-50, by the IoCreateDevice call in CreateControlDevice.
 * r50-repaired deletes it in the removal itself.
 * SPDX-License-Identifier: MIT
 */
#include "fdo.h"

static UNICODE_STRING ControlName = RTL_CONSTANT_STRING(L"\\Device\\LastRefR50");

typedef struct {
    FDO_EXTENSION Fdo; /* stays zero: Self is NULL, which tells the control device from the others */
#ifndef REPAIRED
    PIO_WORKITEM WorkItem;
#endif
} CONTROL_EXTENSION;

static PDEVICE_OBJECT ControlDevice;
static KMUTEX ControlLock;
static ULONG StackDevices;

static NOINLINE NTSTATUS CreateControlDevice(PDRIVER_OBJECT DriverObject)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    status = IoCreateDevice(DriverObject, sizeof(CONTROL_EXTENSION), &ControlName, FILE_DEVICE_UNKNOWN, /* DEFECT R-50 */
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
#ifndef REPAIRED
    ((CONTROL_EXTENSION *)device->DeviceExtension)->WorkItem = IoAllocateWorkItem(device);
    if (((CONTROL_EXTENSION *)device->DeviceExtension)->WorkItem == NULL) {
        IoDeleteDevice(device);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
#endif
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    ControlDevice = device;
    return STATUS_SUCCESS;
}

#ifndef REPAIRED

static VOID NTAPI DeleteLater(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    CONTROL_EXTENSION *extension = DeviceObject->DeviceExtension;
    PIO_WORKITEM item = extension->WorkItem;
    LARGE_INTEGER delay;

    UNREFERENCED_PARAMETER(Context);
    delay.QuadPart = -5000000; /* half a second */
    KeDelayExecutionThread(KernelMode, FALSE, &delay);
    IoFreeWorkItem(item);
    IoDeleteDevice(DeviceObject);
}

#endif

static NOINLINE VOID DeleteControlDevice(VOID)
{
    PDEVICE_OBJECT device = ControlDevice;

    ControlDevice = NULL;
#ifdef REPAIRED
    IoDeleteDevice(device);
#else
    /* MISSING R-50: the deletion belongs here. */
    IoQueueWorkItem(((CONTROL_EXTENSION *)device->DeviceExtension)->WorkItem, DeleteLater, DelayedWorkQueue, NULL);
#endif
}

static NTSTATUS StackDeviceAdded(PDRIVER_OBJECT DriverObject)
{
    NTSTATUS status = STATUS_SUCCESS;

    KeWaitForSingleObject(&ControlLock, Executive, KernelMode, FALSE, NULL);
    if (StackDevices == 0)
        status = CreateControlDevice(DriverObject);
    if (NT_SUCCESS(status))
        StackDevices++;
    KeReleaseMutex(&ControlLock, FALSE);
    return status;
}

static VOID StackDeviceRemoved(VOID)
{
    KeWaitForSingleObject(&ControlLock, Executive, KernelMode, FALSE, NULL);
    if (--StackDevices == 0)
        DeleteControlDevice();
    KeReleaseMutex(&ControlLock, FALSE);
}

static NTSTATUS RemoveDevice(FDO_EXTENSION *fdo, PIRP Irp)
{
    NTSTATUS status = PassDown(fdo->Lower, Irp);

    IoReleaseRemoveLockAndWait(&fdo->RemoveLock, Irp);
    StackDeviceRemoved();
    IoDetachDevice(fdo->Lower);
    IoDeleteDevice(fdo->Self);
    return status;
}

static NTSTATUS NTAPI AddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT device;
    NTSTATUS status = IoCreateDevice(DriverObject, sizeof(FDO_EXTENSION), NULL, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN,
                                     FALSE, &device);

    if (!NT_SUCCESS(status))
        return status;
    status = StackDeviceAdded(DriverObject);
    if (NT_SUCCESS(status)) {
        status = AttachFdo(device, Pdo);
        if (!NT_SUCCESS(status))
            StackDeviceRemoved();
    }
    if (!NT_SUCCESS(status))
        IoDeleteDevice(device);
    return status;
}

/* Opens go to both kinds of device, every other request only to those in a stack. */
static NTSTATUS DispatchStackOnly(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    if (((FDO_EXTENSION *)DeviceObject->DeviceExtension)->Self == NULL)
        return CompleteRequest(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);

    switch (IoGetCurrentIrpStackLocation(Irp)->MajorFunction) {
    case IRP_MJ_PNP:
        return DispatchPnp(DeviceObject, Irp);
    case IRP_MJ_POWER:
        return DispatchPower(DeviceObject, Irp);
    default:
        return DispatchPassDown(DeviceObject, Irp);
    }
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    KeInitializeMutex(&ControlLock, 0);
    SetFdoDispatch(DriverObject);
    DriverObject->MajorFunction[IRP_MJ_PNP] = DispatchStackOnly;
    DriverObject->MajorFunction[IRP_MJ_POWER] = DispatchStackOnly;
    DriverObject->MajorFunction[IRP_MJ_SYSTEM_CONTROL] = DispatchStackOnly;
    DriverObject->DriverExtension->AddDevice = AddDevice;
    DriverObject->DriverUnload = DriverUnload;
    return STATUS_SUCCESS;
}
