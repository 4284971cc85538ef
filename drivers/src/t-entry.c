/*
 * t-entry: records what DriverEntry, the first request and DriverUnload see (T-01 to T-14, T-20, T-22, T-28).
 * SPDX-License-Identifier: MIT
 */
#include "test.h"

__declspec(dllimport) extern POBJECT_TYPE *IoDriverObjectType;
__declspec(dllimport) NTSTATUS NTAPI ObReferenceObjectByName(PUNICODE_STRING Name, ULONG Attributes, PACCESS_STATE State,
                                                             ACCESS_MASK Access, POBJECT_TYPE Type, KPROCESSOR_MODE Mode,
                                                             PVOID Context, PVOID *Object);

enum {
    EntryDriverObject,
    EntryType,
    EntrySize,
    EntryFlags,
    EntryDeviceObject,
    EntryAddDevice,
    EntryCount,
    EntryExtensionDistance,  /* DriverExtension - DriverObject in bytes */
    EntryMajorAllEqual,      /* 1 if all 28 entries are the same */
    EntryMajorDefault,       /* the first of them */
    EntryRegistryPath,
    EntryRegistryBuffer,
    EntryRegistryLength,
    EntryRegistryMaximum,
    EntryServiceKeyLength,
    EntryServiceKeyMaximum,
    EntryServiceKeyEnd,      /* the character behind ServiceKeyName.Length */
    EntryDriverNameLength,
    EntryDriverInitIsEntry,  /* 1 if DriverInit points to DriverEntry */
    EntryDriverUnload,
    EntryLookupStatus,       /* of ObReferenceObjectByName on its own name */
    EntryLookupSame,         /* 1 if that gave this driver object */
    EntryPointerCountBefore,
    EntryPointerCountHeld,
    EntryPointerCountAfter,
    EntryDriverStart,
    EntryDriverSize,
    EntryIrql,
    EntryInSystemProcess,
    EntrySelfUnload,         /* status of ZwUnloadDriver on itself while DriverUnload is NULL */
    EntryFacts
};

static PDRIVER_OBJECT Driver;
static ULONG64 Facts[EntryFacts];
static WCHAR ServiceKeyBuffer[260];
static UNICODE_STRING ServiceKey = {0, sizeof(ServiceKeyBuffer), ServiceKeyBuffer};

static UNICODE_STRING MissingKey =
    RTL_CONSTANT_STRING(L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\LastRefNoSuchService");
static UNICODE_STRING SecondName = RTL_CONSTANT_STRING(L"\\Device\\LastRefTEntrySecond");
static UNICODE_STRING MissingDirectory = RTL_CONSTANT_STRING(L"\\LastRefNoSuchDirectory\\Device");

/* The counter of references lies 30h bytes before every object (PointerCount in OBJECT_HEADER). */
static LONG_PTR PointerCount(PVOID Object)
{
    return *(volatile LONG_PTR *)((PUCHAR)Object - 0x30);
}

static ULONG64 MajorFunctionsSet(PDRIVER_OBJECT DriverObject)
{
    ULONG i, set = 0;

    for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        set += DriverObject->MajorFunction[i] != NULL;
    return set;
}

/* 0: the facts of DriverEntry, in the order of the enumeration above. */
static ULONG ReportEntry(ULONG64 *Values, ULONG Count)
{
    UNREFERENCED_PARAMETER(Count);
    RtlCopyMemory(Values, Facts, sizeof(Facts));
    return EntryFacts;
}

/* 1: now: Flags, entries of MajorFunction that are not NULL, whether an entry that DriverEntry cleared is the default again. */
static ULONG ReportNow(ULONG64 *Values, ULONG Count)
{
    UNREFERENCED_PARAMETER(Count);
    Values[0] = Driver->Flags;
    Values[1] = MajorFunctionsSet(Driver);
    Values[2] = (ULONG64)Driver->MajorFunction[IRP_MJ_READ] == Facts[EntryMajorDefault];
    Values[3] = (Driver->DeviceObject->Flags & DO_DEVICE_INITIALIZING) != 0;
    return 4;
}

/* 2: IoCreateDevice. In: exclusive. Out: status; Type, ReferenceCount, Flags, NextDevice is the old head, AttachedDevice, extension
   Type and Size, ExtensionFlags, driver's count before and after, device's count; status of the same name again; status in a
   missing directory; after IoDeleteDevice: old head is back, status of creating the same name once more. */
static ULONG CreateDevices(ULONG64 *Values, ULONG Count)
{
    PDEVICE_OBJECT oldHead = Driver->DeviceObject;
    PDEVICE_OBJECT device, other;
    BOOLEAN exclusive = Count != 0 && Values[0] != 0;
    USHORT *extension;
    ULONG64 before = PointerCount(Driver);
    NTSTATUS status;

    status = IoCreateDevice(Driver, 0, &SecondName, FILE_DEVICE_UNKNOWN, 0, exclusive, &device);
    Values[0] = (ULONG)status;
    if (!NT_SUCCESS(status))
        return 1;

    extension = (USHORT *)device->DeviceObjectExtension;
    Values[1] = (USHORT)device->Type;
    Values[2] = (ULONG)device->ReferenceCount;
    Values[3] = device->Flags;
    Values[4] = device->NextDevice == oldHead;
    Values[5] = (ULONG64)device->AttachedDevice;
    Values[6] = extension[0];
    Values[7] = extension[1];
    Values[8] = ((ULONG *)extension)[8]; /* ExtensionFlags, at 20h */
    Values[9] = before;
    Values[10] = PointerCount(Driver);
    Values[11] = PointerCount(device);
    Values[12] = (ULONG)IoCreateDevice(Driver, 0, &SecondName, FILE_DEVICE_UNKNOWN, 0, FALSE, &other);
    Values[13] = (ULONG)IoCreateDevice(Driver, 0, &MissingDirectory, FILE_DEVICE_UNKNOWN, 0, FALSE, &other);
    IoDeleteDevice(device);
    Values[14] = Driver->DeviceObject == oldHead;
    status = IoCreateDevice(Driver, 0, &SecondName, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    Values[15] = (ULONG)status;
    if (NT_SUCCESS(status))
        IoDeleteDevice(device);
    return 16;
}

/* 3: statuses of ZwLoadDriver on itself and on a missing key, of ZwUnloadDriver on a missing key. */
static ULONG LoadAndUnload(ULONG64 *Values, ULONG Count)
{
    UNREFERENCED_PARAMETER(Count);
    Values[0] = (ULONG)ZwLoadDriver(&ServiceKey);
    Values[1] = (ULONG)ZwLoadDriver(&MissingKey);
    Values[2] = (ULONG)ZwUnloadDriver(&MissingKey);
    return 3;
}

static TEST_ROUTINE *const Tests[] = {ReportEntry, ReportNow, CreateDevices, LoadAndUnload};

TEST_DEVICE_NAMED(TEntry, Tests);

/* What DriverUnload sees goes to the debugger: nobody can ask any more. */
static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    PDEVICE_OBJECT device = DriverObject->DeviceObject;

    DbgPrint("t-entry: unload flags=%x device=%d extensionflags=%x references=%d\n", DriverObject->Flags, device != NULL,
             ((ULONG *)device->DeviceObjectExtension)[8], device->ReferenceCount);
    DeleteTestDevice();
}

static VOID RecordLookup(PDRIVER_OBJECT DriverObject)
{
    PVOID found = NULL;
    NTSTATUS status;

    Facts[EntryPointerCountBefore] = PointerCount(DriverObject);
    status = ObReferenceObjectByName(&DriverObject->DriverName, OBJ_CASE_INSENSITIVE, NULL, 0, *IoDriverObjectType, KernelMode,
                                     NULL, &found);
    Facts[EntryLookupStatus] = (ULONG)status;
    Facts[EntryPointerCountHeld] = PointerCount(DriverObject);
    if (NT_SUCCESS(status)) {
        Facts[EntryLookupSame] = found == DriverObject;
        ObDereferenceObject(found);
    }
    Facts[EntryPointerCountAfter] = PointerCount(DriverObject);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PUNICODE_STRING key = &DriverObject->DriverExtension->ServiceKeyName;
    ULONG i;

    Driver = DriverObject;
    Facts[EntryDriverObject] = (ULONG64)DriverObject;
    Facts[EntryType] = (USHORT)DriverObject->Type;
    Facts[EntrySize] = (USHORT)DriverObject->Size;
    Facts[EntryFlags] = DriverObject->Flags;
    Facts[EntryDeviceObject] = (ULONG64)DriverObject->DeviceObject;
    Facts[EntryAddDevice] = (ULONG64)DriverObject->DriverExtension->AddDevice;
    Facts[EntryCount] = DriverObject->DriverExtension->Count;
    Facts[EntryExtensionDistance] = (ULONG64)DriverObject->DriverExtension - (ULONG64)DriverObject;
    Facts[EntryMajorDefault] = (ULONG64)DriverObject->MajorFunction[0];
    Facts[EntryMajorAllEqual] = 1;
    for (i = 1; i <= IRP_MJ_MAXIMUM_FUNCTION; i++) {
        if (DriverObject->MajorFunction[i] != DriverObject->MajorFunction[0])
            Facts[EntryMajorAllEqual] = 0;
    }
    Facts[EntryRegistryPath] = (ULONG64)RegistryPath;
    Facts[EntryRegistryBuffer] = (ULONG64)RegistryPath->Buffer;
    Facts[EntryRegistryLength] = RegistryPath->Length;
    Facts[EntryRegistryMaximum] = RegistryPath->MaximumLength;
    Facts[EntryServiceKeyLength] = key->Length;
    Facts[EntryServiceKeyMaximum] = key->MaximumLength;
    Facts[EntryServiceKeyEnd] = key->Buffer[key->Length / sizeof(WCHAR)];
    Facts[EntryDriverNameLength] = DriverObject->DriverName.Length;
    Facts[EntryDriverInitIsEntry] = (PVOID)DriverObject->DriverInit == (PVOID)DriverEntry;
    Facts[EntryDriverUnload] = (ULONG64)DriverObject->DriverUnload;
    Facts[EntryDriverStart] = (ULONG64)DriverObject->DriverStart;
    Facts[EntryDriverSize] = DriverObject->DriverSize;
    Facts[EntryIrql] = KeGetCurrentIrql();
    Facts[EntryInSystemProcess] = PsGetCurrentProcess() == PsInitialSystemProcess;
    RecordLookup(DriverObject);

    if (RegistryPath->Length <= sizeof(ServiceKeyBuffer)) {
        RtlCopyMemory(ServiceKeyBuffer, RegistryPath->Buffer, RegistryPath->Length);
        ServiceKey.Length = RegistryPath->Length;
    }
    Facts[EntrySelfUnload] = (ULONG)ZwUnloadDriver(&ServiceKey);

    for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        DriverObject->MajorFunction[i] = NULL; /* the I/O manager puts its default back where nothing else is set */
    DriverObject->DriverUnload = DriverUnload;
    return CreateTestDevice(DriverObject);
}
