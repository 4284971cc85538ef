using LastRef.Cpu;

namespace LastRef.Kernel;

/// <summary>The lab machine's memory as a target that the kernel may write.</summary>
/// <remarks>
/// A driver can bend any list into a circle, and no kernel looks for that: Windows would go round in it for ever. The kernel here reads only so
/// often before the machine goes on; then the run stops.
/// </remarks>
internal sealed class GuestTarget(GuestMemory memory, TypeLayout layout) : MutableTarget
{
    /// <summary>About half a second of the host; what a routine does to ten thousand devices is far from it.</summary>
    internal const int ReadsInOneTurn = 20_000_000;

    private int _readsLeft = ReadsInOneTurn;

    public override TypeLayout Layout => layout;

    /// <summary>The machine goes on: a thread's next turn may read as often again.</summary>
    public void BeginTurn() => _readsLeft = ReadsInOneTurn;

    /// <exception cref="MachineStopException">Kernel code has read without an end.</exception>
    public override bool TryRead(VirtualAddress address, Span<byte> buffer, out ReadFailure failure)
    {
        if (--_readsLeft < 0)
        {
            BeginTurn();
            throw MachineStopException.Unsupported(
                UnsupportedKind.Limit, $"kernel code that reads {ReadsInOneTurn} times without getting on, now at {address}: something wrote over a list");
        }

        failure = memory.TryRead(address.Value, buffer) ? ReadFailure.None : ReadFailure.NotMapped;
        return failure == ReadFailure.None;
    }

    public override bool TryWrite(VirtualAddress address, ReadOnlySpan<byte> bytes) => memory.TryWrite(address.Value, bytes);
}
