using LastRef.Cpu;

namespace LastRef.Kernel;

/// <summary>A walk over the frames of driver functions on a thread's stack, innermost first, across the kernel routines between them.</summary>
internal struct FrameWalk
{
    private readonly NtKernel _kernel;
    private readonly KernelThread _thread;
    private int _frame;

    /// <summary>Registers of the function that the walk is in.</summary>
    public CpuRegisters Registers;

    /// <param name="registers">Where the walk begins: in a function, not in a thunk.</param>
    public FrameWalk(NtKernel kernel, KernelThread thread, in CpuRegisters registers)
    {
        _kernel = kernel;
        _thread = thread;
        _frame = thread.FrameCount - 1;
        Registers = registers;
        AtEnd = _frame < 0;
        if (!AtEnd)
            CrossKernelFrames();
    }

    /// <summary>True when no driver function is left.</summary>
    public bool AtEnd { get; private set; }

    /// <summary>True when the walk ended because the stack makes no sense any more.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The call from the kernel in which the function runs.</summary>
    public readonly GuestFrame Frame => _thread.FrameAt(_frame);

    /// <summary>Scopes of the function that an unwind which this one collides with has dealt with.</summary>
    public uint ScopeIndex { get; private set; }

    /// <summary>Goes on to the caller.</summary>
    /// <returns>What was learnt about the function that was left.</returns>
    public UnwindStep Next()
    {
        var before = Registers.Rsp;
        var step = _kernel.Ke.Unwinder.Unwind(ref Registers);
        Continue(before);
        return step;
    }

    /// <summary>Goes on to the caller, whose registers have been restored already.</summary>
    public void MoveTo(in CpuRegisters caller)
    {
        var before = Registers.Rsp;
        Registers = caller;
        Continue(before);
    }

    private void Continue(ulong before)
    {
        ScopeIndex = 0;
        if (Registers.Rsp <= before || Registers.Rsp > Frame.EntryStackPointer + 8)
        {
            AtEnd = IsBroken = true;
            return;
        }

        CrossKernelFrames();
    }

    private void CrossKernelFrames()
    {
        while (Registers.Rip == _kernel.ReturnThunk.Value && Registers.Rsp == Frame.EntryStackPointer + 8)
        {
            var left = Frame;
            if (left.Kind == GuestFrameKind.Bottom || _frame == 0)
            {
                AtEnd = true;
                return;
            }

            _frame--;
            switch (left.Kind)
            {
                case GuestFrameKind.ExceptionHandler:
                    Registers = left.Saved;
                    break;
                case GuestFrameKind.UnwindHandler:
                    var progress = left.Unwound!;
                    while (Frame != progress.Frame)
                        _frame--;
                    Registers = progress.Registers;
                    ScopeIndex = _kernel.Memory.ReadUInt32(progress.DispatcherContext + ExceptionDispatcher.ScopeIndexOffset);
                    break;
                default:
                    Registers = left.Saved;
                    Registers.Rip = _kernel.Memory.ReadUInt64(new VirtualAddress(Registers.Rsp));
                    Registers.Rsp += 8;
                    break;
            }
        }
    }
}
