/*
 * several-pnp-defect: r03-defect and r04-defect in one: the control device goes only in DriverUnload, and the removal detaches
 * its device and forgets to delete it. Either alone would keep the driver. several-pnp-repaired has neither mistake.
 * SPDX-License-Identifier: MIT
 */
#include "fdo.h"

static UNICODE_STRING ControlName = RTL_CONSTANT_STRING(L"\\Device\\LastRefSeveralPnp");

static PDEVICE_OBJECT ControlDevice;
static LONG StackDevices;

static NOINLINE NTSTATUS CreateControlDevice(PDRIVER_OBJECT DriverObject)
{
    NTSTATUS status;

    /* The extension stays zero: Self is NULL, which tells the control device from the others. */
    status = IoCreateDevice(DriverObject, sizeof(FDO_EXTENSION), &ControlName, FILE_DEVICE_UNKNOWN, /* DEFECT R-03 */
                            FILE_DEVICE_SECURE_OPEN, FALSE, &ControlDevice);
    if (NT_SUCCESS(status))
        ControlDevice->Flags &= ~DO_DEVICE_INITIALIZING;
    return status;
}

static NTSTATUS RemoveDevice(FDO_EXTENSION *fdo, PIRP Irp)
{
    NTSTATUS status = PassDown(fdo->Lower, Irp);

    IoReleaseRemoveLockAndWait(&fdo->RemoveLock, Irp);
    InterlockedDecrement(&StackDevices);
#ifdef REPAIRED
    if (StackDevices == 0) {
        IoDeleteDevice(ControlDevice);
        ControlDevice = NULL;
    }
#endif
    IoDetachDevice(fdo->Lower);
#ifdef REPAIRED
    IoDeleteDevice(fdo->Self);
#else
    /* MISSING R-04 */
#endif
    return status;
}

static NTSTATUS NTAPI AddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    if (ControlDevice == NULL) {
        status = CreateControlDevice(DriverObject);
        if (!NT_SUCCESS(status))
            return status;
    }
    status = IoCreateDevice(DriverObject, sizeof(FDO_EXTENSION), NULL, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, /* DEFECT R-04 */
                            FALSE, &device);
    if (NT_SUCCESS(status)) {
        status = AttachFdo(device, Pdo);
        if (NT_SUCCESS(status)) {
            InterlockedIncrement(&StackDevices);
            return STATUS_SUCCESS;
        }
        IoDeleteDevice(device);
    }
#ifdef REPAIRED
    if (StackDevices == 0) {
        IoDeleteDevice(ControlDevice);
        ControlDevice = NULL;
    }
#endif
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
    if (ControlDevice != NULL)
        IoDeleteDevice(ControlDevice);
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
    return STATUS_SUCCESS;
}
