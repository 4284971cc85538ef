using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Kernel code that drivers reach through pointers, not imports: default dispatch, managed drivers, the kernel's own completion routines.</summary>
internal sealed class InternalRoutines(NtKernel kernel)
{
    private readonly List<(Func<ulong[], GuestTask<ulong>> Routine, int Arguments)> _managed = [];

    /// <summary>Gives C# code an address that drivers and the kernel can call.</summary>
    /// <param name="routine">Receives the first arguments.</param>
    /// <param name="arguments">How many.</param>
    public VirtualAddress Define(Func<ulong[], GuestTask<ulong>> routine, int arguments = 6)
    {
        var thunk = Thunks.FirstManaged + _managed.Count;
        Invariant.Check(thunk < Thunks.FirstExport, "More managed routines than thunk slots for them.");
        _managed.Add((routine, arguments));
        return ImageLoader.ThunkAddress(thunk);
    }

    public void Invoke(int thunk, ref KernelCall call)
    {
        switch (thunk)
        {
            case Thunks.InvalidDeviceRequest:
                call.Await(kernel.Io.CompleteInvalidRequest(new Irp(kernel.Memory, new VirtualAddress(call.Argument(1)))), static status => (uint)status.Value);
                return;
            case Thunks.InterfaceNoOperation:
                call.Return(0);
                return;
            default:
                Invariant.Check(thunk - Thunks.FirstManaged < _managed.Count, $"Thunk slot {thunk} is not in use.");
                var (routine, count) = _managed[thunk - Thunks.FirstManaged];
                var arguments = new ulong[count];
                for (var i = 0; i < count; i++)
                    arguments[i] = call.Argument(i);
                call.Await(routine(arguments), static value => value);
                return;
        }
    }
}
