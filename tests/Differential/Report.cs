namespace LastRef.Tests;

/// <summary>What a campaign of cases found.</summary>
internal sealed class Report(ulong seed)
{
    private readonly List<string> _first = [];
    private readonly Dictionary<string, int> _byMnemonic = [];

    public long Cases { get; set; }

    public long Faults { get; set; }

    public long Excluded { get; set; }

    /// <summary>Cases in which the architecture lets processors differ, and this one does.</summary>
    public long VendorChoices { get; set; }

    public long Mismatches { get; private set; }

    public int Forms { get; set; }

    public string Unsupported { get; set; } = "";

    public void Add(string mismatch)
    {
        Mismatches++;
        string key = mismatch.Split(": ")[1].Split(' ')[0];
        int seen = _byMnemonic.GetValueOrDefault(key);
        _byMnemonic[key] = seen + 1;
        if (seen < 3 && _first.Count < 150)
            _first.Add(mismatch);
    }

    public override string ToString() =>
        $"seed {seed}: {Cases} cases, {Forms} forms, {Faults} faults, {Excluded} left to other oracles, {VendorChoices} up to the processor, {Mismatches} mismatches\n"
        + $"not implemented: {Unsupported}\n{string.Join('\n', _first)}\n{string.Join(' ', _byMnemonic.Select(pair => $"{pair.Key}:{pair.Value}"))}";
}
