/*
 * r31-wmi-defect: a legacy driver with a second device, registered with WMI, that DriverUnload does not delete. DriverUnload
 * runs, the device and its image stay: R-31, by the IoWMIRegistrationControl call in CreateProviderDevice. r31-wmi-repaired
 * deregisters and deletes the second device too.
 * SPDX-License-Identifier: MIT
 */
#include "legacy.h"

#define MINOR_REGINFO_EX 0x0B /* IRP_MN_REGINFO_EX */

/* WMIREGINFO with one WMIREGGUID that has no instances. */
typedef struct {
    ULONG BufferSize, NextWmiRegInfo, RegistryPath, MofResourceName, GuidCount, Reserved;
    GUID Guid;
    ULONG Flags, InstanceCount;
    ULONG64 InstanceInfo;
    USHORT EmptyText;
} REGISTRATION;

static const GUID BlockGuid = {0x4c617374, 0x5265, 0x6652, {0x33, 0x31, 0x57, 0x4d, 0x49, 0x00, 0x00, 0x01}};

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefR31Wmi");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefR31Wmi");

static PDEVICE_OBJECT Device;
static PDEVICE_OBJECT ProviderDevice;

static NTSTATUS NTAPI DispatchSystemControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    REGISTRATION *answer = stack->Parameters.WMI.Buffer;

    if (stack->MinorFunction != MINOR_REGINFO_EX || (PDEVICE_OBJECT)stack->Parameters.WMI.ProviderId != DeviceObject)
        return CompleteRequest(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    if (stack->Parameters.WMI.BufferSize < sizeof(*answer)) {
        *(ULONG *)answer = sizeof(*answer);
        return CompleteRequest(Irp, STATUS_SUCCESS, sizeof(ULONG));
    }
    RtlZeroMemory(answer, sizeof(*answer));
    answer->BufferSize = sizeof(*answer);
    answer->RegistryPath = answer->MofResourceName = FIELD_OFFSET(REGISTRATION, EmptyText);
    answer->GuidCount = 1;
    answer->Guid = BlockGuid;
    return CompleteRequest(Irp, STATUS_SUCCESS, sizeof(*answer));
}

static NOINLINE NTSTATUS CreateProviderDevice(PDRIVER_OBJECT DriverObject)
{
    NTSTATUS status = IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &ProviderDevice);

    if (!NT_SUCCESS(status))
        return status;
    status = IoWMIRegistrationControl(ProviderDevice, WMIREG_ACTION_REGISTER); /* DEFECT R-31 */
    if (!NT_SUCCESS(status))
        IoDeleteDevice(ProviderDevice);
    return status;
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    DeleteNamedDevice(Device, &LinkName);
#ifdef REPAIRED
    IoWMIRegistrationControl(ProviderDevice, WMIREG_ACTION_DEREGISTER);
    IoDeleteDevice(ProviderDevice);
#else
    /* MISSING R-31 */
#endif
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = DriverUnload;
    status = CreateNamedDevice(DriverObject, &DeviceName, &LinkName, 0, &Device);
    if (!NT_SUCCESS(status))
        return status;
    DriverObject->MajorFunction[IRP_MJ_SYSTEM_CONTROL] = DispatchSystemControl;
    status = CreateProviderDevice(DriverObject);
    if (!NT_SUCCESS(status))
        DeleteNamedDevice(Device, &LinkName);
    return status;
}
