/*
 * A queue of reads that can be cancelled at any time, on the kernel's cancel-safe queue.
 * SPDX-License-Identifier: MIT
 */
#pragma once

#include "driver.h"
#include <csq.h>

typedef struct {
    IO_CSQ Queue;
    LIST_ENTRY Irps;
    KSPIN_LOCK Lock;
} READ_QUEUE;

static VOID NTAPI ReadQueueInsert(PIO_CSQ Queue, PIRP Irp)
{
    InsertTailList(&CONTAINING_RECORD(Queue, READ_QUEUE, Queue)->Irps, &Irp->Tail.Overlay.ListEntry);
}

static VOID NTAPI ReadQueueRemove(PIO_CSQ Queue, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Queue);
    RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
}

/* PeekContext is a file object, or NULL for the reads of all of them. */
static PIRP NTAPI ReadQueuePeek(PIO_CSQ Queue, PIRP Irp, PVOID PeekContext)
{
    READ_QUEUE *reads = CONTAINING_RECORD(Queue, READ_QUEUE, Queue);
    PLIST_ENTRY entry = Irp == NULL ? reads->Irps.Flink : Irp->Tail.Overlay.ListEntry.Flink;

    for (; entry != &reads->Irps; entry = entry->Flink) {
        PIRP next = CONTAINING_RECORD(entry, IRP, Tail.Overlay.ListEntry);

        if (PeekContext == NULL || IoGetCurrentIrpStackLocation(next)->FileObject == PeekContext)
            return next;
    }
    return NULL;
}

static VOID NTAPI ReadQueueAcquire(PIO_CSQ Queue, PKIRQL Irql)
{
    KeAcquireSpinLock(&CONTAINING_RECORD(Queue, READ_QUEUE, Queue)->Lock, Irql);
}

static VOID NTAPI ReadQueueRelease(PIO_CSQ Queue, KIRQL Irql)
{
    KeReleaseSpinLock(&CONTAINING_RECORD(Queue, READ_QUEUE, Queue)->Lock, Irql);
}

static VOID NTAPI ReadQueueCancelled(PIO_CSQ Queue, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Queue);
    CompleteRequest(Irp, STATUS_CANCELLED, 0);
}

static VOID ReadQueueInitialize(READ_QUEUE *reads)
{
    InitializeListHead(&reads->Irps);
    KeInitializeSpinLock(&reads->Lock);
    IoCsqInitialize(&reads->Queue, ReadQueueInsert, ReadQueueRemove, ReadQueuePeek, ReadQueueAcquire, ReadQueueRelease,
                    ReadQueueCancelled);
}

/* Completes every waiting read of one file object (all of them for NULL) without data. */
static VOID ReadQueueFailAll(READ_QUEUE *reads, PFILE_OBJECT FileObject, NTSTATUS Status)
{
    PIRP irp;

    while ((irp = IoCsqRemoveNextIrp(&reads->Queue, FileObject)) != NULL)
        CompleteRequest(irp, Status, 0);
}

/* Gives the bytes to every waiting read. */
static VOID ReadQueueAnswer(READ_QUEUE *reads, const VOID *Bytes, ULONG Count)
{
    PIRP irp;

    while ((irp = IoCsqRemoveNextIrp(&reads->Queue, NULL)) != NULL) {
        ULONG length = IoGetCurrentIrpStackLocation(irp)->Parameters.Read.Length;

        if (length > Count)
            length = Count;
        if (length != 0)
            RtlCopyMemory(irp->AssociatedIrp.SystemBuffer, Bytes, length);
        CompleteRequest(irp, STATUS_SUCCESS, length);
    }
}
