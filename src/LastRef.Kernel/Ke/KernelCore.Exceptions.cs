using LastRef.Cpu;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>What faults of driver code become: structured exceptions, or bug checks where Windows never asks a handler.</summary>
internal sealed partial class KernelCore
{
    private const uint FaultPresent = 1;
    private const uint FaultWrite = 2;
    private const uint FaultFetch = 0x10;

    public Unwinder Unwinder { get; } = new(kernel);

    public ExceptionDispatcher Exceptions { get; } = new(kernel);

    /// <summary>The processor could not carry out an instruction of the running thread.</summary>
    public void OnProcessorException(KernelThread thread, RunResult result)
    {
        var rip = _kernel.Processor.Registers.Rip;
        switch (result.Vector)
        {
            case 0:
                Raise(thread, NtStatus.IntegerDivideByZero);
                break;
            case 1:
                Raise(thread, NtStatus.SingleStep);
                break;
            case 3:
                Raise(thread, NtStatus.Breakpoint, 0);
                break;
            case 6:
                Raise(thread, NtStatus.IllegalInstruction);
                break;
            case 14:
                OnPageFault(thread, new VirtualAddress(result.FaultAddress), result.ErrorCode, rip);
                break;
            case 16 or 19:
                Raise(thread, NtStatus.FloatMultipleFaults);
                break;
            case 0x29:
                throw FastFail(rip);
            case 0x2C:
                Raise(thread, NtStatus.AssertionFailure);
                break;
            case 0x2D:
                // The debugger's own service; without a debugger it is passed over, with the byte behind it (Doc: DbgPrint, "int 2dh").
                _kernel.Processor.Registers.Rip = rip + 3;
                break;
            default:
                // A general protection fault says nothing about the address (Doc: EXCEPTION_RECORD, access violation).
                Raise(thread, NtStatus.AccessViolation, (ulong)AccessKind.Read, ulong.MaxValue);
                break;
        }
    }

    /// <summary>An exception that a kernel routine raised in its caller; the registers are the caller's after the call.</summary>
    public void RaiseInGuest(KernelThread thread, GuestRaisedException raised)
    {
        // What a routine found by touching memory is a page fault; what it raises on purpose (ProbeForRead, MmProbeAndLockPages) goes to the
        // driver's handler wherever the address lies.
        if (raised.Flags == 0 && raised.Code == NtStatus.AccessViolation && raised.Parameters.Count == 2)
        {
            var address = new VirtualAddress(raised.Parameters[1]);
            CheckAccess(address, (AccessKind)raised.Parameters[0], _kernel.Processor.Registers.Rip, inKernel: true);
        }

        var rip = new VirtualAddress(_kernel.Processor.Registers.Rip);
        var exception = new StructuredException(raised.Code, raised.Flags, rip, raised.Parameters);
        _kernel.Scheduler.Detach(Exceptions.Dispatch(thread, exception));
    }

    public static GuestRaisedException AccessViolation(VirtualAddress address, AccessKind kind) =>
        new(NtStatus.AccessViolation, (ulong)kind, address.Value) { Flags = 0 };

    /// <summary>The bug check for memory that no handler is asked about.</summary>
    /// <param name="who">The code that touched it, for people.</param>
    /// <param name="inKernel">True when kernel code did so on somebody's behalf: 0xA instead of 0xD1.</param>
    public MachineStopException MemoryFault(VirtualAddress address, AccessKind kind, ulong rip, string who, bool inKernel)
    {
        var verb = kind switch { AccessKind.Read => "read", AccessKind.Write => "wrote", _ => "executed" };
        if (_kernel.Images.UnloadedAt(address) is { } gone)
        {
            // 8.3: the kernel's own look at memory of an unloaded driver at raised IRQL (Doc: "Bug Check 0xD4").
            if (inKernel && kind != AccessKind.Execute && CurrentIrql >= Irql.Dispatch)
            {
                return MachineStopException.BugCheck(
                    0xD4, $"{who} {verb} {_kernel.Images.SiteOf(address)} at IRQL {(int)CurrentIrql}; {gone.FileName} has left memory and did not cancel what it had pending",
                    address.Value, (ulong)CurrentIrql, (ulong)kind, rip);
            }

            // R-41, R-42: Doc: "Bug Check 0xCE".
            return MachineStopException.BugCheck(
                0xCE, $"{who} {verb} {_kernel.Images.SiteOf(address)}; {gone.FileName} has left memory", address.Value, (ulong)kind, rip);
        }

        if (CurrentIrql >= Irql.Dispatch)
        {
            return MachineStopException.BugCheck(
                inKernel ? 0xAu : 0xD1, $"{who} {verb} {address} at IRQL {(int)CurrentIrql}", address.Value, (ulong)CurrentIrql, (ulong)kind, rip);
        }

        if (_kernel.Guest.TryQuery(address.Value, out _, out _))
        {
            return kind == AccessKind.Execute
                ? MachineStopException.BugCheck(0xFC, $"{who} executed {address}, which holds no code", address.Value)
                : MachineStopException.BugCheck(0xBE, $"{who} wrote {address}, which is read-only", address.Value);
        }

        return MachineStopException.BugCheck(0x50, $"{who} {verb} {Describe(address)}", address.Value, (ulong)kind, rip);
    }

    /// <summary>A kernel stack is used up: the processor cannot push the page fault's frame either (Doc: "Bug Check 0x7F", 8).</summary>
    public MachineStopException StackOverflow(VirtualAddress address, ulong rip) =>
        MachineStopException.BugCheck(0x7F, $"the kernel stack overflowed at {_kernel.Images.SiteOf(new VirtualAddress(rip))}", 8, address.Value, 0, rip);

    private void OnPageFault(KernelThread thread, VirtualAddress address, uint errorCode, ulong rip)
    {
        if (_kernel.Images.MissingDataAt(address) is { } name)
            throw MachineStopException.Unsupported(UnsupportedKind.Data, name);
        if (_kernel.Images.WindowsModuleAt(address) is { } module)
            throw ImageLoader.UseOfWindowsModule(module);
        var kind = (errorCode & FaultFetch) != 0 ? AccessKind.Execute : (errorCode & FaultWrite) != 0 ? AccessKind.Write : AccessKind.Read;
        CheckAccess(address, kind, rip, inKernel: false, (errorCode & FaultPresent) != 0);
        Raise(thread, NtStatus.AccessViolation, (ulong)kind, address.Value);
    }

    /// <summary>Stops where Windows stops without asking a handler: system addresses, raised IRQL, images that have left, stack overflow.</summary>
    private void CheckAccess(VirtualAddress address, AccessKind kind, ulong rip, bool inKernel, bool isPresent = false)
    {
        if (ProcessManager.IsStackGuard(address))
            throw StackOverflow(address, rip);
        var who = inKernel ? "a kernel routine" : _kernel.Images.SiteOf(new VirtualAddress(rip)).ToString();
        if (kind == AccessKind.Execute && !inKernel)
            who = CallerOf(address) ?? "code";
        if (address.IsKernel || CurrentIrql >= Irql.Dispatch || isPresent)
            throw MemoryFault(address, kind, rip, who, inKernel);
    }

    /// <summary>Who went to an address that cannot be executed: the return address on the stack, where it lies in an image.</summary>
    private string? CallerOf(VirtualAddress address)
    {
        var bytes = new byte[8];
        if (!Memory.TryRead(new VirtualAddress(_kernel.Processor.Registers.Rsp), bytes, out _))
            return null;
        var site = _kernel.Images.SiteOf(new VirtualAddress(BitConverter.ToUInt64(bytes)));
        return site.Module is null || ImageLoader.ThunkOf(site.Address) is not null ? "the kernel" : site.ToString();
    }

    private string Describe(VirtualAddress address)
    {
        if (_kernel.Ex.PoolAt(address) is { } pool)
            return $"{address}, which is {(pool.WasFreedAround(address) ? "freed" : "unallocated")} pool";
        var site = _kernel.Images.SiteOf(address);
        return site.Module is null ? $"{address}, which is not mapped" : $"{site}, which is discarded";
    }

    private void Raise(KernelThread thread, NtStatus code, params ulong[] parameters)
    {
        var exception = new StructuredException(code, 0, new VirtualAddress(_kernel.Processor.Registers.Rip), parameters);
        _kernel.Scheduler.Detach(Exceptions.Dispatch(thread, exception));
    }

    /// <summary>int 29h: rcx says what is corrupt (Doc: "Bug Check 0x139: KERNEL_SECURITY_CHECK_FAILURE").</summary>
    private MachineStopException FastFail(ulong rip)
    {
        var code = _kernel.Processor.Registers.Rcx;
        var what = code switch
        {
            2 => "a stack cookie was overwritten",
            3 => "a list entry is corrupt",
            8 => "an invalid argument",
            _ => "a security check failed",
        };
        return MachineStopException.BugCheck(0x139, $"{what} at {_kernel.Images.SiteOf(new VirtualAddress(rip))}", code);
    }
}
