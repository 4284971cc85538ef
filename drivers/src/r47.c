/*
 * r47-defect: a neighbour of model-pnp. It has that driver's device open and registered for the device's removal; when it is
 * asked whether the device may go, it waits in the callback for its thread to unregister that same callback, which waits for
 * the callback to come back. The PnP manager's thread stands still for ever: R-47, by the KeWaitForSingleObject call in
 * TargetChanged. r47-repaired lets its thread unregister and does not wait for it. Load it after model-pnp.
 * SPDX-License-Identifier: MIT
 */
#include "driver.h"

/* {5d1c9a52-6c0c-4a0e-9d7a-1b2a3c4d5e01}, the interface of model-pnp */
static GUID TargetInterface = {0x5d1c9a52, 0x6c0c, 0x4a0e, {0x9d, 0x7a, 0x1b, 0x2a, 0x3c, 0x4d, 0x5e, 0x01}};

/* GUID_TARGET_DEVICE_QUERY_REMOVE */
static GUID QueryRemove = {0xcb3a4006, 0x46f0, 0x11d0, {0xb0, 0x8f, 0x00, 0x60, 0x97, 0x13, 0x05, 0x3f}};

static PFILE_OBJECT TargetFile;
static PVOID Registration;
static PVOID Thread;
static KEVENT StopListening;
static KEVENT Stopped;

static VOID CloseTarget(VOID)
{
    PFILE_OBJECT file = InterlockedExchangePointer((PVOID *)&TargetFile, NULL);

    if (file != NULL)
        ObDereferenceObject(file);
}

static VOID NTAPI Listener(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    KeWaitForSingleObject(&StopListening, Executive, KernelMode, FALSE, NULL);
    IoUnregisterPlugPlayNotificationEx(Registration);
    KeSetEvent(&Stopped, IO_NO_INCREMENT, FALSE);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static NOINLINE NTSTATUS NTAPI TargetChanged(PVOID Notification, PVOID Context)
{
    PTARGET_DEVICE_REMOVAL_NOTIFICATION change = Notification;

    UNREFERENCED_PARAMETER(Context);
    if (RtlCompareMemory(&change->Event, &QueryRemove, sizeof(GUID)) != sizeof(GUID))
        return STATUS_SUCCESS;
    CloseTarget();
    KeSetEvent(&StopListening, IO_NO_INCREMENT, FALSE);
#ifndef REPAIRED
    KeWaitForSingleObject(&Stopped, Executive, KernelMode, FALSE, NULL); /* DEFECT R-47 */
#endif
    return STATUS_SUCCESS;
}

static NOINLINE NTSTATUS OpenTarget(VOID)
{
    PDEVICE_OBJECT device;
    UNICODE_STRING name;
    PWSTR names;
    NTSTATUS status;

    status = IoGetDeviceInterfaces(&TargetInterface, NULL, 0, &names);
    if (!NT_SUCCESS(status))
        return status;
    RtlInitUnicodeString(&name, names);
    status = name.Length == 0 ? STATUS_NO_SUCH_DEVICE : IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &TargetFile, &device);
    ExFreePool(names);
    return status;
}

static NOINLINE NTSTATUS StartListening(PDRIVER_OBJECT DriverObject)
{
    HANDLE handle;
    NTSTATUS status;

    status = IoRegisterPlugPlayNotification(EventCategoryTargetDeviceChange, 0, TargetFile, DriverObject, TargetChanged, NULL,
                                            &Registration);
    if (!NT_SUCCESS(status))
        return status;
    status = PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, Listener, NULL);
    if (!NT_SUCCESS(status)) {
        IoUnregisterPlugPlayNotificationEx(Registration);
        return status;
    }
    ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, NULL, KernelMode, &Thread, NULL);
    ZwClose(handle);
    return STATUS_SUCCESS;
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    KeSetEvent(&StopListening, IO_NO_INCREMENT, FALSE);
    KeWaitForSingleObject(Thread, Executive, KernelMode, FALSE, NULL);
    ObDereferenceObject(Thread);
    CloseTarget();
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = DriverUnload;
    KeInitializeEvent(&StopListening, NotificationEvent, FALSE);
    KeInitializeEvent(&Stopped, NotificationEvent, FALSE);
    status = OpenTarget();
    if (!NT_SUCCESS(status))
        return status;
    status = StartListening(DriverObject);
    if (!NT_SUCCESS(status))
        CloseTarget();
    return status;
}
