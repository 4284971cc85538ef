/*
 * r11-defect: a neighbour of model-legacy. It opens that driver's device by name to talk to it and keeps the file object for
 * good, so the device stays open although no process has a handle: R-11, by the IoGetDeviceObjectPointer call in OpenTarget.
 * r11-repaired dereferences the file object when it has its answer. Load it after model-legacy.
 * SPDX-License-Identifier: MIT
 */
#include "driver.h"

#define IOCTL_MODEL_COUNTS CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)

static UNICODE_STRING TargetName = RTL_CONSTANT_STRING(L"\\Device\\ModelLegacy");

static PFILE_OBJECT TargetFile;
static PDEVICE_OBJECT TargetDevice;
static ULONG Counts[4];

static NOINLINE NTSTATUS OpenTarget(VOID)
{
    NTSTATUS status;

    status = IoGetDeviceObjectPointer(&TargetName, FILE_READ_DATA, &TargetFile, &TargetDevice); /* DEFECT R-11 */
    return status;
}

static NOINLINE VOID CloseTarget(VOID)
{
#ifdef REPAIRED
    ObDereferenceObject(TargetFile);
    TargetFile = NULL;
#else
    TargetDevice = NULL; /* MISSING R-11 */
#endif
}

/* Asks the target for its counts, synchronously. */
static NOINLINE NTSTATUS QueryCounts(VOID)
{
    IO_STATUS_BLOCK ioStatus;
    KEVENT done;
    PIRP irp;
    NTSTATUS status;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    irp = IoBuildDeviceIoControlRequest(IOCTL_MODEL_COUNTS, TargetDevice, NULL, 0, Counts, sizeof(Counts), FALSE, &done,
                                        &ioStatus);
    if (irp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    IoGetNextIrpStackLocation(irp)->FileObject = TargetFile;
    status = IoCallDriver(TargetDevice, irp);
    if (status == STATUS_PENDING) {
        KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
        status = ioStatus.Status;
    }
    return status;
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
    status = OpenTarget();
    if (!NT_SUCCESS(status))
        return status;
    status = QueryCounts();
    DbgPrint("r11: counts %u %u %u %u, status %08x\n", Counts[0], Counts[1], Counts[2], Counts[3], status);
    CloseTarget();
    return STATUS_SUCCESS;
}
