using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LastRef.Kernel;

/// <summary>Reads the characters of a string one by one; reads ahead within a page only, so that memory behind the string is never faulted on.</summary>
internal ref struct UnitReader(CallerMemory memory, VirtualAddress address, bool wide)
{
    private const int AheadBytes = 64;
    private Ahead _ahead;
    private VirtualAddress _address = address;
    private int _position;
    private int _count;

    /// <summary>The next character: a UTF-16 unit, or a byte of the same value.</summary>
    public char Next()
    {
        if (_position == _count)
            Refill();
        var bytes = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<Ahead, byte>(ref _ahead), AheadBytes);
        var unit = wide ? (char)(bytes[_position] | (bytes[_position + 1] << 8)) : (char)bytes[_position];
        _position += wide ? 2 : 1;
        return unit;
    }

    private void Refill()
    {
        var size = wide ? 2 : 1;
        var count = Math.Min(AheadBytes, CallerMemory.BytesInPage(_address)) & -size;
        if (count == 0)
            count = size;
        var bytes = MemoryMarshal.CreateSpan(ref Unsafe.As<Ahead, byte>(ref _ahead), AheadBytes);
        memory.Read(_address, bytes[..count]);
        _address += count;
        _position = 0;
        _count = count;
    }

    [InlineArray(AheadBytes)]
    private struct Ahead
    {
        private byte _first;
    }
}
