/*
 * r21-defect: a legacy driver with two devices. While an application has the first one open it keeps a handle to the second, its
 * log. It opens the log in IRP_MJ_CREATE, so in the process of the application and without OBJ_KERNEL_HANDLE, and closes it from a
 * work item, so in the System process: there the value means nothing, ZwClose fails, and the handle stays in the table of the
 * application: R-21, by the ZwCreateFile call in OpenLog. r21-repaired asks for a kernel handle, which is good in every process.
 * SPDX-License-Identifier: MIT
 */
#include "legacy.h"

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefR21");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefR21");
static UNICODE_STRING LogName = RTL_CONSTANT_STRING(L"\\Device\\LastRefR21Log");

#ifdef REPAIRED
#define LOG_ATTRIBUTES (OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE)
#else
#define LOG_ATTRIBUTES OBJ_CASE_INSENSITIVE /* MISSING R-21 */
#endif

static PDEVICE_OBJECT Device;
static PDEVICE_OBJECT LogDevice;
static PIO_WORKITEM WorkItem;
static KEVENT LogClosed;
static HANDLE Log;

static NOINLINE NTSTATUS OpenLog(VOID)
{
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK block;
    NTSTATUS status;

    InitializeObjectAttributes(&attributes, &LogName, LOG_ATTRIBUTES, NULL, NULL);
    status = ZwCreateFile(&Log, FILE_WRITE_DATA | SYNCHRONIZE, &attributes, &block, NULL, FILE_ATTRIBUTE_NORMAL, /* DEFECT R-21 */
                          FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_OPEN, FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);
    return status;
}

static VOID NTAPI CloseLog(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    NTSTATUS status = ZwClose(Log);

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Context);
    Log = NULL;
    DbgPrint("r21: the log is closed: %x\n", status);
    KeSetEvent(&LogClosed, IO_NO_INCREMENT, FALSE);
}

static NTSTATUS DispatchCreate(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (DeviceObject == Device && Log == NULL)
        status = OpenLog();
    return CompleteRequest(Irp, status, 0);
}

static NTSTATUS DispatchCleanup(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    if (DeviceObject == Device && Log != NULL) {
        KeClearEvent(&LogClosed);
        IoQueueWorkItem(WorkItem, CloseLog, DelayedWorkQueue, NULL);
    }
    return CompleteRequest(Irp, STATUS_SUCCESS, 0);
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    KeWaitForSingleObject(&LogClosed, Executive, KernelMode, FALSE, NULL);
    IoFreeWorkItem(WorkItem);
    IoDeleteDevice(LogDevice);
    DeleteNamedDevice(Device, &LinkName);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = DriverUnload;
    KeInitializeEvent(&LogClosed, NotificationEvent, TRUE);
    status = IoCreateDevice(DriverObject, 0, &LogName, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, &LogDevice);
    if (!NT_SUCCESS(status))
        return status;
    status = CreateNamedDevice(DriverObject, &DeviceName, &LinkName, 0, &Device);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(LogDevice);
        return status;
    }
    WorkItem = IoAllocateWorkItem(Device);
    if (WorkItem == NULL) {
        IoDeleteDevice(LogDevice);
        DeleteNamedDevice(Device, &LinkName);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    DriverObject->MajorFunction[IRP_MJ_CREATE] = DispatchCreate;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = DispatchCleanup;
    return STATUS_SUCCESS;
}
