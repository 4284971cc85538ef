namespace LastRef;

/// <summary>A counter in memory beside what the holders explain of it.</summary>
public sealed record Balance(VirtualAddress Object, ReferenceCounter Counter, long Value, long Explained)
{
    /// <summary>References that nothing in memory accounts for; negative when holders outnumber the count.</summary>
    public long Unexplained => Value - Explained;
}
