using LastRef.Cpu;

namespace LastRef.Kernel;

/// <summary>The lab machine's memory as a target that the kernel may write.</summary>
internal sealed class GuestTarget(GuestMemory memory, TypeLayout layout) : MutableTarget
{
    public override TypeLayout Layout => layout;

    public override bool TryRead(VirtualAddress address, Span<byte> buffer, out ReadFailure failure)
    {
        failure = memory.TryRead(address.Value, buffer) ? ReadFailure.None : ReadFailure.NotMapped;
        return failure == ReadFailure.None;
    }

    public override bool TryWrite(VirtualAddress address, ReadOnlySpan<byte> bytes) => memory.TryWrite(address.Value, bytes);
}
