using System.Globalization;

namespace LastRef;

/// <summary>An offset in bytes from the base of a loaded image.</summary>
public readonly record struct Rva(uint Value) : IComparable<Rva>
{
    public int CompareTo(Rva other) => Value.CompareTo(other.Value);

    public static bool operator <(Rva left, Rva right) => left.Value < right.Value;

    public static bool operator >(Rva left, Rva right) => left.Value > right.Value;

    public static bool operator <=(Rva left, Rva right) => left.Value <= right.Value;

    public static bool operator >=(Rva left, Rva right) => left.Value >= right.Value;

    public override string ToString() => Value.ToString("x", CultureInfo.InvariantCulture);
}
