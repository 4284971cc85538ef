/*
 * several-defect: a legacy driver with four mistakes, each by its own call site. Its PnP notification, a reference to its
 * device and a second device that it forgets hold the image after DriverUnload; with OPEN (several-open-defect) an
 * open of its own device keeps DriverUnload from being called at all, so that the others cannot even be seen.
 * several-repaired has none of them.
 * SPDX-License-Identifier: MIT
 */
#include <initguid.h>
#include "legacy.h"
#include <wdmguid.h>

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefSeveral");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefSeveral");

static PDEVICE_OBJECT Device;
static PDEVICE_OBJECT ShutdownDevice;
static PVOID Notification;

static NTSTATUS NTAPI PowerChanged(PVOID NotificationStructure, PVOID Context)
{
    UNREFERENCED_PARAMETER(NotificationStructure);
    UNREFERENCED_PARAMETER(Context);
    return STATUS_SUCCESS;
}

static NOINLINE NTSTATUS StartListening(PDRIVER_OBJECT DriverObject)
{
    NTSTATUS status;

    status = IoRegisterPlugPlayNotification(EventCategoryHardwareProfileChange, 0, NULL, DriverObject, PowerChanged, NULL, &Notification); /* DEFECT R-13 */
    return status;
}

static NOINLINE VOID HoldDevice(VOID)
{
    ObReferenceObject(Device); /* DEFECT R-32 */
    Device->Flags |= DO_BUFFERED_IO;
}

static NOINLINE NTSTATUS CreateShutdownDevice(PDRIVER_OBJECT DriverObject)
{
    NTSTATUS status = IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, &ShutdownDevice);

    if (!NT_SUCCESS(status))
        return status;
    status = IoRegisterShutdownNotification(ShutdownDevice); /* DEFECT R-31 */
    return status;
}

#ifdef OPEN

static PFILE_OBJECT MyFile;

static NOINLINE NTSTATUS OpenMyself(VOID)
{
    PDEVICE_OBJECT top;
    NTSTATUS status;

    status = IoGetDeviceObjectPointer(&DeviceName, FILE_READ_DATA, &MyFile, &top); /* DEFECT R-18 */
    return status;
}

#endif

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
#ifdef REPAIRED
    IoUnregisterPlugPlayNotification(Notification);
    ObDereferenceObject(Device);
    IoUnregisterShutdownNotification(ShutdownDevice);
    IoDeleteDevice(ShutdownDevice);
#endif
#ifdef OPEN
    ObDereferenceObject(MyFile);
#endif
    DeleteNamedDevice(Device, &LinkName);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = DriverUnload;
    status = CreateNamedDevice(DriverObject, &DeviceName, &LinkName, 0, &Device);
    if (!NT_SUCCESS(status))
        return status;
    Device->Flags &= ~DO_DEVICE_INITIALIZING;
    status = CreateShutdownDevice(DriverObject);
    if (!NT_SUCCESS(status)) {
        DeleteNamedDevice(Device, &LinkName);
        return status;
    }
    status = StartListening(DriverObject);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(ShutdownDevice);
        DeleteNamedDevice(Device, &LinkName);
        return status;
    }
    HoldDevice();
#ifdef OPEN
    status = OpenMyself();
#endif
    return STATUS_SUCCESS;
}
