using LastRef.Cpu;

namespace LastRef.Kernel;

/// <summary>One call of a kernel routine by a driver: its arguments, and where its result goes.</summary>
/// <remarks>Arguments follow the x64 calling convention: rcx, rdx, r8, r9, then [rsp+28h] at entry (Doc: "x64 calling convention", MSVC reference).</remarks>
internal ref struct KernelCall(NtKernel kernel, int export)
{
    public readonly NtKernel Kernel = kernel;

    /// <summary>Number of the routine in <see cref="ExportTable"/>.</summary>
    public readonly int Export = export;

    /// <summary>The routine's task when it could not finish at once.</summary>
    public GuestTask<ulong>? Pending { get; private set; }

    public readonly MutableTarget Memory => Kernel.Memory;

    /// <summary>The argument at a position, from zero; the caller truncates it to its width.</summary>
    public readonly ulong Argument(int index)
    {
        ref var registers = ref Kernel.Processor.Registers;
        return index switch
        {
            0 => registers.Rcx,
            1 => registers.Rdx,
            2 => registers.R8,
            3 => registers.R9,
            _ => Kernel.Memory.ReadUInt64(new VirtualAddress(registers.Rsp + 8 + (8 * (ulong)index))),
        };
    }

    /// <summary>Sets rax.</summary>
    public readonly void Return(ulong result) => Kernel.Processor.Registers.Rax = result;

    public void Await(GuestTask task)
    {
        if (task.IsCompleted)
            task.GetResult();
        else
            Pending = Adapt(task);
    }

    public void Await<T>(GuestTask<T> task, Func<T, ulong> toRax)
    {
        if (task.IsCompleted)
            Return(toRax(task.GetResult()));
        else
            Pending = Adapt(task, toRax);
    }

    private static async GuestTask<ulong> Adapt(GuestTask task)
    {
        await task;
        return 0;
    }

    private static async GuestTask<ulong> Adapt<T>(GuestTask<T> task, Func<T, ulong> toRax) => toRax(await task);
}
