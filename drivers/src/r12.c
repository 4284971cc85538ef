/*
 * r12-defect: a neighbour of model-legacy. It looks up the top of that driver's stack, closes the file object as it should, and
 * forgets that IoGetAttachedDeviceReference took a reference on the device itself. DriverUnload of the other driver runs and
 * deletes the device, but its memory and with it the image stay: R-12, by the call in FindTop. r12-repaired dereferences.
 * Load it after model-legacy.
 * SPDX-License-Identifier: MIT
 */
#include "driver.h"

static UNICODE_STRING TargetName = RTL_CONSTANT_STRING(L"\\Device\\ModelLegacy");

static PDEVICE_OBJECT TopDevice;

static NOINLINE NTSTATUS FindTop(VOID)
{
    PFILE_OBJECT file;
    PDEVICE_OBJECT device;
    NTSTATUS status = IoGetDeviceObjectPointer(&TargetName, FILE_READ_DATA, &file, &device);

    if (!NT_SUCCESS(status))
        return status;
    TopDevice = IoGetAttachedDeviceReference(device); /* DEFECT R-12 */
    ObDereferenceObject(file);
    return STATUS_SUCCESS;
}

static NOINLINE VOID ForgetTop(VOID)
{
#ifdef REPAIRED
    ObDereferenceObject(TopDevice);
#else
    /* MISSING R-12 */
#endif
    TopDevice = NULL;
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = DriverUnload;
    status = FindTop();
    if (!NT_SUCCESS(status))
        return status;
    DbgPrint("r12: stack size %d\n", TopDevice->StackSize);
    ForgetTop();
    return STATUS_SUCCESS;
}
