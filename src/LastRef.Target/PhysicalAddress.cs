using System.Globalization;

namespace LastRef;

/// <summary>An address in a target's physical memory.</summary>
public readonly record struct PhysicalAddress(ulong Value)
{
    public override string ToString() => Value.ToString("x", CultureInfo.InvariantCulture);
}
