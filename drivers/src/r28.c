/*
 * r28-defect: a bus driver whose child is unplugged. It reports the child as missing, gets its IRP_MN_REMOVE_DEVICE and keeps the
 * PDO: R-28, made by the IoCreateDevice call in CreateChild. r28-repaired deletes it there.
 * SPDX-License-Identifier: MIT
 */
#define CHILD_LEAVES
#include "child.h"

static VOID ReferenceChild(PDEVICE_OBJECT Pdo)
{
    ObReferenceObject(Pdo);
}

static VOID DeleteChild(PDEVICE_OBJECT Pdo)
{
    CHILD_EXTENSION *child = Pdo->DeviceExtension;

#ifndef REPAIRED
    if (child->ReportedMissing)
        return; /* MISSING R-28 */
#endif
    child->Bus = NULL;
    IoDeleteDevice(Pdo);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    SetBusDispatch(DriverObject);
    return STATUS_SUCCESS;
}
