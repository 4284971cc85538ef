/*
 * t-seh: structured exceptions as a driver uses them. Accesses that may fault are in functions of their own: the compiler
 * tracks exceptions across calls, not across single loads.
 * SPDX-License-Identifier: MIT
 */
#include "test.h"

/* Arguments of the names that the language has for the filter and the handler of a __try. */
#define EXCEPTION_HANDLED 1
#define EXCEPTION_SEARCH 0

#define STATUS_OWN ((NTSTATUS)0xE0001234)

static NOINLINE ULONG64 Read(volatile ULONG64 *Address)
{
    return *Address;
}

static NOINLINE VOID Write(volatile ULONG64 *Address, ULONG64 Value)
{
    *Address = Value;
}

static NOINLINE LONG Divide(volatile LONG *Numerator, volatile LONG *Denominator)
{
    return *Numerator / *Denominator;
}

/* 0: reads the address given. Out: exception code or 0, the value read, 1 if the code behind the __try ran. */
static ULONG CatchRead(ULONG64 *Values, ULONG Count)
{
    ULONG64 address = Values[0];

    UNREFERENCED_PARAMETER(Count);
    Values[0] = Values[1] = 0;
    __try {
        Values[1] = Read((ULONG64 *)address);
    } __except (EXCEPTION_HANDLED) {
        Values[0] = (ULONG)_exception_code();
    }
    Values[2] = 1;
    return 3;
}

/* 1: writes 0 to the address given. Out: exception code or 0. */
static ULONG CatchWrite(ULONG64 *Values, ULONG Count)
{
    ULONG64 address = Values[0];

    UNREFERENCED_PARAMETER(Count);
    Values[0] = 0;
    __try {
        Write((ULONG64 *)address, 0);
    } __except (EXCEPTION_HANDLED) {
        Values[0] = (ULONG)_exception_code();
    }
    return 1;
}

/* 2: ProbeForRead. In: address, length, alignment. Out: exception code or 0. */
static ULONG CatchProbe(ULONG64 *Values, ULONG Count)
{
    PVOID address = (PVOID)Values[0];
    SIZE_T length = Values[1];
    ULONG alignment = (ULONG)Values[2];

    UNREFERENCED_PARAMETER(Count);
    Values[0] = 0;
    __try {
        ProbeForRead(address, length, alignment);
    } __except (EXCEPTION_HANDLED) {
        Values[0] = (ULONG)_exception_code();
    }
    return 1;
}

/* 3: a fault inside two __finally blocks and a handler. Out: the order in which they ran, as hexadecimal digits: 123; then
   whether each __finally was told that it was left abnormally. */
static ULONG NestedFinally(ULONG64 *Values, ULONG Count)
{
    volatile ULONG64 order = 0, abnormal = 0;

    UNREFERENCED_PARAMETER(Count);
    __try {
        __try {
            __try {
                Write(NULL, 0);
                order = 0xF;
            } __finally {
                order = order * 16 + 1;
                abnormal += _abnormal_termination() != 0;
            }
        } __finally {
            order = order * 16 + 2;
            abnormal += _abnormal_termination() != 0;
        }
    } __except (EXCEPTION_HANDLED) {
        order = order * 16 + 3;
    }
    Values[0] = order;
    Values[1] = abnormal;
    return 2;
}

/* 4: a __finally that is reached without an exception. Out: order 12, told abnormal 0. */
static ULONG NormalFinally(ULONG64 *Values, ULONG Count)
{
    volatile ULONG64 order = 0, abnormal = 0;

    UNREFERENCED_PARAMETER(Count);
    __try {
        order = order * 16 + 1;
    } __finally {
        order = order * 16 + 2;
        abnormal += _abnormal_termination() != 0;
    }
    Values[0] = order;
    Values[1] = abnormal;
    return 2;
}

static NOINLINE VOID Innermost(volatile ULONG64 *Order)
{
    __try {
        Write((ULONG64 *)8, 0);
    } __finally {
        *Order = *Order * 16 + 1;
    }
}

static NOINLINE ULONG Middle(volatile ULONG64 *Order)
{
    volatile UCHAR room[200];

    room[0] = 7;
    __try {
        Innermost(Order);
        room[0] = 8;
    } __finally {
        *Order = *Order * 16 + 2;
    }
    return room[0];
}

static NOINLINE VOID Outer(volatile ULONG64 *Order)
{
    Middle(Order); /* no handler here: this frame is only unwound */
    *Order = *Order * 16 + 0xF;
}

/* 5: a fault three frames down. Out: order 123, exception code, and 1 if local variables of this frame kept their values. */
static ULONG UnwindFrames(ULONG64 *Values, ULONG Count)
{
    volatile ULONG64 order = 0;
    ULONG64 kept = Count * 3 + 11;
    ULONG64 other = (ULONG64)Values;

    __try {
        Outer(&order);
    } __except (EXCEPTION_HANDLED) {
        order = order * 16 + 3;
        Values[1] = (ULONG)_exception_code();
    }
    Values[0] = order;
    Values[2] = kept == Count * 3 + 11 && other == (ULONG64)Values;
    return 3;
}

static NOINLINE LONG OnlyDivideByZero(ULONG Code)
{
    return Code == (ULONG)STATUS_INTEGER_DIVIDE_BY_ZERO ? EXCEPTION_HANDLED : EXCEPTION_SEARCH;
}

/* 6: a filter that declines, so that the outer handler takes an access violation. Out: which handler ran (1 inner, 2 outer), code. */
static ULONG FilterDeclines(ULONG64 *Values, ULONG Count)
{
    UNREFERENCED_PARAMETER(Count);
    __try {
        __try {
            Values[1] = Read((ULONG64 *)16);
        } __except (OnlyDivideByZero(_exception_code())) {
            Values[0] = 1;
        }
    } __except (EXCEPTION_HANDLED) {
        Values[0] = 2;
        Values[1] = (ULONG)_exception_code();
    }
    return 2;
}

/* 7: a division by zero and a filter that takes it. Out: 1, code. */
static ULONG FilterAccepts(ULONG64 *Values, ULONG Count)
{
    volatile LONG numerator = 5, zero = 0;

    UNREFERENCED_PARAMETER(Count);
    __try {
        __try {
            Values[2] = Divide(&numerator, &zero);
        } __except (OnlyDivideByZero(_exception_code())) {
            Values[0] = 1;
            Values[1] = (ULONG)STATUS_INTEGER_DIVIDE_BY_ZERO;
        }
    } __except (EXCEPTION_HANDLED) {
        Values[0] = 2;
        Values[1] = (ULONG)_exception_code();
    }
    return 2;
}

/* 8: ExRaiseStatus. Out: the status that arrived. */
static ULONG RaiseStatus(ULONG64 *Values, ULONG Count)
{
    UNREFERENCED_PARAMETER(Count);
    __try {
        ExRaiseStatus(STATUS_OWN);
    } __except (EXCEPTION_HANDLED) {
        Values[0] = (ULONG)_exception_code();
    }
    return 1;
}

static NOINLINE LONG RecordException(PEXCEPTION_POINTERS Pointers, ULONG64 *Values)
{
    PEXCEPTION_RECORD record = Pointers->ExceptionRecord;

    Values[0] = (ULONG)record->ExceptionCode;
    Values[1] = record->NumberParameters;
    Values[2] = record->ExceptionInformation[0];
    Values[3] = record->ExceptionInformation[1];
    Values[4] = (ULONG64)record->ExceptionAddress - (ULONG64)Write;
    Values[5] = Pointers->ContextRecord->Rip == (ULONG64)record->ExceptionAddress;
    return EXCEPTION_HANDLED;
}

/* 9: what a filter sees of a write to the address given. Out: code, parameters, 1 for a write, the address, distance of the faulting
   instruction from the start of its function, 1 if the context says the same. */
static ULONG InspectException(ULONG64 *Values, ULONG Count)
{
    ULONG64 address = Values[0];

    UNREFERENCED_PARAMETER(Count);
    Values[0] = 0;
    __try {
        Write((ULONG64 *)address, 1);
    } __except (RecordException(_exception_info(), Values)) {
        Values[6] = 1;
    }
    return 7;
}

/* 10: an exception raised inside the handler of another. Out: the codes of the first and the second. */
static ULONG RaiseInHandler(ULONG64 *Values, ULONG Count)
{
    UNREFERENCED_PARAMETER(Count);
    __try {
        __try {
            ExRaiseStatus(STATUS_ACCESS_DENIED);
        } __except (EXCEPTION_HANDLED) {
            Values[0] = (ULONG)_exception_code();
            ExRaiseStatus(STATUS_OWN);
        }
    } __except (EXCEPTION_HANDLED) {
        Values[1] = (ULONG)_exception_code();
    }
    return 2;
}

/* 11: the same fault a thousand times, for leaks of stack. Out: how many were caught. */
static ULONG ManyExceptions(ULONG64 *Values, ULONG Count)
{
    volatile ULONG caught = 0;
    ULONG i;

    UNREFERENCED_PARAMETER(Count);
    for (i = 0; i < 1000; i++) {
        __try {
            Write((ULONG64 *)24, i);
        } __except (EXCEPTION_HANDLED) {
            caught++;
        }
    }
    Values[0] = caught;
    return 1;
}

static TEST_ROUTINE *const Tests[] = {CatchRead,      CatchWrite,    CatchProbe,  NestedFinally,    NormalFinally,  UnwindFrames,
                                      FilterDeclines, FilterAccepts, RaiseStatus, InspectException, RaiseInHandler, ManyExceptions};

TEST_DEVICE_NAMED(TSeh, Tests);

static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    DeleteTestDevice();
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = DriverUnload;
    return CreateTestDevice(DriverObject);
}
