/*
 * r46-kinds-defect: a legacy driver that leaves one of each behind: a pool block, in it a lookaside list and an ERESOURCE, an open
 * registry key, an open log file and an MDL with locked pages: R-46, by the six calls below. r46-kinds-repaired undoes each.
 * SPDX-License-Identifier: MIT
 */
#include <ntifs.h>
#include "legacy.h"

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefR46Kinds");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefR46Kinds");

/* In pool: what lies in the image itself is found when the image is freed (bug check 0xC4), not as a leak. */
typedef struct {
    NPAGED_LOOKASIDE_LIST Blocks;
    ERESOURCE Lock;
    UCHAR Buffer[64];
} STATE;

static STATE *State;
static HANDLE Key;
static HANDLE Log;
static PMDL Mdl;

static NOINLINE VOID MakeLookaside(VOID)
{
    ExInitializeNPagedLookasideList(&State->Blocks, NULL, NULL, 0, 64, POOL_TAG, 0); /* DEFECT R-46 lookaside */
    State->Buffer[0] = 1;
}

static NOINLINE VOID MakeResource(VOID)
{
    ExInitializeResourceLite(&State->Lock); /* DEFECT R-46 resource */
    State->Buffer[0] = 2;
}

static NOINLINE NTSTATUS OpenParameters(PUNICODE_STRING RegistryPath)
{
    OBJECT_ATTRIBUTES attributes;
    NTSTATUS status;

    InitializeObjectAttributes(&attributes, RegistryPath, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    status = ZwOpenKey(&Key, KEY_READ, &attributes); /* DEFECT R-46 key */
    return status;
}

static NOINLINE NTSTATUS OpenLog(VOID)
{
    static UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\SystemRoot\\Temp\\LastRefR46Kinds.log");
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK opened;
    NTSTATUS status;

    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    status = ZwCreateFile(&Log, FILE_APPEND_DATA | SYNCHRONIZE, &attributes, &opened, NULL, FILE_ATTRIBUTE_NORMAL, FILE_SHARE_READ | FILE_SHARE_WRITE, /* DEFECT R-46 file */
                          FILE_OPEN_IF, FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE, NULL, 0);
    return status;
}

static NOINLINE VOID LockBuffer(VOID)
{
    Mdl = IoAllocateMdl(State->Buffer, sizeof(State->Buffer), FALSE, FALSE, NULL);
    if (Mdl == NULL)
        return;
    MmProbeAndLockPages(Mdl, KernelMode, IoModifyAccess); /* DEFECT R-46 mdl */
    State->Buffer[0] = 3;
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
#ifdef REPAIRED
    ExDeleteNPagedLookasideList(&State->Blocks);
    ExDeleteResourceLite(&State->Lock);
    ZwClose(Key);
    ZwClose(Log);
    if (Mdl != NULL) {
        MmUnlockPages(Mdl);
        IoFreeMdl(Mdl);
    }
    ExFreePoolWithTag(State, POOL_TAG);
#else
    Mdl = NULL; /* MISSING R-46 */
#endif
    DeleteNamedDevice(DriverObject->DeviceObject, &LinkName);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    DriverObject->DriverUnload = DriverUnload;
    State = ExAllocatePoolWithTag(NonPagedPool, sizeof(STATE), POOL_TAG); /* DEFECT R-46 */
    if (State == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = CreateNamedDevice(DriverObject, &DeviceName, &LinkName, 0, &device);
    if (!NT_SUCCESS(status)) {
        ExFreePoolWithTag(State, POOL_TAG);
        return status;
    }
    status = OpenParameters(RegistryPath);
    if (!NT_SUCCESS(status)) {
        ExFreePoolWithTag(State, POOL_TAG);
        DeleteNamedDevice(device, &LinkName);
        return status;
    }
    status = OpenLog();
    if (!NT_SUCCESS(status)) {
        ZwClose(Key);
        ExFreePoolWithTag(State, POOL_TAG);
        DeleteNamedDevice(device, &LinkName);
        return status;
    }
    MakeLookaside();
    MakeResource();
    LockBuffer();
    return STATUS_SUCCESS;
}
