namespace LastRef.Dumps;

/// <summary>A raw image of physical memory: offset is address.</summary>
internal sealed class RawMemory(BlockCache file) : IPhysicalMemory
{
    public long PageCount => file.Length >> 12;

    public ulong PageLimit => (ulong)PageCount;

    public IEnumerable<PhysicalRun> Runs => PageCount > 0 ? [new PhysicalRun(0, (ulong)PageCount)] : [];

    public bool TryRead(PhysicalAddress address, Span<byte> buffer, out ReadFailure failure)
    {
        var isRead = address.Value <= long.MaxValue && file.TryRead((long)address.Value, buffer);
        failure = isRead ? ReadFailure.None : ReadFailure.NotInDump;
        return isRead;
    }
}
