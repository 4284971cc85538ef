namespace LastRef.Kernel;

/// <summary>The bounded string routines: they report what does not fit and leave an empty string.</summary>
/// <remarks>The kernel has no invalid-parameter handler that ends anything: the error code is all that comes back (Doc: "Parameter validation").</remarks>
internal sealed partial class CRuntime
{
    [KernelExport("ntoskrnl.exe", Doc = "strcpy_s, C run-time reference")]
    internal int strcpy_s(VirtualAddress destination, ulong sizeInElements, VirtualAddress source) =>
        Place(destination, sizeInElements, 0, source, null, wide: false);

    [KernelExport("ntoskrnl.exe", Doc = "strcpy_s, wcscpy_s, C run-time reference")]
    internal int wcscpy_s(VirtualAddress destination, ulong sizeInElements, VirtualAddress source) =>
        Place(destination, sizeInElements, 0, source, null, wide: true);

    [KernelExport("ntoskrnl.exe", Doc = "strncpy_s, C run-time reference")]
    internal int strncpy_s(VirtualAddress destination, ulong sizeInElements, VirtualAddress source, ulong count) =>
        Place(destination, sizeInElements, 0, source, count, wide: false);

    [KernelExport("ntoskrnl.exe", Doc = "strncpy_s, wcsncpy_s, C run-time reference")]
    internal int wcsncpy_s(VirtualAddress destination, ulong sizeInElements, VirtualAddress source, ulong count) =>
        Place(destination, sizeInElements, 0, source, count, wide: true);

    [KernelExport("ntoskrnl.exe", Doc = "strcat_s, C run-time reference")]
    internal int strcat_s(VirtualAddress destination, ulong sizeInElements, VirtualAddress source) =>
        PlaceBehind(destination, sizeInElements, source, null, wide: false);

    [KernelExport("ntoskrnl.exe", Doc = "strcat_s, wcscat_s, C run-time reference")]
    internal int wcscat_s(VirtualAddress destination, ulong sizeInElements, VirtualAddress source) =>
        PlaceBehind(destination, sizeInElements, source, null, wide: true);

    [KernelExport("ntoskrnl.exe", Doc = "strncat_s, C run-time reference")]
    internal int strncat_s(VirtualAddress destination, ulong sizeInElements, VirtualAddress source, ulong count) =>
        PlaceBehind(destination, sizeInElements, source, count, wide: false);

    [KernelExport("ntoskrnl.exe", Doc = "strncat_s, wcsncat_s, C run-time reference")]
    internal int wcsncat_s(VirtualAddress destination, ulong sizeInElements, VirtualAddress source, ulong count) =>
        PlaceBehind(destination, sizeInElements, source, count, wide: true);

    private int PlaceBehind(VirtualAddress destination, ulong size, VirtualAddress source, ulong? count, bool wide)
    {
        if (count == 0 && destination.IsNull && size == 0)
            return 0;
        if (destination.IsNull || size == 0)
            return InvalidArgument;
        var used = Length(destination, wide, size);
        if (used == size)
        {
            MakeEmpty(destination, wide);
            return InvalidArgument;
        }

        return count == 0 ? 0 : Place(destination, size, used, source, count, wide);
    }

    /// <summary>Writes text at a position of a buffer, with its terminator.</summary>
    /// <param name="count">Most characters taken from the source; null for all.</param>
    private int Place(VirtualAddress destination, ulong size, ulong at, VirtualAddress source, ulong? count, bool wide)
    {
        if (count == 0 && destination.IsNull && size == 0)
            return 0;
        if (destination.IsNull || size == 0)
            return InvalidArgument;
        if (count == 0)
        {
            MakeEmpty(destination, wide);
            return 0;
        }

        if (source.IsNull)
        {
            MakeEmpty(destination, wide);
            return InvalidArgument;
        }

        var unit = UnitBytes(wide);
        var room = size - at;
        // What does not fit is not read either, beyond the one character that shows it.
        var length = Length(source, wide, Math.Min(count ?? ulong.MaxValue, room));
        if (length < room)
        {
            Caller.Move(destination + (at * unit), source, length * unit);
            Caller.Fill(destination + ((at + length) * unit), 0, unit);
            return 0;
        }

        if (count != Truncate)
        {
            MakeEmpty(destination, wide);
            return OutOfRange;
        }

        Caller.Move(destination + (at * unit), source, (room - 1) * unit);
        Caller.Fill(destination + ((size - 1) * unit), 0, unit);
        return Truncated;
    }

    private void MakeEmpty(VirtualAddress destination, bool wide) => Caller.Fill(destination, 0, UnitBytes(wide));
}
