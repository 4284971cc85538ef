/*
 * r34-defect: a neighbour of model-legacy that monitors other drivers. It finds the driver behind a device, takes a reference to
 * the driver object to look at its dispatch table now and then, and keeps it. DriverUnload of that driver runs, its image stays:
 * R-34, by the ObfReferenceObject call in WatchDriver. r34-repaired gives it back. r34-handle-defect and r34-handle-repaired
 * (HANDLE_FORM): the same with a handle to the driver object. Load it after model-legacy.
 * SPDX-License-Identifier: MIT
 */
#include <ntifs.h>
#include "driver.h"

static UNICODE_STRING TargetName = RTL_CONSTANT_STRING(L"\\Device\\ModelLegacy");

static PDRIVER_OBJECT Watched;
#ifdef HANDLE_FORM
static HANDLE WatchedHandle;
#endif

static NOINLINE NTSTATUS WatchDriver(PDRIVER_OBJECT Target)
{
    NTSTATUS status = STATUS_SUCCESS;

#ifdef HANDLE_FORM
    status = ObOpenObjectByPointer(Target, OBJ_KERNEL_HANDLE, NULL, 0, NULL, KernelMode, &WatchedHandle); /* DEFECT R-34 handle */
#else
    ObReferenceObject(Target); /* DEFECT R-34 */
#endif
    Watched = Target;
    return status;
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
#ifdef REPAIRED
#ifdef HANDLE_FORM
    ZwClose(WatchedHandle);
#else
    ObDereferenceObject(Watched);
#endif
#else
    Watched = NULL; /* MISSING R-34 */
#endif
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PFILE_OBJECT file;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = DriverUnload;
    status = IoGetDeviceObjectPointer(&TargetName, FILE_READ_DATA, &file, &device);
    if (!NT_SUCCESS(status))
        return status;
    status = WatchDriver(device->DriverObject);
    ObDereferenceObject(file);
    return status;
}
