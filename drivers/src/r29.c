/*
 * r29-defect: a bus driver that references its child's PDO twice for each report; the PnP manager gives back one. The PDO is deleted
 * and DriverUnload runs, and the image stays: R-29, by the first ObReferenceObject call in ReferenceChild. r29-repaired references once.
 * SPDX-License-Identifier: MIT
 */
#include "child.h"

static NOINLINE VOID ReferenceChild(PDEVICE_OBJECT Pdo)
{
#ifndef REPAIRED
    ObReferenceObject(Pdo); /* DEFECT R-29 */
#endif
    ObReferenceObject(Pdo); /* the PnP manager gives this one back */
    __asm__ volatile("");
}

static VOID DeleteChild(PDEVICE_OBJECT Pdo)
{
    IoDeleteDevice(Pdo); /* MISSING R-29: a second ObDereferenceObject */
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    SetBusDispatch(DriverObject);
    return STATUS_SUCCESS;
}
