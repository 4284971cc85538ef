/*
 * r22-defect: a function driver that acquires the remove lock for as long as its timer is set, and forgets to release it when it
 * cancels the timer. IRP_MN_REMOVE_DEVICE waits for the lock for ever: R-22, by the IoAcquireRemoveLock call in StartPolling.
 * r22-repaired releases it. r22-ticking-* (TICKING): the same while a periodic timer goes on. r22-counting-* (COUNTING): the timer
 * counts, so that no state of the machine comes back. r22-typed-* (DBG): the checked form of the lock, and a PDB with its types.
 * SPDX-License-Identifier: MIT
 */
#include "fdo.h"

typedef struct {
    FDO_EXTENSION Fdo; /* first, so that one is the other */
    KTIMER Poll;
    KDPC PollDpc;
    KTIMER Tick;
    KDPC TickDpc;
    KEVENT Ticked;
    ULONG Ticks;
} POLLING_EXTENSION;

static VOID NTAPI PollExpired(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    POLLING_EXTENSION *fdo = Context;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    IoReleaseRemoveLock(&fdo->Fdo.RemoveLock, &fdo->Poll);
}

/* Looks after the hardware an hour from now; the device must not go before that or before the timer is cancelled. */
static NOINLINE NTSTATUS StartPolling(POLLING_EXTENSION *fdo)
{
    LARGE_INTEGER due;
    NTSTATUS status;

    due.QuadPart = -3600 * 10000000LL;
    status = IoAcquireRemoveLock(&fdo->Fdo.RemoveLock, &fdo->Poll); /* DEFECT R-22 */
    if (NT_SUCCESS(status))
        KeSetTimer(&fdo->Poll, due, &fdo->PollDpc);
    return status;
}

static NOINLINE VOID StopPolling(POLLING_EXTENSION *fdo)
{
    if (KeCancelTimer(&fdo->Poll)) {
#ifdef REPAIRED
        IoReleaseRemoveLock(&fdo->Fdo.RemoveLock, &fdo->Poll);
#else
        __asm__ volatile(""); /* MISSING R-22 */
#endif
    }
    KeFlushQueuedDpcs();
}

#ifdef TICKING
static VOID NTAPI Ticked(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    POLLING_EXTENSION *fdo = Context;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    KeSetEvent(&fdo->Ticked, IO_NO_INCREMENT, FALSE);
#ifdef COUNTING
    fdo->Ticks++;
#endif
}
#endif

static NTSTATUS RemoveDevice(FDO_EXTENSION *base, PIRP Irp)
{
    POLLING_EXTENSION *fdo = (POLLING_EXTENSION *)base;
    NTSTATUS status;

    StopPolling(fdo);
    status = PassDown(fdo->Fdo.Lower, Irp);
    IoReleaseRemoveLockAndWait(&fdo->Fdo.RemoveLock, Irp);
    KeCancelTimer(&fdo->Tick);
    KeFlushQueuedDpcs();
    IoDetachDevice(fdo->Fdo.Lower);
    IoDeleteDevice(fdo->Fdo.Self);
    return status;
}

static NTSTATUS NTAPI AddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT device;
    POLLING_EXTENSION *fdo;
    NTSTATUS status;

    status = IoCreateDevice(DriverObject, sizeof(POLLING_EXTENSION), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    status = AttachFdo(device, Pdo);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }
    fdo = device->DeviceExtension;
    KeInitializeEvent(&fdo->Ticked, NotificationEvent, FALSE);
    KeInitializeTimer(&fdo->Poll);
    KeInitializeDpc(&fdo->PollDpc, PollExpired, fdo);
    KeInitializeTimer(&fdo->Tick);
#ifdef TICKING
    {
        LARGE_INTEGER due;

        due.QuadPart = -500 * 10000LL;
        KeInitializeDpc(&fdo->TickDpc, Ticked, fdo);
        KeSetTimerEx(&fdo->Tick, due, 500, &fdo->TickDpc);
    }
#endif
    status = StartPolling(fdo);
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
