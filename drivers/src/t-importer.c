/*
 * t-importer: imports from t-export.sys, which must lie beside it. Experiment 0: LibraryAdd on the two values given.
 * SPDX-License-Identifier: MIT
 */
#include "test.h"

__declspec(dllimport) LONG NTAPI LibraryAdd(LONG Left, LONG Right);

static ULONG Add(ULONG64 *Values, ULONG Count)
{
    UNREFERENCED_PARAMETER(Count);
    Values[0] = (ULONG)LibraryAdd((LONG)Values[0], (LONG)Values[1]);
    return 1;
}

static TEST_ROUTINE *const Tests[] = {Add};

TEST_DEVICE_NAMED(TImporter, Tests);

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    DeleteTestDevice();
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    if (LibraryAdd(2, 3) != 5)
        return STATUS_UNSUCCESSFUL;
    DriverObject->DriverUnload = DriverUnload;
    return CreateTestDevice(DriverObject);
}
