using System.Collections;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Bit maps: an array of 32-bit words in the driver's memory.</summary>
internal sealed partial class RuntimeLibrary
{
    private const uint NoBits = uint.MaxValue;

    [KernelExport("ntoskrnl.exe", Doc = "RtlInitializeBitMap, WDK reference")]
    internal void RtlInitializeBitMap(RtlBitmap bitMapHeader, VirtualAddress bitMapBuffer, uint sizeOfBitMap)
    {
        bitMapHeader.SetSizeOfBitMap(Memory, sizeOfBitMap);
        bitMapHeader.SetBuffer(Memory, bitMapBuffer);
    }

    [KernelExport("ntoskrnl.exe", Doc = "RtlClearAllBits, WDK reference")]
    internal void RtlClearAllBits(RtlBitmap bitMapHeader) => Caller.Fill(bitMapHeader.Buffer, 0, WordBytes(bitMapHeader));

    [KernelExport("ntoskrnl.exe", Doc = "RtlSetAllBits, WDK reference")]
    internal void RtlSetAllBits(RtlBitmap bitMapHeader) => Caller.Fill(bitMapHeader.Buffer, 0xFF, WordBytes(bitMapHeader));

    [KernelExport("ntoskrnl.exe", Doc = "RtlClearBit, WDK reference")]
    internal void RtlClearBit(RtlBitmap bitMapHeader, uint bitNumber) => Change(bitMapHeader, bitNumber, 1, value: false);

    [KernelExport("ntoskrnl.exe", Doc = "RtlSetBit, WDK reference")]
    internal void RtlSetBit(RtlBitmap bitMapHeader, uint bitNumber) => Change(bitMapHeader, bitNumber, 1, value: true);

    [KernelExport("ntoskrnl.exe", Doc = "RtlClearBits, WDK reference")]
    internal void RtlClearBits(RtlBitmap bitMapHeader, uint startingIndex, uint numberToClear) =>
        Change(bitMapHeader, startingIndex, numberToClear, value: false);

    [KernelExport("ntoskrnl.exe", Doc = "RtlSetBits, WDK reference")]
    internal void RtlSetBits(RtlBitmap bitMapHeader, uint startingIndex, uint numberToSet) =>
        Change(bitMapHeader, startingIndex, numberToSet, value: true);

    [KernelExport("ntoskrnl.exe", Doc = "RtlTestBit, WDK reference")]
    internal NtBoolean RtlTestBit(RtlBitmap bitMapHeader, uint bitNumber) =>
        (Caller.ReadByte(bitMapHeader.Buffer + (ulong)(bitNumber / 8)) & (1 << (int)(bitNumber % 8))) != 0;

    [KernelExport("ntoskrnl.exe", Doc = "RtlAreBitsClear, WDK reference")]
    internal NtBoolean RtlAreBitsClear(RtlBitmap bitMapHeader, uint startingIndex, uint length) => AreBits(bitMapHeader, startingIndex, length, value: false);

    [KernelExport("ntoskrnl.exe", Doc = "RtlAreBitsSet, WDK reference")]
    internal NtBoolean RtlAreBitsSet(RtlBitmap bitMapHeader, uint startingIndex, uint length) => AreBits(bitMapHeader, startingIndex, length, value: true);

    [KernelExport("ntoskrnl.exe", Doc = "RtlNumberOfSetBits, WDK reference")]
    internal uint RtlNumberOfSetBits(RtlBitmap bitMapHeader) => CountBits(bitMapHeader, value: true);

    [KernelExport("ntoskrnl.exe", Doc = "RtlNumberOfClearBits, WDK reference")]
    internal uint RtlNumberOfClearBits(RtlBitmap bitMapHeader) => CountBits(bitMapHeader, value: false);

    /// <returns>Start of a run that is long enough, looked for from the hint on and then from the start; all ones when there is none.</returns>
    [KernelExport("ntoskrnl.exe", Doc = "RtlFindClearBits, WDK reference")]
    internal uint RtlFindClearBits(RtlBitmap bitMapHeader, uint numberToFind, uint hintIndex) => Find(bitMapHeader, numberToFind, hintIndex, value: false);

    [KernelExport("ntoskrnl.exe", Doc = "RtlFindSetBits, WDK reference")]
    internal uint RtlFindSetBits(RtlBitmap bitMapHeader, uint numberToFind, uint hintIndex) => Find(bitMapHeader, numberToFind, hintIndex, value: true);

    [KernelExport("ntoskrnl.exe", Doc = "RtlFindClearBitsAndSet, WDK reference")]
    internal uint RtlFindClearBitsAndSet(RtlBitmap bitMapHeader, uint numberToFind, uint hintIndex) =>
        FindAndChange(bitMapHeader, numberToFind, hintIndex, value: false);

    [KernelExport("ntoskrnl.exe", Doc = "RtlFindSetBitsAndClear, WDK reference")]
    internal uint RtlFindSetBitsAndClear(RtlBitmap bitMapHeader, uint numberToFind, uint hintIndex) =>
        FindAndChange(bitMapHeader, numberToFind, hintIndex, value: true);

    /// <returns>Length of the next run of clear bits; zero when there is none.</returns>
    [KernelExport("ntoskrnl.exe", Doc = "RtlFindNextForwardRunClear, WDK reference")]
    internal uint RtlFindNextForwardRunClear(RtlBitmap bitMapHeader, uint fromIndex, Out<uint> startingRunIndex)
    {
        var bits = ReadBits(bitMapHeader);
        var start = (int)Math.Min(fromIndex, (uint)bits.Length);
        while (start < bits.Length && bits[start])
            start++;
        var end = start;
        while (end < bits.Length && !bits[end])
            end++;
        startingRunIndex.Set(Memory, (uint)start);
        return (uint)(end - start);
    }

    [KernelExport("ntoskrnl.exe", Doc = "RtlFindFirstRunClear, WDK reference")]
    internal uint RtlFindFirstRunClear(RtlBitmap bitMapHeader, Out<uint> startingIndex) => RtlFindNextForwardRunClear(bitMapHeader, 0, startingIndex);

    private static ulong WordBytes(RtlBitmap map) => (ulong)(map.SizeOfBitMap + 31L) / 32 * 4;

    private BitArray ReadBits(RtlBitmap map)
    {
        var bytes = new byte[WordBytes(map)];
        Caller.Read(map.Buffer, bytes);
        return new BitArray(bytes) { Length = (int)map.SizeOfBitMap };
    }

    private void Change(RtlBitmap map, uint start, uint count, bool value)
    {
        for (ulong bit = start; bit < (ulong)start + count;)
        {
            var address = map.Buffer + (bit / 8);
            var inByte = (int)Math.Min(8 - (bit % 8), start + (ulong)count - bit);
            var mask = (byte)(((1 << inByte) - 1) << (int)(bit % 8));
            var old = Caller.ReadByte(address);
            Caller.Write(address, [(byte)(value ? old | mask : old & ~mask)]);
            bit += (ulong)inByte;
        }
    }

    private bool AreBits(RtlBitmap map, uint start, uint count, bool value)
    {
        if (count == 0 || (ulong)start + count > map.SizeOfBitMap)
            return false;
        var bits = ReadBits(map);
        for (var i = (int)start; i < (int)(start + count); i++)
        {
            if (bits[i] != value)
                return false;
        }

        return true;
    }

    private uint CountBits(RtlBitmap map, bool value)
    {
        var bits = ReadBits(map);
        uint count = 0;
        foreach (bool bit in bits)
            count += bit == value ? 1u : 0;
        return count;
    }

    private uint Find(RtlBitmap map, uint count, uint hint, bool value)
    {
        var size = map.SizeOfBitMap;
        if (hint >= size)
            hint = 0;
        if (count == 0)
            return hint & ~7u;
        if (count > size)
            return NoBits;
        var bits = ReadBits(map);
        var found = FindRun(bits, (int)hint, (int)size, (int)count, value);
        if (found is null && hint > 0)
            found = FindRun(bits, 0, (int)Math.Min(size, (ulong)hint + count - 1), (int)count, value);
        return found is { } start ? (uint)start : NoBits;
    }

    private uint FindAndChange(RtlBitmap map, uint count, uint hint, bool value)
    {
        var start = Find(map, count, hint, value);
        if (start != NoBits)
            Change(map, start, count, !value);
        return start;
    }

    private static int? FindRun(BitArray bits, int from, int end, int count, bool value)
    {
        var run = 0;
        for (var i = from; i < end; i++)
        {
            run = bits[i] == value ? run + 1 : 0;
            if (run == count)
                return i - count + 1;
        }

        return null;
    }
}
