/*
 * r43-hook-defect: a legacy driver that hooks a dispatch routine of another driver, when an application first opens it, and does not
 * put the old pointer back when it leaves. The pointer holds nothing: the image goes, and the next request to the other driver
 * runs where it was: R-43, found by the pointer itself. r43-hook-repaired puts it back. The other driver is r01-defect, which stays.
 * SPDX-License-Identifier: MIT
 */
#include "legacy.h"

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefR43Hook");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefR43Hook");
static UNICODE_STRING TargetName = RTL_CONSTANT_STRING(L"\\Device\\LastRefR01");

static PDRIVER_OBJECT Hooked;
static PFILE_OBJECT TargetFile;
static PDRIVER_DISPATCH Original;
static LONG Requests;

static NTSTATUS NTAPI HookedDeviceControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    InterlockedIncrement(&Requests);
    return Original(DeviceObject, Irp);
}

static NOINLINE NTSTATUS HookTarget(VOID)
{
    PDEVICE_OBJECT device;
    NTSTATUS status = IoGetDeviceObjectPointer(&TargetName, FILE_READ_DATA, &TargetFile, &device);

    if (!NT_SUCCESS(status))
        return status;
    Hooked = device->DriverObject;
    Original = Hooked->MajorFunction[IRP_MJ_DEVICE_CONTROL];
    InterlockedExchangePointer((PVOID *)&Hooked->MajorFunction[IRP_MJ_DEVICE_CONTROL], (PVOID)HookedDeviceControl); /* the hook */
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI DispatchCreate(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    if (Hooked == NULL)
        HookTarget();
    return CompleteRequest(Irp, STATUS_SUCCESS, 0);
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    if (Hooked != NULL) {
#ifdef REPAIRED
        InterlockedExchangePointer((PVOID *)&Hooked->MajorFunction[IRP_MJ_DEVICE_CONTROL], (PVOID)Original);
#else
        /* MISSING R-43 */
#endif
        ObDereferenceObject(TargetFile);
    }
    DeleteNamedDevice(DriverObject->DeviceObject, &LinkName);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = DriverUnload;
    status = CreateNamedDevice(DriverObject, &DeviceName, &LinkName, 0, &device);
    if (NT_SUCCESS(status))
        DriverObject->MajorFunction[IRP_MJ_CREATE] = DispatchCreate;
    return status;
}
