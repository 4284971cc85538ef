/*
 * r15-defect: a file system (or what calls itself one) that unregisters in DriverUnload. The registration counts as an open of
 * its control device, so the stop is accepted and DriverUnload is never called: R-15, by the IoRegisterFileSystem call in
 * RegisterControlDevice. r15-repaired is a recogniser that takes itself back after a tenth of a second, before any stop.
 * SPDX-License-Identifier: MIT
 */
#include "driver.h"

/* ntifs.h, which does not go together with ntddk.h. */
__declspec(dllimport) VOID NTAPI IoRegisterFileSystem(PDEVICE_OBJECT DeviceObject);
__declspec(dllimport) VOID NTAPI IoUnregisterFileSystem(PDEVICE_OBJECT DeviceObject);

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\LastRefR15");
static PDEVICE_OBJECT ControlDevice;

static NOINLINE VOID RegisterControlDevice(VOID)
{
    IoRegisterFileSystem(ControlDevice); /* DEFECT R-15 */
    __asm__ volatile("");
}

#ifdef REPAIRED

static PVOID Thread;

static VOID NTAPI StandDown(PVOID Context)
{
    LARGE_INTEGER timeout;

    UNREFERENCED_PARAMETER(Context);
    timeout.QuadPart = -100 * 10000LL; /* 100 ms */
    KeDelayExecutionThread(KernelMode, FALSE, &timeout);
    IoUnregisterFileSystem(ControlDevice);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static NTSTATUS StartStandingDown(VOID)
{
    HANDLE handle;
    NTSTATUS status = PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, StandDown, NULL);

    if (!NT_SUCCESS(status)) {
        IoUnregisterFileSystem(ControlDevice);
        return status;
    }
    status = ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, NULL, KernelMode, &Thread, NULL);
    ZwClose(handle);
    return status;
}

#endif

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
#ifdef REPAIRED
    KeWaitForSingleObject(Thread, Executive, KernelMode, FALSE, NULL);
    ObDereferenceObject(Thread);
#else
    IoUnregisterFileSystem(ControlDevice); /* MISSING R-15: too late, this routine is not called while it is registered */
#endif
    IoDeleteDevice(ControlDevice);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = DriverUnload;
    status = IoCreateDevice(DriverObject, 0, &DeviceName, FILE_DEVICE_DISK_FILE_SYSTEM, 0, FALSE, &ControlDevice);
    if (!NT_SUCCESS(status))
        return status;
    RegisterControlDevice();
#ifdef REPAIRED
    status = StartStandingDown();
    if (!NT_SUCCESS(status))
        IoDeleteDevice(ControlDevice);
#endif
    return status;
}
