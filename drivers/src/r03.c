/*
 * r03-defect: a hybrid that creates its control device in DriverEntry and deletes it in DriverUnload, as a legacy driver would.
 * The PnP manager waits for the device list to become empty before it calls DriverUnload: R-03, by the IoCreateDevice call in
 * CreateControlDevice. r03-repaired creates it with the first PnP device and deletes it with the last.
 * SPDX-License-Identifier: MIT
 */
#include "fdo.h"

static UNICODE_STRING ControlName = RTL_CONSTANT_STRING(L"\\Device\\LastRefR03");
static UNICODE_STRING ControlLink = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefR03");

static PDEVICE_OBJECT ControlDevice;

static NOINLINE NTSTATUS CreateControlDevice(PDRIVER_OBJECT DriverObject)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    /* The extension stays zero: Self is NULL, which tells the control device from the others. */
    status = IoCreateDevice(DriverObject, sizeof(FDO_EXTENSION), &ControlName, FILE_DEVICE_UNKNOWN, /* DEFECT R-03 */
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    status = IoCreateSymbolicLink(&ControlLink, &ControlName);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    ControlDevice = device;
    return STATUS_SUCCESS;
}

static NOINLINE VOID DeleteControlDevice(VOID)
{
    IoDeleteSymbolicLink(&ControlLink);
    IoDeleteDevice(ControlDevice);
    ControlDevice = NULL;
}

#ifdef REPAIRED

static KMUTEX ControlLock;
static ULONG StackDevices;

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

#else

static NTSTATUS StackDeviceAdded(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    return STATUS_SUCCESS;
}

static VOID StackDeviceRemoved(VOID)
{
    /* MISSING R-03 */
}

#endif

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
#ifndef REPAIRED
    DeleteControlDevice();
#endif
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    SetFdoDispatch(DriverObject);
    DriverObject->MajorFunction[IRP_MJ_PNP] = DispatchStackOnly;
    DriverObject->MajorFunction[IRP_MJ_POWER] = DispatchStackOnly;
    DriverObject->MajorFunction[IRP_MJ_SYSTEM_CONTROL] = DispatchStackOnly;
    DriverObject->DriverExtension->AddDevice = AddDevice;
    DriverObject->DriverUnload = DriverUnload;
#ifdef REPAIRED
    KeInitializeMutex(&ControlLock, 0);
    return STATUS_SUCCESS;
#else
    return CreateControlDevice(DriverObject);
#endif
}
