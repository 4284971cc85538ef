/*
 * t-reinit: registers a reinitialization routine in DriverEntry, which registers itself again until it has run three times.
 * Experiment 0: Flags in DriverEntry after registering; then for each run its Count argument and DriverExtension->Count.
 * SPDX-License-Identifier: MIT
 */
#include "test.h"

#define RUNS 3

static ULONG64 Seen[2 + 2 * RUNS]; /* flags in DriverEntry, runs so far, then two values a run */

static VOID NTAPI Reinitialize(PDRIVER_OBJECT DriverObject, PVOID Context, ULONG Count)
{
    ULONG run = (ULONG)Seen[1]++;

    UNREFERENCED_PARAMETER(Context);
    Seen[2 + 2 * run] = Count;
    Seen[3 + 2 * run] = DriverObject->DriverExtension->Count;
    if (run + 1 < RUNS)
        IoRegisterDriverReinitialization(DriverObject, Reinitialize, NULL);
}

static ULONG Report(ULONG64 *Values, ULONG Count)
{
    UNREFERENCED_PARAMETER(Count);
    RtlCopyMemory(Values, Seen, sizeof(Seen));
    return ARRAYSIZE(Seen);
}

static TEST_ROUTINE *const Tests[] = {Report};

TEST_DEVICE_NAMED(TReinit, Tests);

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    DeleteTestDevice();
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = DriverUnload;
    IoRegisterDriverReinitialization(DriverObject, Reinitialize, NULL);
    Seen[0] = DriverObject->Flags;
    return CreateTestDevice(DriverObject);
}
