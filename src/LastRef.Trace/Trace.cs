namespace LastRef;

/// <summary>What a run did, in order.</summary>
/// <param name="limit">Most records kept; beyond it <see cref="Truncated"/> is set and nothing more is recorded.</param>
public sealed class Trace(int limit = 4_000_000)
{
    private readonly List<TraceRecord> _records = [];

    public IReadOnlyList<TraceRecord> Records => _records;

    /// <summary>True when the limit was reached: the trace is then no proof of absence.</summary>
    public bool Truncated { get; private set; }

    /// <summary>Says that more happened than the records show; for a trace that was read from a file which says so.</summary>
    public void MarkTruncated() => Truncated = true;

    public T Add<T>(T record) where T : TraceRecord
    {
        if (_records.Count >= limit)
        {
            Truncated = true;
            record.Sequence = -1;
            return record;
        }

        record.Sequence = _records.Count;
        _records.Add(record);
        return record;
    }

    /// <summary>Forgets everything after the first <paramref name="count"/> records; part of restoring a snapshot.</summary>
    public void Rewind(int count)
    {
        _records.RemoveRange(count, _records.Count - count);
        Truncated = false;
    }

    public IEnumerable<T> Of<T>() where T : TraceRecord => _records.OfType<T>();
}
