/*
 * r18-defect: a legacy driver that opens its own device, from a work item that DriverEntry queues, and keeps the file object. Its
 * own open defers its unload for ever: R-18, by the IoGetDeviceObjectPointer call in OpenMyself. r18-repaired closes it again.
 * SPDX-License-Identifier: MIT
 */
#include "legacy.h"

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefR18");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefR18");

static PDEVICE_OBJECT Device;
static PFILE_OBJECT MyFile;
static PDEVICE_OBJECT TopOfMyStack;
static PIO_WORKITEM WorkItem;
static KEVENT WorkDone;

static NOINLINE NTSTATUS OpenMyself(VOID)
{
    NTSTATUS status;

    status = IoGetDeviceObjectPointer(&DeviceName, FILE_READ_DATA, &MyFile, &TopOfMyStack); /* DEFECT R-18 */
    return status;
}

static VOID NTAPI LookAtMyStack(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Context);
    if (NT_SUCCESS(OpenMyself())) {
        DbgPrint("r18: top of stack %p\n", TopOfMyStack);
#ifdef REPAIRED
        ObDereferenceObject(MyFile);
#else
        /* MISSING R-18 */
#endif
    }
    KeSetEvent(&WorkDone, IO_NO_INCREMENT, FALSE);
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    KeWaitForSingleObject(&WorkDone, Executive, KernelMode, FALSE, NULL);
    IoFreeWorkItem(WorkItem);
#ifndef REPAIRED
    if (MyFile != NULL)
        ObDereferenceObject(MyFile); /* too late: this open is why the unload has not been called */
#endif
    DeleteNamedDevice(Device, &LinkName);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = DriverUnload;
    KeInitializeEvent(&WorkDone, NotificationEvent, FALSE);
    status = CreateNamedDevice(DriverObject, &DeviceName, &LinkName, 0, &Device);
    if (!NT_SUCCESS(status))
        return status;

    WorkItem = IoAllocateWorkItem(Device);
    if (WorkItem == NULL) {
        DeleteNamedDevice(Device, &LinkName);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Device->Flags &= ~DO_DEVICE_INITIALIZING; /* the work item may run before this routine returns */
    IoQueueWorkItem(WorkItem, LookAtMyStack, DelayedWorkQueue, NULL);
    return STATUS_SUCCESS;
}
