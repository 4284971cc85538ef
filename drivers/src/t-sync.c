/*
 * t-sync: what a driver waits with and what runs behind its back; each experiment says what it leaves.
 * Experiments 12 and 13 start something that outlives the request, so that a test can stop the driver meanwhile (T-54, T-56).
 * SPDX-License-Identifier: MIT
 */
#include "test.h"

#define MILLISECONDS(n) (-(LONGLONG)(n) * 10000)

static PDEVICE_OBJECT PendingDevice; /* answers an internal request half a second late */
static PIO_WORKITEM LateWorkItem;

static ULONG64 InterruptTime(VOID)
{
    return *(volatile ULONG64 *)0xFFFFF78000000008; /* as KeQueryInterruptTime is inlined */
}

static NTSTATUS Wait(PVOID Object, LONGLONG Timeout)
{
    LARGE_INTEGER timeout;

    timeout.QuadPart = Timeout;
    return KeWaitForSingleObject(Object, Executive, KernelMode, FALSE, &timeout);
}

/* 0: events. Out: waits with timeout 0 on a notification event: not set, set, set again after a wait; KeResetEvent's old state; on a
   synchronization event: set, then taken; KeSetEvent's old states; KeReadStateEvent; ticks of a 50 ms timeout (500000 or more). */
static ULONG Events(ULONG64 *Values, ULONG Count)
{
    KEVENT notification, synchronization;
    ULONG64 start;

    UNREFERENCED_PARAMETER(Count);
    KeInitializeEvent(&notification, NotificationEvent, FALSE);
    KeInitializeEvent(&synchronization, SynchronizationEvent, FALSE);
    Values[0] = (ULONG)Wait(&notification, 0);
    Values[1] = (ULONG)KeSetEvent(&notification, 0, FALSE);
    Values[2] = (ULONG)Wait(&notification, 0);
    Values[3] = (ULONG)Wait(&notification, 0);
    Values[4] = (ULONG)KeResetEvent(&notification);
    Values[5] = (ULONG)KeReadStateEvent(&notification);
    Values[6] = (ULONG)KeSetEvent(&synchronization, 0, FALSE);
    Values[7] = (ULONG)KeSetEvent(&synchronization, 0, FALSE);
    Values[8] = (ULONG)Wait(&synchronization, 0);
    Values[9] = (ULONG)Wait(&synchronization, 0);
    start = InterruptTime();
    Values[10] = (ULONG)Wait(&synchronization, MILLISECONDS(50));
    Values[11] = InterruptTime() - start;
    return 12;
}

/* 1: a mutex taken twice. Out: wait statuses, states read after each step (0, -1, 0, 1), KeReleaseMutex's old states. */
static ULONG Mutexes(ULONG64 *Values, ULONG Count)
{
    KMUTEX mutex;

    UNREFERENCED_PARAMETER(Count);
    KeInitializeMutex(&mutex, 0);
    Values[0] = (ULONG)Wait(&mutex, 0);
    Values[1] = (ULONG)KeReadStateMutex(&mutex);
    Values[2] = (ULONG)Wait(&mutex, 0);
    Values[3] = (ULONG)KeReadStateMutex(&mutex);
    Values[4] = (ULONG)KeReleaseMutex(&mutex, FALSE);
    Values[5] = (ULONG)KeReadStateMutex(&mutex);
    Values[6] = (ULONG)KeReleaseMutex(&mutex, FALSE);
    Values[7] = (ULONG)KeReadStateMutex(&mutex);
    return 8;
}

/* 2: a semaphore of 2, at most 3. Out: three waits with timeout 0, the old count of releasing 2, the count then. */
static ULONG Semaphores(ULONG64 *Values, ULONG Count)
{
    KSEMAPHORE semaphore;

    UNREFERENCED_PARAMETER(Count);
    KeInitializeSemaphore(&semaphore, 2, 3);
    Values[0] = (ULONG)Wait(&semaphore, 0);
    Values[1] = (ULONG)Wait(&semaphore, 0);
    Values[2] = (ULONG)Wait(&semaphore, 0);
    Values[3] = (ULONG)KeReleaseSemaphore(&semaphore, 0, 2, FALSE);
    Values[4] = (ULONG)KeReadStateSemaphore(&semaphore);
    return 5;
}

typedef struct {
    KDPC Dpc;
    KEVENT Ran;
    LONG Runs;
    KIRQL Irql;
    ULONG_PTR Argument1;
    ULONG_PTR Argument2;
} DPC_RECORD;

static VOID NTAPI DpcRoutine(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    DPC_RECORD *record = Context;

    UNREFERENCED_PARAMETER(Dpc);
    record->Irql = KeGetCurrentIrql();
    record->Argument1 = (ULONG_PTR)Argument1;
    record->Argument2 = (ULONG_PTR)Argument2;
    InterlockedIncrement(&record->Runs);
    KeSetEvent(&record->Ran, 0, FALSE);
}

static VOID InitializeRecord(DPC_RECORD *record)
{
    RtlZeroMemory(record, sizeof(*record));
    KeInitializeDpc(&record->Dpc, DpcRoutine, record);
    KeInitializeEvent(&record->Ran, SynchronizationEvent, FALSE);
}

/* 3: timers. Out: a 100 ms timer: KeSetTimer's answer, wait status, ticks waited, KeReadStateTimer; a 10 ms periodic one with a DPC:
   runs after 45 ms (4), KeCancelTimer's answer, runs 50 ms later (the same); cancelling one that has not expired: 1, then 0. */
static ULONG Timers(ULONG64 *Values, ULONG Count)
{
    KTIMER timer;
    DPC_RECORD record;
    LARGE_INTEGER due, delay;
    ULONG64 start;

    UNREFERENCED_PARAMETER(Count);
    KeInitializeTimer(&timer);
    due.QuadPart = MILLISECONDS(100);
    start = InterruptTime();
    Values[0] = KeSetTimer(&timer, due, NULL);
    Values[1] = (ULONG)KeWaitForSingleObject(&timer, Executive, KernelMode, FALSE, NULL);
    Values[2] = InterruptTime() - start;
    Values[3] = KeReadStateTimer(&timer);

    InitializeRecord(&record);
    KeInitializeTimerEx(&timer, SynchronizationTimer);
    due.QuadPart = MILLISECONDS(10);
    KeSetTimerEx(&timer, due, 10, &record.Dpc);
    delay.QuadPart = MILLISECONDS(45);
    KeDelayExecutionThread(KernelMode, FALSE, &delay);
    Values[5] = KeCancelTimer(&timer);
    KeFlushQueuedDpcs();
    Values[4] = (ULONG)record.Runs;
    delay.QuadPart = MILLISECONDS(50);
    KeDelayExecutionThread(KernelMode, FALSE, &delay);
    Values[6] = (ULONG)record.Runs;

    due.QuadPart = MILLISECONDS(1000);
    KeSetTimer(&timer, due, NULL);
    Values[7] = KeCancelTimer(&timer);
    Values[8] = KeCancelTimer(&timer);
    return 9;
}

/* 4: DPCs. Out: KeInsertQueueDpc's answer, wait, IRQL inside (2), both arguments; queueing twice at DISPATCH_LEVEL: 1, 0; removing it: 1;
   runs in all (1). */
static ULONG Dpcs(ULONG64 *Values, ULONG Count)
{
    DPC_RECORD record;
    KIRQL irql;

    UNREFERENCED_PARAMETER(Count);
    InitializeRecord(&record);
    Values[0] = KeInsertQueueDpc(&record.Dpc, (PVOID)0x1111, (PVOID)0x2222);
    Values[1] = (ULONG)Wait(&record.Ran, MILLISECONDS(1000));
    Values[2] = record.Irql;
    Values[3] = record.Argument1;
    Values[4] = record.Argument2;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    Values[5] = KeInsertQueueDpc(&record.Dpc, NULL, NULL);
    Values[6] = KeInsertQueueDpc(&record.Dpc, NULL, NULL);
    Values[7] = KeRemoveQueueDpc(&record.Dpc);
    KeLowerIrql(irql);
    KeFlushQueuedDpcs();
    Values[8] = (ULONG)record.Runs;
    return 9;
}

typedef struct {
    IO_REMOVE_LOCK Lock;
    KEVENT Returned;
    volatile LONG WaitReturned;
} LOCK_RECORD;

static VOID NTAPI ReleaseAndWait(PVOID Context)
{
    LOCK_RECORD *record = Context;

    IoReleaseRemoveLockAndWait(&record->Lock, (PVOID)2);
    record->WaitReturned = 1;
    KeSetEvent(&record->Returned, 0, FALSE);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static NTSTATUS RunThread(PKSTART_ROUTINE Routine, PVOID Context, PVOID *Thread)
{
    HANDLE handle;
    NTSTATUS status = PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, Routine, Context);

    if (!NT_SUCCESS(status))
        return status;
    status = ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, NULL, KernelMode, Thread, NULL);
    ZwClose(handle);
    return status;
}

/* 5: a remove lock (T-64). Out: two acquires; while another thread waits in release-and-wait: whether it has returned (0), a further
   acquire (C0000056); after the last release: wait for the thread, whether it has returned (1), acquire (C0000056). */
static ULONG RemoveLocks(ULONG64 *Values, ULONG Count)
{
    LOCK_RECORD record;
    LARGE_INTEGER delay;
    PVOID thread;

    UNREFERENCED_PARAMETER(Count);
    record.WaitReturned = 0;
    KeInitializeEvent(&record.Returned, NotificationEvent, FALSE);
    IoInitializeRemoveLock(&record.Lock, POOL_TAG, 0, 0);
    Values[0] = (ULONG)IoAcquireRemoveLock(&record.Lock, (PVOID)1);
    Values[1] = (ULONG)IoAcquireRemoveLock(&record.Lock, (PVOID)2);
    if (!NT_SUCCESS(RunThread(ReleaseAndWait, &record, &thread)))
        return 2;
    delay.QuadPart = MILLISECONDS(20);
    KeDelayExecutionThread(KernelMode, FALSE, &delay);
    Values[2] = (ULONG)record.WaitReturned;
    Values[3] = (ULONG)IoAcquireRemoveLock(&record.Lock, (PVOID)3);
    IoReleaseRemoveLock(&record.Lock, (PVOID)1);
    Values[4] = (ULONG)KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
    Values[5] = (ULONG)record.WaitReturned;
    Values[6] = (ULONG)IoAcquireRemoveLock(&record.Lock, (PVOID)4);
    ObDereferenceObject(thread);
    return 7;
}

static VOID NTAPI WorkRoutine(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    ULONG64 *values = Context;

    values[1] = DeviceObject == TestDevice.Device;
    values[2] = KeGetCurrentIrql();
    values[3] = PsGetCurrentProcess() == PsInitialSystemProcess;
    values[4] = (ULONG64)*(volatile LONG_PTR *)((PUCHAR)DeviceObject - 0x30);
    KeSetEvent((PKEVENT)values[0], 0, FALSE);
}

/* 6: a work item. Out: 1; inside it: its device is right, IRQL, runs in the system process, PointerCount of the device there; PointerCount
   before queueing and after the item was freed. */
static ULONG WorkItems(ULONG64 *Values, ULONG Count)
{
    volatile LONG_PTR *pointerCount = (LONG_PTR *)((PUCHAR)TestDevice.Device - 0x30);
    PIO_WORKITEM item = IoAllocateWorkItem(TestDevice.Device);
    LARGE_INTEGER delay;
    KEVENT done;

    UNREFERENCED_PARAMETER(Count);
    if (item == NULL)
        return 0;
    KeInitializeEvent(&done, NotificationEvent, FALSE);
    Values[0] = (ULONG64)&done;
    Values[5] = (ULONG64)*pointerCount;
    IoQueueWorkItem(item, WorkRoutine, DelayedWorkQueue, Values);
    KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
    delay.QuadPart = MILLISECONDS(10); /* the routine has set the event; let it return */
    KeDelayExecutionThread(KernelMode, FALSE, &delay);
    IoFreeWorkItem(item);
    Values[0] = 1;
    Values[6] = (ULONG64)*pointerCount;
    return 7;
}

typedef struct {
    KEVENT Go;
    volatile LONG Turns;
} THREAD_RECORD;

static VOID NTAPI TakeTurn(PVOID Context)
{
    THREAD_RECORD *record = Context;

    KeWaitForSingleObject(&record->Go, Executive, KernelMode, FALSE, NULL);
    InterlockedIncrement(&record->Turns);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

/* 7: two threads on one synchronization event. Out: wait-any with timeout 0 (258), after one signal: wait-any is 0 or 1, turns 1; after the
   second: wait-all status, turns 2. */
static ULONG Threads(ULONG64 *Values, ULONG Count)
{
    THREAD_RECORD record;
    PVOID threads[2];
    LARGE_INTEGER zero;

    UNREFERENCED_PARAMETER(Count);
    record.Turns = 0;
    zero.QuadPart = 0;
    KeInitializeEvent(&record.Go, SynchronizationEvent, FALSE);
    if (!NT_SUCCESS(RunThread(TakeTurn, &record, &threads[0])) || !NT_SUCCESS(RunThread(TakeTurn, &record, &threads[1])))
        return 0;
    Values[0] = (ULONG)KeWaitForMultipleObjects(2, threads, WaitAny, Executive, KernelMode, FALSE, &zero, NULL);
    KeSetEvent(&record.Go, 0, FALSE);
    Values[1] = (ULONG)KeWaitForMultipleObjects(2, threads, WaitAny, Executive, KernelMode, FALSE, NULL, NULL);
    Values[2] = (ULONG)record.Turns;
    KeSetEvent(&record.Go, 0, FALSE);
    Values[3] = (ULONG)KeWaitForMultipleObjects(2, threads, WaitAll, Executive, KernelMode, FALSE, NULL, NULL);
    Values[4] = (ULONG)record.Turns;
    ObDereferenceObject(threads[0]);
    ObDereferenceObject(threads[1]);
    return 5;
}

/* 8: IRQL. Out: at first, inside a spin lock, inside a nested one, after both, inside a fast mutex, after it; old values returned. */
static ULONG Irqls(ULONG64 *Values, ULONG Count)
{
    KSPIN_LOCK outer, inner;
    FAST_MUTEX mutex;
    KIRQL irql;

    UNREFERENCED_PARAMETER(Count);
    KeInitializeSpinLock(&outer);
    KeInitializeSpinLock(&inner);
    ExInitializeFastMutex(&mutex);
    Values[0] = KeGetCurrentIrql();
    KeAcquireSpinLock(&outer, &irql);
    Values[1] = KeGetCurrentIrql();
    KeAcquireSpinLockAtDpcLevel(&inner);
    Values[2] = KeGetCurrentIrql();
    KeReleaseSpinLockFromDpcLevel(&inner);
    KeReleaseSpinLock(&outer, irql);
    Values[3] = KeGetCurrentIrql();
    ExAcquireFastMutex(&mutex);
    Values[4] = KeGetCurrentIrql();
    Values[5] = ExTryToAcquireFastMutex(&mutex);
    ExReleaseFastMutex(&mutex);
    Values[6] = KeGetCurrentIrql();
    Values[7] = irql;
    return 8;
}

/* 9: an executive resource. Out: shared, shared again, exclusive without waiting (0 while shared), after both releases exclusive (1), held
   exclusively (1), status of deleting it. */
static ULONG Resources(ULONG64 *Values, ULONG Count)
{
    PERESOURCE resource = ExAllocatePoolWithTag(NonPagedPool, sizeof(ERESOURCE), POOL_TAG);

    UNREFERENCED_PARAMETER(Count);
    if (resource == NULL)
        return 0;
    ExInitializeResourceLite(resource);
    KeEnterCriticalRegion();
    Values[0] = ExAcquireResourceSharedLite(resource, TRUE);
    Values[1] = ExAcquireResourceSharedLite(resource, TRUE);
    Values[2] = ExAcquireResourceExclusiveLite(resource, FALSE);
    ExReleaseResourceLite(resource);
    ExReleaseResourceLite(resource);
    Values[3] = ExAcquireResourceExclusiveLite(resource, FALSE);
    Values[4] = ExIsResourceAcquiredExclusiveLite(resource);
    ExReleaseResourceLite(resource);
    KeLeaveCriticalRegion();
    Values[5] = (ULONG)ExDeleteResourceLite(resource);
    ExFreePoolWithTag(resource, POOL_TAG);
    return 6;
}

/* 10: rundown protection and a lookaside list. Out: acquire (1), acquire after the rundown (0), two blocks differ, a freed block comes
   back first. */
static ULONG RundownAndLookaside(ULONG64 *Values, ULONG Count)
{
    EX_RUNDOWN_REF rundown;
    PNPAGED_LOOKASIDE_LIST list = ExAllocatePoolWithTag(NonPagedPool, sizeof(NPAGED_LOOKASIDE_LIST), POOL_TAG);
    PVOID first, second, third;

    UNREFERENCED_PARAMETER(Count);
    if (list == NULL)
        return 0;
    ExInitializeRundownProtection(&rundown);
    Values[0] = ExAcquireRundownProtection(&rundown);
    ExReleaseRundownProtection(&rundown);
    ExWaitForRundownProtectionRelease(&rundown);
    Values[1] = ExAcquireRundownProtection(&rundown);

    ExInitializeNPagedLookasideList(list, NULL, NULL, 0, 64, POOL_TAG, 0);
    first = ExAllocateFromNPagedLookasideList(list);
    second = ExAllocateFromNPagedLookasideList(list);
    Values[2] = first != NULL && second != NULL && first != second;
    ExFreeToNPagedLookasideList(list, first);
    third = ExAllocateFromNPagedLookasideList(list);
    Values[3] = third == first;
    ExFreeToNPagedLookasideList(list, second);
    ExFreeToNPagedLookasideList(list, third);
    ExDeleteNPagedLookasideList(list);
    ExFreePoolWithTag(list, POOL_TAG);
    return 4;
}

/* ---- Requests that come back late ---- */

typedef struct {
    KTIMER Timer;
    KDPC Dpc;
    PIRP Irp;
} LATE_ANSWER;

static LATE_ANSWER LateAnswer;

static VOID NTAPI AnswerNow(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    CompleteRequest(LateAnswer.Irp, STATUS_SUCCESS, 5);
}

/* The answer to an internal request on the second device; one at a time. */
static NTSTATUS DispatchInternal(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    LARGE_INTEGER due;

    if (DeviceObject != PendingDevice)
        return CompleteRequest(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    IoMarkIrpPending(Irp);
    LateAnswer.Irp = Irp;
    KeInitializeTimer(&LateAnswer.Timer);
    KeInitializeDpc(&LateAnswer.Dpc, AnswerNow, NULL);
    due.QuadPart = MILLISECONDS(500);
    KeSetTimer(&LateAnswer.Timer, due, &LateAnswer.Dpc);
    return STATUS_PENDING;
}

static NTSTATUS NTAPI AnswerArrived(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    ULONG64 *values = Context;

    UNREFERENCED_PARAMETER(DeviceObject);
    if (values != NULL) {
        values[1] = Irp->PendingReturned;
        values[2] = (ULONG)Irp->IoStatus.Status;
        values[3] = Irp->IoStatus.Information;
        values[4] = KeGetCurrentIrql();
        KeSetEvent((PKEVENT)values[5], 0, FALSE);
    } else {
        DbgPrint("t-sync: late completion\n");
    }
    IoFreeIrp(Irp);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static PIRP NewInternalRequest(VOID)
{
    PIRP irp = IoAllocateIrp(PendingDevice->StackSize, FALSE);

    if (irp != NULL)
        IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
    return irp;
}

/* 11: a completion routine on a request of its own. Out: IoCallDriver's answer (103); inside the routine PendingReturned, status,
   information, IRQL. */
static ULONG Completion(ULONG64 *Values, ULONG Count)
{
    PIRP irp = NewInternalRequest();
    KEVENT done;

    UNREFERENCED_PARAMETER(Count);
    if (irp == NULL)
        return 0;
    KeInitializeEvent(&done, NotificationEvent, FALSE);
    Values[5] = (ULONG64)&done;
    IoSetCompletionRoutine(irp, AnswerArrived, Values, TRUE, TRUE, TRUE);
    Values[0] = (ULONG)IoCallDriver(PendingDevice, irp);
    KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
    return 5;
}

static VOID NTAPI LateWork(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    LARGE_INTEGER delay;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Context);
    delay.QuadPart = MILLISECONDS(500);
    KeDelayExecutionThread(KernelMode, FALSE, &delay);
    DbgPrint("t-sync: late work\n");
}

/* 12: queues a work item that runs for half a second, and returns (T-54). Its memory is lost when the driver goes meanwhile. */
static ULONG StartLateWork(ULONG64 *Values, ULONG Count)
{
    UNREFERENCED_PARAMETER(Values);
    UNREFERENCED_PARAMETER(Count);
    LateWorkItem = IoAllocateWorkItem(TestDevice.Device);
    if (LateWorkItem != NULL)
        IoQueueWorkItem(LateWorkItem, LateWork, DelayedWorkQueue, NULL);
    return 0;
}

/* 13: sends a request that comes back half a second later, with IoSetCompletionRoutineEx, and returns (T-56). Out: its status. */
static ULONG StartLateCompletion(ULONG64 *Values, ULONG Count)
{
    PIRP irp = NewInternalRequest();
    NTSTATUS status;

    UNREFERENCED_PARAMETER(Count);
    if (irp == NULL)
        return 0;
    status = IoSetCompletionRoutineEx(TestDevice.Device, irp, AnswerArrived, NULL, TRUE, TRUE, TRUE);
    Values[0] = (ULONG)status;
    if (NT_SUCCESS(status))
        IoCallDriver(PendingDevice, irp);
    else
        IoFreeIrp(irp);
    return 1;
}

static TEST_ROUTINE *const Tests[] = {Events,    Mutexes, Semaphores, Timers,    Dpcs,
                                      RemoveLocks, WorkItems, Threads, Irqls,     Resources,
                                      RundownAndLookaside, Completion, StartLateWork, StartLateCompletion};

TEST_DEVICE_NAMED(TSync, Tests);

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    DbgPrint("t-sync: unload\n");
    DeleteTestDevice();
    IoDeleteDevice(PendingDevice);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = DriverUnload;
    DriverObject->MajorFunction[IRP_MJ_INTERNAL_DEVICE_CONTROL] = DispatchInternal;
    status = CreateTestDevice(DriverObject);
    if (!NT_SUCCESS(status))
        return status;
    status = IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &PendingDevice);
    if (!NT_SUCCESS(status))
        DeleteTestDevice();
    return status;
}
