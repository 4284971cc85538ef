using System.Globalization;

namespace LastRef;

/// <summary>An address in a target's virtual address space.</summary>
/// <param name="Value">The 64-bit linear address, sign-extended from bit 47 when canonical.</param>
public readonly record struct VirtualAddress(ulong Value) : IComparable<VirtualAddress>
{
    /// <summary>The null pointer.</summary>
    public static readonly VirtualAddress Null;

    /// <summary>True for the null pointer only; a small non-zero address is not null.</summary>
    public bool IsNull => Value == 0;

    /// <summary>First address of the kernel half on x64 (Fact: "Virtual address spaces", WDK concept page).</summary>
    public static readonly VirtualAddress SystemRangeStart = new(0xFFFF_8000_0000_0000);

    /// <summary>True for addresses of the kernel half.</summary>
    public bool IsKernel => Value >= SystemRangeStart.Value;

    public static VirtualAddress operator +(VirtualAddress address, ulong bytes) => new(unchecked(address.Value + bytes));

    public static VirtualAddress operator +(VirtualAddress address, int bytes) => new(unchecked(address.Value + (ulong)(long)bytes));

    public static VirtualAddress operator -(VirtualAddress address, ulong bytes) => new(unchecked(address.Value - bytes));

    public static VirtualAddress operator -(VirtualAddress address, int bytes) => new(unchecked(address.Value - (ulong)(long)bytes));

    /// <summary>Distance in bytes; wraps like the processor's subtraction when <paramref name="right"/> is above.</summary>
    public static ulong operator -(VirtualAddress left, VirtualAddress right) => unchecked(left.Value - right.Value);

    public static bool operator <(VirtualAddress left, VirtualAddress right) => left.Value < right.Value;

    public static bool operator >(VirtualAddress left, VirtualAddress right) => left.Value > right.Value;

    public static bool operator <=(VirtualAddress left, VirtualAddress right) => left.Value <= right.Value;

    public static bool operator >=(VirtualAddress left, VirtualAddress right) => left.Value >= right.Value;

    public int CompareTo(VirtualAddress other) => Value.CompareTo(other.Value);

    /// <summary>Sixteen hexadecimal digits with the debugger's grave accent in the middle: <c>fffff800`12340000</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Value >> 32:x8}`{(uint)Value:x8}");
}
