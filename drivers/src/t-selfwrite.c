/*
 * t-selfwrite: DriverEntry overwrites its own driver object with garbage and reports success.
 * SPDX-License-Identifier: MIT
 */
#include "driver.h"

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    RtlFillMemory(DriverObject, sizeof(DRIVER_OBJECT), 0xA5);
    return STATUS_SUCCESS;
}
