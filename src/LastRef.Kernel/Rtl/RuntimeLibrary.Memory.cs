namespace LastRef.Kernel;

/// <summary>Blocks of bytes.</summary>
internal sealed partial class RuntimeLibrary
{
    [KernelExport("ntoskrnl.exe", Doc = "RtlMoveMemory, WDK reference")]
    internal void RtlMoveMemory(VirtualAddress destination, VirtualAddress source, ulong length) => Caller.Move(destination, source, length);

    [KernelExport("ntoskrnl.exe", Doc = "RtlCopyMemory, WDK reference")]
    internal void RtlCopyMemory(VirtualAddress destination, VirtualAddress source, ulong length) => Caller.Move(destination, source, length);

    [KernelExport("ntoskrnl.exe", Doc = "RtlCopyMemoryNonTemporal, ntifs.h: RtlCopyMemory that leaves the caches alone")]
    internal void RtlCopyMemoryNonTemporal(VirtualAddress destination, VirtualAddress source, ulong length) =>
        Caller.Move(destination, source, length);

    [KernelExport("ntoskrnl.exe", Doc = "RtlFillMemory, WDK reference")]
    internal void RtlFillMemory(VirtualAddress destination, ulong length, byte fill) => Caller.Fill(destination, fill, length);

    [KernelExport("ntoskrnl.exe", Doc = "RtlZeroMemory, WDK reference")]
    internal void RtlZeroMemory(VirtualAddress destination, ulong length) => Caller.Fill(destination, 0, length);

    /// <returns>Number of bytes that are equal, from the start.</returns>
    [KernelExport("ntoskrnl.exe", Doc = "RtlCompareMemory, WDK reference")]
    internal ulong RtlCompareMemory(VirtualAddress source1, VirtualAddress source2, ulong length) =>
        Caller.FirstDifference(source1, source2, length);

    /// <returns>Number of bytes that repeat the pattern, from the start; zero when the source is not aligned.</returns>
    [KernelExport("ntoskrnl.exe", Doc = "RtlCompareMemoryUlong, ntifs.h")]
    internal ulong RtlCompareMemoryUlong(VirtualAddress source, ulong length, uint pattern)
    {
        if ((source.Value & 3) != 0)
            return 0;
        Span<byte> value = stackalloc byte[4];
        for (ulong i = 0; i < length / 4; i++)
        {
            Caller.Read(source + (4 * i), value);
            if (BitConverter.ToUInt32(value) != pattern)
                return 4 * i;
        }

        return length & ~3UL;
    }

    [KernelExport("ntoskrnl.exe", Doc = "RtlPrefetchMemoryNonTemporal, WDK reference", NoEffect = "a hint to the caches, which are not modelled")]
    internal void RtlPrefetchMemoryNonTemporal(VirtualAddress source, ulong length)
    {
    }
}
