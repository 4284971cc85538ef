using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Kernel code that drivers reach through pointers, not imports: default dispatch, managed drivers, the kernel's own completion routines.</summary>
internal sealed class InternalRoutines(NtKernel kernel)
{
    private readonly List<Func<ulong[], GuestTask<ulong>>> _managed = [];

    /// <summary>Gives C# code an address that drivers and the kernel can call.</summary>
    /// <param name="routine">Receives the first six arguments.</param>
    public VirtualAddress Define(Func<ulong[], GuestTask<ulong>> routine)
    {
        var thunk = Thunks.FirstManaged + _managed.Count;
        Invariant.Check(thunk < Thunks.FirstExport, "More managed routines than thunk slots for them.");
        _managed.Add(routine);
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
                ulong[] arguments = [call.Argument(0), call.Argument(1), call.Argument(2), call.Argument(3), call.Argument(4), call.Argument(5)];
                call.Await(_managed[thunk - Thunks.FirstManaged](arguments), static value => value);
                return;
        }
    }
}
