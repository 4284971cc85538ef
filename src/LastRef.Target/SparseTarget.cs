namespace LastRef;

/// <summary>Memory made of single pages that someone mapped; for tests, tools and anything that builds a target by hand.</summary>
/// <remarks>Pages are 4 KiB, start as zeros and never go away by themselves. Nothing is mapped at first.</remarks>
public sealed class SparseTarget(TypeLayout layout) : MutableTarget
{
    /// <summary>Bytes of a page.</summary>
    public const int PageSize = 0x1000;

    private readonly SortedDictionary<ulong, byte[]> _pages = [];
    private readonly Dictionary<ulong, ReadFailure> _failures = [];

    public SparseTarget(NtBuild build) : this(TypeLayout.For(build))
    {
    }

    public override TypeLayout Layout { get; } = layout;

    /// <summary>First addresses of the mapped pages, ascending.</summary>
    public IEnumerable<VirtualAddress> Pages => _pages.Keys.Select(page => new VirtualAddress(page));

    /// <summary>Maps every page that the range touches; pages already mapped keep their content.</summary>
    public void Map(VirtualAddress address, int byteCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(byteCount);
        var last = PageOf(address + (byteCount - 1));
        for (var page = PageOf(address); ; page += PageSize)
        {
            _pages.TryAdd(page, new byte[PageSize]);
            if (page == last)
                return;
        }
    }

    /// <summary>Takes a page away; reading it fails in the given way from now on.</summary>
    public void Unmap(VirtualAddress address, ReadFailure failure = ReadFailure.NotMapped)
    {
        ArgumentOutOfRangeException.ThrowIfEqual((int)failure, (int)ReadFailure.None);
        _pages.Remove(PageOf(address));
        _failures[PageOf(address)] = failure;
    }

    public override bool TryRead(VirtualAddress address, Span<byte> buffer, out ReadFailure failure)
    {
        while (buffer.Length > 0)
        {
            var page = PageOf(address);
            if (!_pages.TryGetValue(page, out var bytes))
            {
                failure = _failures.GetValueOrDefault(page, ReadFailure.NotMapped);
                return false;
            }

            var source = bytes.AsSpan((int)(address.Value - page));
            var length = Math.Min(source.Length, buffer.Length);
            source[..length].CopyTo(buffer);
            buffer = buffer[length..];
            address += length;
        }

        failure = ReadFailure.None;
        return true;
    }

    public override bool TryWrite(VirtualAddress address, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 0)
            return true;
        var last = PageOf(address + (bytes.Length - 1));
        for (var page = PageOf(address); ; page += PageSize)
        {
            if (!_pages.ContainsKey(page))
                return false;
            if (page == last)
                break;
        }

        while (bytes.Length > 0)
        {
            var page = PageOf(address);
            var destination = _pages[page].AsSpan((int)(address.Value - page));
            var length = Math.Min(destination.Length, bytes.Length);
            bytes[..length].CopyTo(destination);
            bytes = bytes[length..];
            address += length;
        }

        return true;
    }

    private static ulong PageOf(VirtualAddress address) => address.Value & ~(ulong)(PageSize - 1);
}
