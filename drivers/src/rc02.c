/*
 * rc02-defect: a driver whose set-up program asks by a control code that it prepare to go; it deletes its control device there and
 * then, with the caller's handle open, and forgets it. The close that follows is for a device that it does not know any more: it
 * returns a failure and neither completes the request nor passes it on, which Driver Verifier stops (0xC9, rule 0x226). After
 * https://github.com/openzfsonwindows/openzfs/issues/102 (RC-02). rc02-repaired deletes the device at its last close.
 * SPDX-License-Identifier: MIT
 */
#include "driver.h"

#define IOCTL_PREPARE_TO_GO CTL_CODE(FILE_DEVICE_UNKNOWN, 0x860, METHOD_BUFFERED, FILE_ANY_ACCESS) /* 0x222180 */

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefRC02");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefRC02");
static PDEVICE_OBJECT ControlDevice;

static VOID DeleteControlDevice(VOID)
{
    if (ControlDevice == NULL)
        return;
    IoDeleteSymbolicLink(&LinkName);
    IoDeleteDevice(ControlDevice);
    ControlDevice = NULL;
}

static NTSTATUS NTAPI DispatchCreate(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    return CompleteRequest(Irp, STATUS_SUCCESS, 0);
}

#ifdef REPAIRED

static BOOLEAN IsToGo;

static NTSTATUS NTAPI DispatchControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    if (IoGetCurrentIrpStackLocation(Irp)->Parameters.DeviceIoControl.IoControlCode != IOCTL_PREPARE_TO_GO)
        return CompleteRequest(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    IsToGo = TRUE;
    return CompleteRequest(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS NTAPI DispatchClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    if (IsToGo)
        DeleteControlDevice();
    return CompleteRequest(Irp, STATUS_SUCCESS, 0);
}

#else

static NTSTATUS NTAPI DispatchControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    if (IoGetCurrentIrpStackLocation(Irp)->Parameters.DeviceIoControl.IoControlCode != IOCTL_PREPARE_TO_GO)
        return CompleteRequest(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    DeleteControlDevice(); /* MISSING RC-02: the caller has it open */
    return CompleteRequest(Irp, STATUS_SUCCESS, 0);
}

static NOINLINE NTSTATUS NTAPI DispatchClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{ /* DEFECT RC-02 */
    if (DeviceObject != ControlDevice)
        return STATUS_UNSUCCESSFUL; /* not one of ours: nobody ends the request */
    return CompleteRequest(Irp, STATUS_SUCCESS, 0);
}

#endif

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    DeleteControlDevice();
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NTSTATUS status = IoCreateDevice(DriverObject, 0, &DeviceName, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, &ControlDevice);

    UNREFERENCED_PARAMETER(RegistryPath);
    if (!NT_SUCCESS(status))
        return status;
    status = IoCreateSymbolicLink(&LinkName, &DeviceName);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(ControlDevice);
        return status;
    }

    DriverObject->DriverUnload = DriverUnload;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = DispatchCreate;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = DispatchCreate;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = DispatchClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = DispatchControl;
    return STATUS_SUCCESS;
}
