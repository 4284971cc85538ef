/*
 * r23-pnp-defect: a function driver that watches its hardware on a thread, once a second, until a flag is set; IRP_MN_REMOVE_DEVICE
 * waits for the thread and forgets the flag. The machine goes on, the removal does not: R-23, by the KeWaitForSingleObject call in
 * WaitForThread. r23-pnp-repaired sets the flag.
 * SPDX-License-Identifier: MIT
 */
#include "fdo.h"

typedef struct {
    FDO_EXTENSION Fdo; /* first, so that one is the other */
    PVOID Thread;
    volatile LONG Stop;
} WATCHING_EXTENSION;

static VOID NTAPI Watch(PVOID Context)
{
    WATCHING_EXTENSION *fdo = Context;
    LARGE_INTEGER second;

    second.QuadPart = -10000000LL;
    while (!fdo->Stop)
        KeDelayExecutionThread(KernelMode, FALSE, &second);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static NTSTATUS StartWatching(WATCHING_EXTENSION *fdo)
{
    HANDLE handle;
    NTSTATUS status = PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, Watch, fdo);

    if (!NT_SUCCESS(status))
        return status;
    status = ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, NULL, KernelMode, &fdo->Thread, NULL);
    ZwClose(handle);
    return status;
}

static NOINLINE VOID WaitForThread(WATCHING_EXTENSION *fdo)
{
    KeWaitForSingleObject(fdo->Thread, Executive, KernelMode, FALSE, NULL); /* DEFECT R-23 pnp */
    ObDereferenceObject(fdo->Thread);
}

static NTSTATUS RemoveDevice(FDO_EXTENSION *base, PIRP Irp)
{
    WATCHING_EXTENSION *fdo = (WATCHING_EXTENSION *)base;
    NTSTATUS status;

#ifdef REPAIRED
    InterlockedExchange((LONG *)&fdo->Stop, 1);
#else
    __asm__ volatile(""); /* MISSING R-23 pnp */
#endif
    WaitForThread(fdo);
    status = PassDown(fdo->Fdo.Lower, Irp);
    IoReleaseRemoveLockAndWait(&fdo->Fdo.RemoveLock, Irp);
    IoDetachDevice(fdo->Fdo.Lower);
    IoDeleteDevice(fdo->Fdo.Self);
    return status;
}

static NTSTATUS NTAPI AddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    status = IoCreateDevice(DriverObject, sizeof(WATCHING_EXTENSION), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    status = AttachFdo(device, Pdo);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }
    status = StartWatching(device->DeviceExtension);
    if (!NT_SUCCESS(status)) {
        IoDetachDevice(((FDO_EXTENSION *)device->DeviceExtension)->Lower);
        IoDeleteDevice(device);
    }
    return status;
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    SetFdoDispatch(DriverObject);
    DriverObject->DriverExtension->AddDevice = AddDevice;
    DriverObject->DriverUnload = DriverUnload;
    return STATUS_SUCCESS;
}
