namespace LastRef;

/// <summary>What a run did, in order.</summary>
/// <param name="limit">Most records kept; beyond it <see cref="Truncated"/> is set and nothing more is recorded.</param>
public sealed class Trace(int limit = 4_000_000)
{
    private readonly List<TraceRecord> _records = [];

    // The same records by their exact type: the diagnosis asks for kinds some hundred times a scenario.
    private readonly Dictionary<Type, RecordsOfType> _byType = [];
    private int _step;

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

        if (record is StimulusRecord)
            _step++;
        record.ScenarioStep = _step;
        record.Sequence = _records.Count;
        _records.Add(record);
        Index(record);
        return record;
    }

    private void Index(TraceRecord record)
    {
        if (!_byType.TryGetValue(record.GetType(), out var kind))
            _byType.Add(record.GetType(), kind = new RecordsOfType());
        kind.Records.Add(record);
    }

    /// <summary>Forgets everything after the first <paramref name="count"/> records; part of restoring a snapshot.</summary>
    public void Rewind(int count)
    {
        _records.RemoveRange(count, _records.Count - count);
        _byType.Clear();
        foreach (var record in _records)
            Index(record);
        _step = count == 0 ? 0 : _records[^1].ScenarioStep;
        Truncated = false;
    }

    /// <summary>The records of one kind so far, in order.</summary>
    public IEnumerable<T> Of<T>() where T : TraceRecord
    {
        if (!typeof(T).IsSealed)
            return [.. _records.OfType<T>()];
        return _byType.TryGetValue(typeof(T), out var kind) ? kind.As<T>() : [];
    }

    /// <summary>Records of one exact type, and them as a list of that type once it was asked for.</summary>
    private sealed class RecordsOfType
    {
        private object? _typed;

        public List<TraceRecord> Records { get; } = [];

        public List<T> As<T>() where T : TraceRecord
        {
            var typed = (List<T>)(_typed ??= new List<T>(Records.Count));
            for (var next = typed.Count; next < Records.Count; next++)
                typed.Add((T)Records[next]);
            return typed;
        }
    }
}
