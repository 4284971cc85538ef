namespace LastRef.Kernel;

/// <summary>Blocks of bytes.</summary>
internal sealed partial class CRuntime
{
    /// <summary>The kernel's memcpy is its memmove: the blocks may overlap.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "memcpy, C run-time reference")]
    internal VirtualAddress memcpy(VirtualAddress destination, VirtualAddress source, ulong count) => memmove(destination, source, count);

    [KernelExport("ntoskrnl.exe", Doc = "memmove, C run-time reference")]
    internal VirtualAddress memmove(VirtualAddress destination, VirtualAddress source, ulong count)
    {
        Caller.Move(destination, source, count);
        return destination;
    }

    [KernelExport("ntoskrnl.exe", Doc = "memset, C run-time reference")]
    internal VirtualAddress memset(VirtualAddress destination, int value, ulong count)
    {
        Caller.Fill(destination, unchecked((byte)value), count);
        return destination;
    }

    [KernelExport("ntoskrnl.exe", Doc = "memcmp, C run-time reference")]
    internal int memcmp(VirtualAddress left, VirtualAddress right, ulong count)
    {
        var at = Caller.FirstDifference(left, right, count);
        return at == count ? 0 : Caller.ReadByte(left + at) < Caller.ReadByte(right + at) ? -1 : 1;
    }

    [KernelExport("ntoskrnl.exe", Doc = "memchr, C run-time reference")]
    internal VirtualAddress memchr(VirtualAddress buffer, int value, ulong count)
    {
        var reader = new UnitReader(Caller, buffer, wide: false);
        for (ulong i = 0; i < count; i++)
        {
            if (reader.Next() == (value & 0xFF))
                return buffer + i;
        }

        return VirtualAddress.Null;
    }

    /// <summary>Clears the destination when the source does not fit.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "memcpy_s, C run-time reference")]
    internal int memcpy_s(VirtualAddress destination, ulong destinationSize, VirtualAddress source, ulong count)
    {
        if (count == 0)
            return 0;
        if (destination.IsNull)
            return InvalidArgument;
        if (source.IsNull || destinationSize < count)
        {
            Caller.Fill(destination, 0, destinationSize);
            return source.IsNull ? InvalidArgument : OutOfRange;
        }

        Caller.Move(destination, source, count);
        return 0;
    }

    [KernelExport("ntoskrnl.exe", Doc = "memmove_s, C run-time reference")]
    internal int memmove_s(VirtualAddress destination, ulong destinationSize, VirtualAddress source, ulong count)
    {
        if (count == 0)
            return 0;
        if (destination.IsNull || source.IsNull)
            return InvalidArgument;
        if (destinationSize < count)
            return OutOfRange;
        Caller.Move(destination, source, count);
        return 0;
    }
}
