using System.Globalization;

namespace LastRef;

/// <summary>The number by which a process names an open object; a multiple of four, kernel handles have the top bits set.</summary>
public readonly record struct HandleValue(ulong Value)
{
    public bool IsNull => Value == 0;

    public override string ToString() => "0x" + Value.ToString("x", CultureInfo.InvariantCulture);
}
