/*
 * r37-library: a legacy driver that also exports a routine to others. Whoever imports from it keeps the image, though not the driver
 * object, for as long as the importer is loaded: R-37. It must keep its file name: importers ask for r37-library.sys.
 * SPDX-License-Identifier: MIT
 */
#include "legacy.h"

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\LastRefR37");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\LastRefR37");

static LONG Calls;

/* A library leaves with its last importer only if it exports both of these (U-2.31). */
NTSTATUS NTAPI DllInitialize(PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI DllUnload(VOID)
{
    return STATUS_SUCCESS;
}

LONG NTAPI LibraryCount(VOID)
{
    return InterlockedIncrement(&Calls);
}

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    DeleteNamedDevice(DriverObject->DeviceObject, &LinkName);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = DriverUnload;
    return CreateNamedDevice(DriverObject, &DeviceName, &LinkName, 0, &device);
}
