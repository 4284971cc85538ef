using LastRef.Cpu;

namespace LastRef.Kernel;

/// <summary>A call from the kernel into driver code that has not returned.</summary>
/// <param name="Routine">The code that was called.</param>
/// <param name="Result">Completes with rax when it returns.</param>
/// <param name="Saved">The registers that the kernel's caller had; restored when the routine returns.</param>
internal sealed record GuestFrame(VirtualAddress Routine, GuestTask<ulong> Result, CpuRegisters Saved)
{
    /// <summary>rsp just after the return address was pushed; unwinding a driver's stack stops here.</summary>
    public required ulong EntryStackPointer { get; init; }

    /// <summary>What lies below the frame on the stack; decides how a stack walk goes on.</summary>
    public required GuestFrameKind Kind { get; init; }

    /// <summary>For <see cref="GuestFrameKind.UnwindHandler"/>: the frame that was being unwound, so that an unwind that collides with it goes on there.</summary>
    public UnwindProgress? Unwound { get; init; }

    /// <summary>How often the routine that is pending has begun to wait.</summary>
    public int Waits { get; set; }

    /// <summary>The kernel routine that the code of this frame called and that has not finished; null while the code itself runs.</summary>
    public GuestTask<ulong>? PendingRoutine { get; set; }
}
