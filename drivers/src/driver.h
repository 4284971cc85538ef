/*
 * What every driver here shares: section names and the three ways a WDM dispatch routine ends a request.
 * SPDX-License-Identifier: MIT
 */
#pragma once

#include <ntddk.h>

/* Code that runs once (INIT is dropped after DriverEntry) and code that may be paged out. */
#define INIT_CODE __attribute__((section("INIT"), noinline))
#define PAGED __attribute__((section("PAGE"), noinline))

#define POOL_TAG 'tsaL'

/* Completes a request that this driver owns. */
static inline NTSTATUS CompleteRequest(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

/* Hands a request down unchanged; this driver does not see it again. */
static inline NTSTATUS PassDown(PDEVICE_OBJECT Lower, PIRP Irp)
{
    IoSkipCurrentIrpStackLocation(Irp);
    return IoCallDriver(Lower, Irp);
}
