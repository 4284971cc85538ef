/*
 * t-wild: DriverEntry calls an address where nothing is.
 * SPDX-License-Identifier: MIT
 */
#include "driver.h"

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDRIVER_INITIALIZE volatile nowhere = (PDRIVER_INITIALIZE)0xFFFFF80012345678;
    NTSTATUS status = nowhere(DriverObject, RegistryPath);

    DbgPrint("t-wild: came back with %08x\n", status);
    return status;
}
