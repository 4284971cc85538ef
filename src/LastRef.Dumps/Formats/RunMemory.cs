namespace LastRef.Dumps;

/// <summary>Physical pages stored one run after the other: types 1, 8, 9 and 10.</summary>
/// <remarks>Spec: dump-format 1.4 and 1.6. Where two runs overlap the one with the lower first page counts.</remarks>
internal sealed class RunMemory : IPhysicalMemory
{
    private const int PageShift = 12;
    private readonly BlockCache _file;
    private readonly long _firstPageOffset;
    private readonly (ulong FirstPage, ulong PageCount, ulong FilePage)[] _runs;

    /// <param name="runs">In file order.</param>
    /// <param name="notes">Receives what is wrong with the runs or missing from the file.</param>
    public RunMemory(BlockCache file, long firstPageOffset, IReadOnlyList<PhysicalRun> runs, List<string> notes)
    {
        _file = file;
        _firstPageOffset = firstPageOffset;
        var present = file.Length > firstPageOffset ? (ulong)(file.Length - firstPageOffset) >> PageShift : 0;
        var placed = new List<(ulong FirstPage, ulong PageCount, ulong FilePage)>(runs.Count);
        ulong filePage = 0, missing = 0;
        foreach (var run in runs)
        {
            var count = Math.Min(run.PageCount, present - Math.Min(filePage, present));
            missing += run.PageCount - count;
            if (count > 0)
                placed.Add((run.FirstPage, count, filePage));
            filePage += run.PageCount;
        }

        _runs = [.. WithoutOverlaps(placed, notes)];
        foreach (var run in _runs)
            PageCount += (long)run.PageCount;
        PageLimit = 0;
        foreach (var run in runs)
            PageLimit = Math.Max(PageLimit, run.FirstPage + run.PageCount);
        if (missing > 0)
            notes.Add($"The file is cut short: {missing} of {filePage} pages are missing; what is there is used.");
    }

    public long PageCount { get; }

    public ulong PageLimit { get; }

    public IEnumerable<PhysicalRun> Runs => _runs.Select(run => new PhysicalRun(run.FirstPage, run.PageCount));

    public bool TryRead(PhysicalAddress address, Span<byte> buffer, out ReadFailure failure)
    {
        failure = ReadFailure.NotInDump;
        while (buffer.Length > 0)
        {
            var page = address.Value >> PageShift;
            var index = Find(page);
            if (index < 0)
                return false;
            ref readonly var run = ref _runs[index];
            var offsetInRun = address.Value - (run.FirstPage << PageShift);
            var left = (run.PageCount << PageShift) - offsetInRun;
            var count = (int)Math.Min((ulong)buffer.Length, left);
            if (!_file.TryRead(_firstPageOffset + (long)((run.FilePage << PageShift) + offsetInRun), buffer[..count]))
                return false;
            buffer = buffer[count..];
            address = new PhysicalAddress(address.Value + (ulong)count);
        }

        failure = ReadFailure.None;
        return true;
    }

    private int Find(ulong page)
    {
        int low = 0, high = _runs.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (page < _runs[middle].FirstPage)
                high = middle - 1;
            else if (page - _runs[middle].FirstPage >= _runs[middle].PageCount)
                low = middle + 1;
            else
                return middle;
        }

        return -1;
    }

    private static List<(ulong FirstPage, ulong PageCount, ulong FilePage)> WithoutOverlaps(
        List<(ulong FirstPage, ulong PageCount, ulong FilePage)> runs, List<string> notes)
    {
        runs.Sort((a, b) => a.FirstPage != b.FirstPage ? a.FirstPage.CompareTo(b.FirstPage) : a.FilePage.CompareTo(b.FilePage));
        var kept = new List<(ulong FirstPage, ulong PageCount, ulong FilePage)>(runs.Count);
        ulong end = 0;
        var overlaps = 0;
        foreach (var run in runs)
        {
            var (first, count, filePage) = run;
            if (kept.Count > 0 && first < end)
            {
                overlaps++;
                var cut = Math.Min(end - first, count);
                (first, count, filePage) = (first + cut, count - cut, filePage + cut);
            }

            if (count == 0)
                continue;
            kept.Add((first, count, filePage));
            end = first + count;
        }

        if (overlaps > 0)
            notes.Add($"{overlaps} runs of physical pages overlap others; the one that begins first is used.");
        return kept;
    }
}
