/*
 * t-unwind: exceptions that cross kernel routines, collide with an unwind, or go on where they happened.
 * SPDX-License-Identifier: MIT
 */
#include "test.h"

#define EXCEPTION_HANDLED 1
#define EXCEPTION_GO_ON (-1)

#define STATUS_OWN ((NTSTATUS)0xE0001234)

NTSYSAPI VOID NTAPI RtlRaiseException(PEXCEPTION_RECORD ExceptionRecord);
NTSYSAPI VOID NTAPI RtlUnwind(PVOID TargetFrame, PVOID TargetIp, PEXCEPTION_RECORD ExceptionRecord, PVOID ReturnValue);
NTSYSAPI VOID NTAPI RtlUnwindEx(PVOID TargetFrame, PVOID TargetIp, PEXCEPTION_RECORD ExceptionRecord, PVOID ReturnValue,
                                PCONTEXT OriginalContext, PVOID HistoryTable);
NTSYSAPI VOID NTAPI _local_unwind(PVOID Frame, PVOID TargetIp);

/* What RtlUnwindEx may write its steps to; too large for a stack. */
static CONTEXT Context;

/* An address that faults; volatile, or the compiler would build it into the function that writes. */
static ULONG64 *volatile BadAddress = (ULONG64 *)8;

static NOINLINE VOID Write(volatile ULONG64 *Address, ULONG64 Value)
{
    *Address = Value;
}

static VOID NTAPI FaultInCallout(PVOID Context)
{
    volatile ULONG64 *order = Context;

    __try {
        Write(BadAddress, 0);
    } __finally {
        *order = *order * 16 + 1;
    }
    *order = *order * 16 + 0xF;
}

/* 0: a fault in a callout of KeExpandKernelStackAndCallout. In: bytes of stack asked for. Out: order 12, code. */
static ULONG FaultAcrossKernel(ULONG64 *Values, ULONG Count)
{
    volatile ULONG64 order = 0;
    SIZE_T size = (SIZE_T)Values[0];

    UNREFERENCED_PARAMETER(Count);
    __try {
        KeExpandKernelStackAndCallout(FaultInCallout, (PVOID)&order, size);
        order = order * 16 + 0xE;
    } __except (EXCEPTION_HANDLED) {
        order = order * 16 + 2;
        Values[1] = (ULONG)_exception_code();
    }
    Values[0] = order;
    return 2;
}

/* 1: a __finally that raises an exception of its own while it is unwound. Out: order 123, the second code. */
static ULONG RaiseInFinally(ULONG64 *Values, ULONG Count)
{
    volatile ULONG64 order = 0;

    UNREFERENCED_PARAMETER(Count);
    __try {
        __try {
            __try {
                Write(BadAddress, 0);
            } __finally {
                order = order * 16 + 1;
                if (order == 1) /* the compiler must not know that nothing comes behind it */
                    ExRaiseStatus(STATUS_OWN);
            }
        } __finally {
            order = order * 16 + 2;
        }
    } __except (EXCEPTION_HANDLED) {
        order = order * 16 + 3;
        Values[1] = (ULONG)_exception_code();
    }
    Values[0] = order;
    return 2;
}

static NOINLINE LONG GoOn(PEXCEPTION_POINTERS Pointers, ULONG64 *Values)
{
    Values[1] = (ULONG)Pointers->ExceptionRecord->ExceptionCode;
    return EXCEPTION_GO_ON;
}

/* 2: an exception that the filter lets go on behind the call that raised it. Out: 1, code. */
static ULONG ContinueAfterRaise(ULONG64 *Values, ULONG Count)
{
    EXCEPTION_RECORD record;

    UNREFERENCED_PARAMETER(Count);
    RtlZeroMemory(&record, sizeof(record));
    record.ExceptionCode = STATUS_OWN;
    __try {
        RtlRaiseException(&record);
        Values[0] = 1;
    } __except (GoOn(_exception_info(), Values)) {
        Values[0] = 2;
    }
    return 2;
}

static NOINLINE LONG Redirect(PEXCEPTION_POINTERS Pointers, ULONG64 *Values)
{
    Pointers->ContextRecord->Rcx = (ULONG64)&Values[1];
    return EXCEPTION_GO_ON;
}

/* 3: a filter that gives the faulting store another address. Out: 1, what was stored: 77. */
static ULONG ContinueElsewhere(ULONG64 *Values, ULONG Count)
{
    UNREFERENCED_PARAMETER(Count);
    __try {
        Write(BadAddress, 77);
        Values[0] = 1;
    } __except (Redirect(_exception_info(), Values)) {
        Values[0] = 2;
    }
    return 2;
}

static NOINLINE LONG FilterThatFaults(ULONG64 *Values)
{
    __try {
        Write(BadAddress, 0);
    } __except (EXCEPTION_HANDLED) {
        Values[1]++;
    }
    return EXCEPTION_HANDLED;
}

/* 4: a filter that faults and handles that itself. Out: 1, faults in the filter: 1. */
static ULONG FaultInFilter(ULONG64 *Values, ULONG Count)
{
    UNREFERENCED_PARAMETER(Count);
    __try {
        Write(BadAddress, 0);
    } __except (FilterThatFaults(Values)) {
        Values[0] = 1;
    }
    return 2;
}

/* 5: a raised status at DISPATCH_LEVEL. Out: IRQL in the handler, code. */
static ULONG RaiseAtDispatchLevel(ULONG64 *Values, ULONG Count)
{
    KIRQL irql;

    UNREFERENCED_PARAMETER(Count);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    __try {
        ExRaiseStatus(STATUS_OWN);
    } __except (EXCEPTION_HANDLED) {
        Values[0] = KeGetCurrentIrql();
        Values[1] = (ULONG)_exception_code();
    }
    KeLowerIrql(irql);
    return 2;
}

/*
 * ULONG64 CallWithTarget(Callee, Values): calls Callee(frame, target, Values), where frame and target name the code below
 * that an unwind may go to. Returns rax as the unwind left it there, plus 0x100 when rbx, which Callee changed, came back; or
 * 0xBAD when Callee returned.
 */
ULONG64 CallWithTarget(VOID (*Callee)(PVOID, PVOID, ULONG64 *), ULONG64 *Values);
__asm__(".intel_syntax noprefix\n"
        ".text\n"
        ".globl CallWithTarget\n"
        ".def CallWithTarget; .scl 2; .type 32; .endef\n"
        ".seh_proc CallWithTarget\n"
        "CallWithTarget:\n"
        "  push rbx\n"
        ".seh_pushreg rbx\n"
        "  sub rsp, 32\n"
        ".seh_stackalloc 32\n"
        ".seh_endprologue\n"
        "  mov rax, rcx\n"
        "  mov r8, rdx\n"
        "  mov rcx, rsp\n"
        "  lea rdx, [rip + 1f]\n"
        "  mov ebx, 0x100\n"
        "  call rax\n"
        "  mov eax, 0xBAD\n"
        "  jmp 2f\n"
        "1:\n"
        "  add rax, rbx\n"
        "2:\n"
        "  add rsp, 32\n"
        "  pop rbx\n"
        "  ret\n"
        ".seh_endproc\n"
        ".att_syntax prefix\n");

/* Runs the unwind in a __try that it leaves; Values[1] says that the __finally saw it, Values[2] that code behind it ran. */
#define LEAVE_BY(name, unwind)                                                                                             \
    static NOINLINE VOID name(PVOID Frame, PVOID Target, ULONG64 *Values)                                                  \
    {                                                                                                                      \
        __asm__ volatile("" : : : "rbx");                                                                                  \
        __try {                                                                                                            \
            unwind;                                                                                                        \
            Values[2] = 1;                                                                                                 \
        } __finally {                                                                                                      \
            Values[1] = Values[1] * 16 + 1 + (ULONG)_abnormal_termination();                                               \
        }                                                                                                                  \
        Values[2] = 2;                                                                                                     \
    }

LEAVE_BY(LeaveByUnwind, RtlUnwind(Frame, Target, NULL, (PVOID)0x42))
LEAVE_BY(LeaveByUnwindEx, RtlUnwindEx(Frame, Target, NULL, (PVOID)0x43, &Context, NULL))
LEAVE_BY(LeaveByLocalUnwind, _local_unwind(Frame, Target))

/* 6 to 8: RtlUnwind, RtlUnwindEx and _local_unwind to a caller's frame. Out: return value + 100h, 2, 0. */
static ULONG UnwindToCaller(ULONG64 *Values, ULONG Count)
{
    UNREFERENCED_PARAMETER(Count);
    Values[0] = CallWithTarget(LeaveByUnwind, Values);
    return 3;
}

static ULONG UnwindExToCaller(ULONG64 *Values, ULONG Count)
{
    UNREFERENCED_PARAMETER(Count);
    Values[0] = CallWithTarget(LeaveByUnwindEx, Values);
    return 3;
}

static ULONG LocalUnwindToCaller(ULONG64 *Values, ULONG Count)
{
    UNREFERENCED_PARAMETER(Count);
    Values[0] = CallWithTarget(LeaveByLocalUnwind, Values);
    return 3;
}

static TEST_ROUTINE *const Tests[] = {FaultAcrossKernel, RaiseInFinally,       ContinueAfterRaise,
                                      ContinueElsewhere, FaultInFilter,        RaiseAtDispatchLevel,
                                      UnwindToCaller,    UnwindExToCaller,     LocalUnwindToCaller};

TEST_DEVICE_NAMED(TUnwind, Tests);

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
