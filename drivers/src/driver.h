/*
 * What every driver here shares: section names and the three ways a WDM dispatch routine ends a request.
 * SPDX-License-Identifier: MIT
 */
#pragma once

#include <ntddk.h>

/* Code that runs once (INIT is dropped after DriverEntry) and code that may be paged out. */
#define INIT_CODE __attribute__((section("INIT"), noinline))
#define PAGED __attribute__((section("PAGE"), noinline))

/* Keeps a function whole and its calls calls, so that each is found under its own name. HELPER: and it need not be used. */
#ifdef __clang__
#define NOINLINE __attribute__((noinline, disable_tail_calls))
#else
#define NOINLINE __attribute__((noinline, optimize("no-optimize-sibling-calls")))
#endif
#define HELPER __attribute__((noinline, unused))

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
