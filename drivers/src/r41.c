/*
 * r41-defect: a legacy driver with a periodic timer that DriverUnload does not cancel. The timer holds nothing: the image goes,
 * and the next tick runs code that is no longer there: R-41, by the KeSetTimerEx call in StartTicking. r41-repaired cancels the
 * timer and waits for DPCs under way.
 * SPDX-License-Identifier: MIT
 */
#include "legacy.h"

typedef struct {
    KTIMER Timer;
    KDPC Dpc;
    LONG Ticks;
} TICK_EXTENSION;

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefR41");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefR41");

static VOID NTAPI Tick(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    TICK_EXTENSION *extension = Context;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    InterlockedIncrement(&extension->Ticks);
}

static NOINLINE VOID StartTicking(TICK_EXTENSION *extension)
{
    LARGE_INTEGER due;

    KeInitializeDpc(&extension->Dpc, Tick, extension);
    KeInitializeTimerEx(&extension->Timer, NotificationTimer);
    due.QuadPart = -1000 * 10000LL; /* in one second, then every second */
    KeSetTimerEx(&extension->Timer, due, 1000, &extension->Dpc); /* DEFECT R-41 */
    DbgPrint("r41: ticking\n");
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    PDEVICE_OBJECT device = DriverObject->DeviceObject;

#ifdef REPAIRED
    KeCancelTimer(&((TICK_EXTENSION *)device->DeviceExtension)->Timer);
    KeFlushQueuedDpcs();
#else
    /* MISSING R-41 */
#endif
    DeleteNamedDevice(device, &LinkName);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = DriverUnload;
    status = CreateNamedDevice(DriverObject, &DeviceName, &LinkName, sizeof(TICK_EXTENSION), &device);
    if (NT_SUCCESS(status))
        StartTicking(device->DeviceExtension);
    return status;
}
