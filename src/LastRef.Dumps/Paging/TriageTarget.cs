namespace LastRef.Dumps;

/// <summary>The virtual ranges of a small dump.</summary>
internal sealed class TriageTarget(TriageDump triage, TypeLayout layout) : DumpTarget(layout)
{
    public override bool TryRead(VirtualAddress address, Span<byte> buffer, out ReadFailure failure)
    {
        failure = ReadFailure.NotInDump;
        while (buffer.Length > 0)
        {
            if (Find(address) is not { } block)
                return false;
            var start = address - block.Address;
            var count = (int)Math.Min((ulong)buffer.Length, block.Bytes - start);
            if (!triage.File.TryRead(block.Offset + (long)start, buffer[..count]))
                return false;
            buffer = buffer[count..];
            address += count;
        }

        failure = ReadFailure.None;
        return true;
    }

    public override IEnumerable<MappedRange> MappedRanges(VirtualAddress first, VirtualAddress last, Action<string>? cutOff = null) =>
        from block in triage.Blocks
        where block.Address <= last && block.Address + (block.Bytes - 1) >= first
        select new MappedRange(block.Address, block.Bytes, default, true, true);

    private (VirtualAddress Address, long Offset, uint Bytes)? Find(VirtualAddress address)
    {
        int low = 0, high = triage.Blocks.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (triage.Blocks[middle].Address <= address)
                low = middle + 1;
            else
                high = middle;
        }

        if (low == 0)
            return null;
        var block = triage.Blocks[low - 1];
        return address - block.Address < block.Bytes ? block : null;
    }
}
