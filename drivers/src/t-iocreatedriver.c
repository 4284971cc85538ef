/*
 * t-iocreatedriver: driver objects made by IoCreateDriver (U-2.22).
 * SPDX-License-Identifier: MIT
 */
#include "test.h"

__declspec(dllimport) NTSTATUS NTAPI IoCreateDriver(PUNICODE_STRING DriverName, PDRIVER_INITIALIZE InitializationFunction);
__declspec(dllimport) VOID NTAPI IoDeleteDriver(PDRIVER_OBJECT DriverObject);

static UNICODE_STRING SecondName = RTL_CONSTANT_STRING(L"\\Driver\\LastRefTSecond");

static PDRIVER_OBJECT Second;
static ULONG64 InitFlags;

static NTSTATUS NTAPI SecondEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    Second = DriverObject;
    InitFlags = DriverObject->Flags;
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI FailingEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_DEVICE_CONFIGURATION_ERROR;
}

static ULONG Describe(ULONG64 *Values, NTSTATUS Status)
{
    Values[0] = (ULONG)Status;
    if (!NT_SUCCESS(Status))
        return 1;
    Values[1] = InitFlags;
    Values[2] = Second->Flags;
    Values[3] = (ULONG64)Second->DriverSection;
    Values[4] = (ULONG64)Second->DriverStart;
    Values[5] = (PVOID)Second->DriverInit == (PVOID)SecondEntry;
    Values[6] = Second->DriverName.Length;
    Values[7] = *(volatile LONG_PTR *)((PUCHAR)Second - 0x30); /* PointerCount */
    IoDeleteDriver(Second);
    Second = NULL;
    return 8;
}

/* 0: a named one. Out: status, Flags inside and after its entry, DriverSection, DriverStart, DriverInit is right, bytes of the name,
   PointerCount; it is deleted again. */
static ULONG CreateNamed(ULONG64 *Values, ULONG Count)
{
    UNREFERENCED_PARAMETER(Count);
    return Describe(Values, IoCreateDriver(&SecondName, SecondEntry));
}

/* 1: the same without a name. */
static ULONG CreateUnnamed(ULONG64 *Values, ULONG Count)
{
    UNREFERENCED_PARAMETER(Count);
    return Describe(Values, IoCreateDriver(NULL, SecondEntry));
}

/* 2: one whose entry fails, and the same name afterwards. Out: both statuses. */
static ULONG CreateFailing(ULONG64 *Values, ULONG Count)
{
    UNREFERENCED_PARAMETER(Count);
    Values[0] = (ULONG)IoCreateDriver(&SecondName, FailingEntry);
    Values[1] = (ULONG)IoCreateDriver(&SecondName, SecondEntry);
    if (NT_SUCCESS((NTSTATUS)Values[1]))
        IoDeleteDriver(Second);
    return 2;
}

static TEST_ROUTINE *const Tests[] = {CreateNamed, CreateUnnamed, CreateFailing};

TEST_DEVICE_NAMED(TIoCreateDriver, Tests);

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    DeleteTestDevice();
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = DriverUnload;
    return CreateTestDevice(DriverObject);
}
