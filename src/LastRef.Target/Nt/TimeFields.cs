namespace LastRef.Nt;

/// <summary>A date and time in fields.</summary>
/// <remarks>Fact: TIME_FIELDS, WDK reference.</remarks>
[NtView("_TIME_FIELDS")]
public readonly partial struct TimeFields(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial short Year { get; }

    [Field(Writable = true)] public partial short Month { get; }

    [Field(Writable = true)] public partial short Day { get; }

    [Field(Writable = true)] public partial short Hour { get; }

    [Field(Writable = true)] public partial short Minute { get; }

    [Field(Writable = true)] public partial short Second { get; }

    [Field(Writable = true)] public partial short Milliseconds { get; }

    [Field(Writable = true)] public partial short Weekday { get; }
}
