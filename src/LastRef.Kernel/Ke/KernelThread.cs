using LastRef.Cpu;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>A thread of the emulated machine: its ETHREAD is in target memory, its saved registers and pending kernel work are here.</summary>
public sealed class KernelThread
{
    private readonly NtKernel _kernel;
    private readonly List<GuestFrame> _frames = [];

    internal KernelThread(NtKernel kernel, VirtualAddress address, VirtualAddress stackLimit, VirtualAddress stackBase, string purpose)
    {
        _kernel = kernel;
        Address = address;
        StackLimit = stackLimit;
        StackBase = stackBase;
        Purpose = purpose;
        Registers.Rsp = stackBase.Value - 0x100;
        Registers.Rflags = 0x202;
    }

    /// <summary>The ETHREAD; its first member is the KTHREAD that drivers wait on.</summary>
    public VirtualAddress Address { get; }

    /// <summary>Lowest mapped address of the kernel stack.</summary>
    public VirtualAddress StackLimit { get; }

    public VirtualAddress StackBase { get; }

    /// <summary>What the thread is for, for people: <c>worker</c>, <c>app.exe</c>, <c>driver thread</c>.</summary>
    public string Purpose { get; }

    public ThreadState State { get; internal set; } = ThreadState.Initialized;

    /// <summary>0 to 31; higher runs first (Doc: "Scheduling Priorities", Win32 reference).</summary>
    public int Priority { get; internal set; } = 8;

    /// <summary>The process whose context the thread runs in.</summary>
    public VirtualAddress Process { get; internal set; }

    /// <summary>UserMode for threads of applications that are inside a system call made from user mode.</summary>
    public bool PreviousModeIsUser { get; internal set; }

    /// <summary>Code that a driver gave as the thread's start routine; null for the kernel's own threads.</summary>
    public VirtualAddress StartAddress { get; internal set; }

    /// <summary>Calls into driver code that have not returned, innermost first.</summary>
    internal IEnumerable<GuestFrame> Frames => _frames.AsEnumerable().Reverse();

    internal int FrameCount => _frames.Count;

    /// <summary>Calls into driver code by number, the outermost first.</summary>
    internal GuestFrame FrameAt(int index) => _frames[index];

    internal GuestFrame? InnermostFrame => _frames.Count > 0 ? _frames[^1] : null;

    /// <summary>Set when a kernel routine gave the thread other registers to go on with, so that it does not return to its caller.</summary>
    internal bool ContextReplaced { get; set; }

    /// <summary>Registers while the thread does not have the processor.</summary>
    internal CpuRegisters Registers;

    /// <summary>Kernel work to run when the thread gets the processor, before any guest code.</summary>
    internal Action? Resume { get; set; }

    /// <summary>What the thread waits for; null when it does not wait.</summary>
    internal WaitBlock? Wait { get; set; }

    /// <summary>Completes with the exit status when the thread has ended.</summary>
    internal NtStatus ExitStatus { get; set; }

    /// <summary>Calls driver code on this thread, which must be the running one, and waits until it returns.</summary>
    /// <returns>rax.</returns>
    /// <remarks>Doc: "x64 calling convention", MSVC reference: four register arguments, home space, 16-byte stack alignment at the call.</remarks>
    public GuestTask<ulong> Call(VirtualAddress routine, params ReadOnlySpan<ulong> arguments)
    {
        ref var registers = ref _kernel.Processor.Registers;
        var kind = ImageLoader.ThunkOf(new VirtualAddress(registers.Rip)) is null ? GuestFrameKind.Bottom : GuestFrameKind.Routine;
        return Enter(routine, registers.Rsp, registers, kind, null, arguments);
    }

    /// <summary>As <see cref="Call"/>, for code that an interrupt brings: what it interrupted handles none of its exceptions.</summary>
    internal GuestTask<ulong> CallInterrupt(VirtualAddress routine, params ReadOnlySpan<ulong> arguments)
    {
        ref var registers = ref _kernel.Processor.Registers;
        return Enter(routine, registers.Rsp, registers, GuestFrameKind.Bottom, null, arguments);
    }

    /// <summary>Calls driver code on another stack.</summary>
    /// <param name="stack">The end of that stack.</param>
    internal GuestTask<ulong> CallOnStack(VirtualAddress routine, VirtualAddress stack, params ReadOnlySpan<ulong> arguments)
    {
        ref var registers = ref _kernel.Processor.Registers;
        return Enter(routine, stack.Value, registers, GuestFrameKind.Routine, null, arguments);
    }

    /// <summary>Whether so many bytes of stack are left.</summary>
    internal bool HasStack(ulong byteCount)
    {
        var rsp = _kernel.Processor.Registers.Rsp;
        return rsp <= StackBase.Value && rsp >= StackLimit.Value + byteCount;
    }

    /// <summary>Calls an exception handler below what the kernel keeps on the stack for it.</summary>
    /// <param name="rsp">Stack below which the call is made.</param>
    /// <param name="saved">Registers that a stack walk goes on with, and that are restored when the handler returns.</param>
    internal GuestTask<ulong> CallHandler(
        VirtualAddress routine, ulong rsp, in CpuRegisters saved, GuestFrameKind kind, UnwindProgress? unwound, params ReadOnlySpan<ulong> arguments) =>
        Enter(routine, rsp, saved, kind, unwound, arguments);

    private GuestTask<ulong> Enter(
        VirtualAddress routine, ulong below, CpuRegisters saved, GuestFrameKind kind, UnwindProgress? unwound, ReadOnlySpan<ulong> arguments)
    {
        Invariant.Check(_kernel.Scheduler.Current == this, "Only the running thread can call driver code.");
        ref var registers = ref _kernel.Processor.Registers;
        var stackSlots = Math.Max(4, arguments.Length);
        stackSlots += stackSlots & 1;
        var rsp = (below & ~0xFUL) - (8 * (ulong)stackSlots);
        for (var i = 4; i < arguments.Length; i++)
            _kernel.Memory.WriteUInt64(new VirtualAddress(rsp + (8 * (ulong)i)), arguments[i]);
        rsp -= 8;
        _kernel.Memory.WriteUInt64(new VirtualAddress(rsp), _kernel.ReturnThunk.Value);
        registers.Rsp = rsp;
        registers.Rip = routine.Value;
        registers.Rcx = arguments.Length > 0 ? arguments[0] : 0;
        registers.Rdx = arguments.Length > 1 ? arguments[1] : 0;
        registers.R8 = arguments.Length > 2 ? arguments[2] : 0;
        registers.R9 = arguments.Length > 3 ? arguments[3] : 0;
        registers.Rflags = 0x202;
        var frame = new GuestFrame(routine, new GuestTask<ulong>(), saved) { EntryStackPointer = rsp, Kind = kind, Unwound = unwound };
        _frames.Add(frame);
        return frame.Result;
    }

    /// <summary>The innermost call into driver code has returned; continues the kernel code that made it.</summary>
    /// <remarks>IRQL is no register that calls preserve: what the routine left it at stays.</remarks>
    internal void CompleteInnermostCall()
    {
        ref var registers = ref _kernel.Processor.Registers;
        var frame = TakeInnermost();
        var (result, irql) = (registers.Rax, registers.Cr8);
        registers = frame.Saved;
        registers.Cr8 = irql;
        frame.Result.SetResult(result);
    }

    /// <summary>Frames that were unwound: the kernel code that called them is told that they never return.</summary>
    internal void DropFramesAbove(GuestFrame target)
    {
        while (InnermostFrame is { } frame && frame != target)
        {
            TakeInnermost();
            frame.Result.SetException(new GuestUnwindException());
        }
    }

    internal void DropFrames()
    {
        _frames.Clear();
        Resume = null;
    }

    private GuestFrame TakeInnermost()
    {
        var frame = _frames[^1];
        _frames.RemoveAt(_frames.Count - 1);
        return frame;
    }

    public override string ToString() => $"{Purpose} ({Address})";
}
