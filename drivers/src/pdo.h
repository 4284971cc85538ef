/*
 * What every physical device object answers in the same way, whichever bus made it.
 * SPDX-License-Identifier: MIT
 */
#pragma once

#include "driver.h"

/* Answers IRP_MN_QUERY_ID with a copy of an id; bytes include the terminators (two for a list of ids). */
static NTSTATUS AnswerId(PIRP Irp, const WCHAR *Id, SIZE_T Bytes)
{
    PVOID copy = ExAllocatePoolWithTag(PagedPool, Bytes, POOL_TAG);

    if (copy == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlCopyMemory(copy, Id, Bytes);
    Irp->IoStatus.Information = (ULONG_PTR)copy;
    return STATUS_SUCCESS;
}

/* Answers IRP_MN_QUERY_DEVICE_RELATIONS for TargetDeviceRelation; the sender gives the reference back. */
static NTSTATUS AnswerTargetRelation(PIRP Irp, PDEVICE_OBJECT Pdo)
{
    PDEVICE_RELATIONS relations = ExAllocatePoolWithTag(PagedPool, sizeof(DEVICE_RELATIONS), POOL_TAG);

    if (relations == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    ObReferenceObject(Pdo);
    relations->Count = 1;
    relations->Objects[0] = Pdo;
    Irp->IoStatus.Information = (ULONG_PTR)relations;
    return STATUS_SUCCESS;
}

/* Appends a child to the BusRelations in a request, which may already carry children of drivers above. */
static NTSTATUS AppendRelations(PIRP Irp, PDEVICE_OBJECT *Children, ULONG Count)
{
    PDEVICE_RELATIONS old = (PDEVICE_RELATIONS)Irp->IoStatus.Information;
    ULONG oldCount = old == NULL ? 0 : old->Count;
    PDEVICE_RELATIONS relations;
    ULONG i;

    relations = ExAllocatePoolWithTag(PagedPool,
                                      FIELD_OFFSET(DEVICE_RELATIONS, Objects) + (oldCount + Count + 1) * sizeof(PDEVICE_OBJECT),
                                      POOL_TAG);
    if (relations == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    for (i = 0; i < oldCount; i++)
        relations->Objects[i] = old->Objects[i];
    for (i = 0; i < Count; i++) {
        ObReferenceObject(Children[i]); /* the PnP manager gives this one back */
        relations->Objects[oldCount + i] = Children[i];
    }
    relations->Count = oldCount + Count;
    if (old != NULL)
        ExFreePool(old);
    Irp->IoStatus.Information = (ULONG_PTR)relations;
    return STATUS_SUCCESS;
}

static VOID FillCapabilities(PDEVICE_CAPABILITIES Capabilities, BOOLEAN RawDevice, BOOLEAN Ejectable)
{
    ULONG state;

    Capabilities->RawDeviceOK = RawDevice;
    Capabilities->EjectSupported = Ejectable;
    Capabilities->Removable = Ejectable;
    Capabilities->SurpriseRemovalOK = Ejectable;
    Capabilities->DeviceState[PowerSystemWorking] = PowerDeviceD0;
    for (state = PowerSystemSleeping1; state < PowerSystemMaximum; state++)
        Capabilities->DeviceState[state] = PowerDeviceD3;
}
