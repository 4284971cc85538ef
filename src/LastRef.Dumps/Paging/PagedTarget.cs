namespace LastRef.Dumps;

/// <summary>An address space that is read through page tables in the dump.</summary>
internal sealed class PagedTarget(IPhysicalMemory memory, PageTables tables, TypeLayout layout) : DumpTarget(layout)
{
    public PageTables Tables => tables;

    public override bool TryRead(VirtualAddress address, Span<byte> buffer, out ReadFailure failure)
    {
        while (buffer.Length > 0)
        {
            if (!tables.TryTranslate(address, out var physical, out failure))
                return false;
            var count = Math.Min(buffer.Length, 4096 - (int)(address.Value & 0xFFF));
            if (!memory.TryRead(physical, buffer[..count], out failure))
                return false;
            buffer = buffer[count..];
            address += count;
        }

        failure = ReadFailure.None;
        return true;
    }

    public override IEnumerable<MappedRange> MappedRanges(VirtualAddress first, VirtualAddress last, Action<string>? cutOff = null) =>
        tables.Ranges(first, last, cutOff);
}
