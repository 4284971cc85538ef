/*
 * A device through which a kernel test asks this driver for the results of numbered experiments.
 *
 * IOCTL_TEST(n) runs experiment n of the driver's table. Its buffer is an array of 64-bit values: the values passed in are
 * handed to the experiment, and what it leaves in the array, as many as it returns, comes back. What each value means is said
 * at the experiment.
 * SPDX-License-Identifier: MIT
 */
#pragma once

#include "driver.h"

#define IOCTL_TEST(n) CTL_CODE(FILE_DEVICE_UNKNOWN, 0x900 + (n), METHOD_BUFFERED, FILE_ANY_ACCESS)

#define TEST_VALUES 64

/* Values holds Count inputs, the rest is 0; returns how many results it left there. */
typedef ULONG TEST_ROUTINE(ULONG64 *Values, ULONG Count);

typedef struct {
    UNICODE_STRING DeviceName;
    UNICODE_STRING LinkName;
    ULONG TestCount;
    TEST_ROUTINE *const *Tests;
    PDEVICE_OBJECT Device;
} TEST_DEVICE;

static TEST_DEVICE TestDevice; /* its names and table are set by each driver */

static NTSTATUS TestDispatchOpen(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    return CompleteRequest(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS TestDispatchControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG code = stack->Parameters.DeviceIoControl.IoControlCode;
    ULONG capacity = stack->Parameters.DeviceIoControl.OutputBufferLength / sizeof(ULONG64);
    ULONG given = stack->Parameters.DeviceIoControl.InputBufferLength / sizeof(ULONG64);
    ULONG64 values[TEST_VALUES];
    ULONG i, results;

    UNREFERENCED_PARAMETER(DeviceObject);
    for (i = 0; i < TestDevice.TestCount && code != IOCTL_TEST(i); i++)
        ;
    if (i == TestDevice.TestCount)
        return CompleteRequest(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);

    if (given > TEST_VALUES)
        given = TEST_VALUES;
    RtlZeroMemory(values, sizeof(values));
    if (given != 0)
        RtlCopyMemory(values, Irp->AssociatedIrp.SystemBuffer, given * sizeof(ULONG64));

    results = TestDevice.Tests[i](values, given);
    if (results > capacity)
        return CompleteRequest(Irp, STATUS_BUFFER_TOO_SMALL, 0);
    if (results != 0)
        RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, values, results * sizeof(ULONG64));
    return CompleteRequest(Irp, STATUS_SUCCESS, results * sizeof(ULONG64));
}

static HELPER NTSTATUS CreateTestDevice(PDRIVER_OBJECT DriverObject)
{
    NTSTATUS status = IoCreateDevice(DriverObject, 0, &TestDevice.DeviceName, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN,
                                     FALSE, &TestDevice.Device);

    if (!NT_SUCCESS(status))
        return status;
    status = IoCreateSymbolicLink(&TestDevice.LinkName, &TestDevice.DeviceName);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(TestDevice.Device);
        return status;
    }
    DriverObject->MajorFunction[IRP_MJ_CREATE] = TestDispatchOpen;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = TestDispatchOpen;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = TestDispatchControl;
    return STATUS_SUCCESS;
}

static HELPER VOID DeleteTestDevice(VOID)
{
    IoDeleteSymbolicLink(&TestDevice.LinkName);
    IoDeleteDevice(TestDevice.Device);
}

/* Defines the device of a driver: TEST_DEVICE_NAMED(TEntry, TestTable). */
#define TEST_DEVICE_NAMED(name, table)                                                                                     \
    static TEST_DEVICE TestDevice = {RTL_CONSTANT_STRING(L"\\Device\\LastRef" #name),                                      \
                                     RTL_CONSTANT_STRING(L"\\DosDevices\\LastRef" #name), ARRAYSIZE(table), table, NULL}
