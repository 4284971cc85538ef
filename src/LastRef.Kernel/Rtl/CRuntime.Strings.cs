namespace LastRef.Kernel;

/// <summary>Zero-terminated strings: length, copying, joining.</summary>
internal sealed partial class CRuntime
{
    [KernelExport("ntoskrnl.exe", Doc = "strlen, C run-time reference")]
    internal ulong strlen(VirtualAddress text) => Length(text, wide: false, ulong.MaxValue);

    [KernelExport("ntoskrnl.exe", Doc = "strlen, wcslen, C run-time reference")]
    internal ulong wcslen(VirtualAddress text) => Length(text, wide: true, ulong.MaxValue);

    [KernelExport("ntoskrnl.exe", Doc = "strnlen, C run-time reference")]
    internal ulong strnlen(VirtualAddress text, ulong numberOfElements) => Length(text, wide: false, numberOfElements);

    [KernelExport("ntoskrnl.exe", Doc = "strnlen, wcsnlen, C run-time reference")]
    internal ulong wcsnlen(VirtualAddress text, ulong numberOfElements) => Length(text, wide: true, numberOfElements);

    [KernelExport("ntoskrnl.exe", Doc = "strcpy, C run-time reference")]
    internal VirtualAddress strcpy(VirtualAddress destination, VirtualAddress source) => CopyText(destination, source, wide: false);

    [KernelExport("ntoskrnl.exe", Doc = "strcpy, wcscpy, C run-time reference")]
    internal VirtualAddress wcscpy(VirtualAddress destination, VirtualAddress source) => CopyText(destination, source, wide: true);

    /// <summary>Copies at most a number of characters; fills the rest with zeros, and writes none when there is no rest.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "strncpy, C run-time reference")]
    internal VirtualAddress strncpy(VirtualAddress destination, VirtualAddress source, ulong count) =>
        CopyPadded(destination, source, count, wide: false);

    [KernelExport("ntoskrnl.exe", Doc = "strncpy, wcsncpy, C run-time reference")]
    internal VirtualAddress wcsncpy(VirtualAddress destination, VirtualAddress source, ulong count) =>
        CopyPadded(destination, source, count, wide: true);

    [KernelExport("ntoskrnl.exe", Doc = "strcat, C run-time reference")]
    internal VirtualAddress strcat(VirtualAddress destination, VirtualAddress source) =>
        Join(destination, source, ulong.MaxValue, wide: false);

    [KernelExport("ntoskrnl.exe", Doc = "strcat, wcscat, C run-time reference")]
    internal VirtualAddress wcscat(VirtualAddress destination, VirtualAddress source) =>
        Join(destination, source, ulong.MaxValue, wide: true);

    [KernelExport("ntoskrnl.exe", Doc = "strncat, C run-time reference")]
    internal VirtualAddress strncat(VirtualAddress destination, VirtualAddress source, ulong count) =>
        Join(destination, source, count, wide: false);

    [KernelExport("ntoskrnl.exe", Doc = "strncat, wcsncat, C run-time reference")]
    internal VirtualAddress wcsncat(VirtualAddress destination, VirtualAddress source, ulong count) =>
        Join(destination, source, count, wide: true);

    private static ulong UnitBytes(bool wide) => wide ? 2UL : 1;

    /// <summary>Characters before the terminator; the limit when none comes before it.</summary>
    private ulong Length(VirtualAddress text, bool wide, ulong limit)
    {
        var reader = new UnitReader(Caller, text, wide);
        for (ulong count = 0; count < limit; count++)
        {
            if (reader.Next() == 0)
                return count;
        }

        return limit;
    }

    private VirtualAddress CopyText(VirtualAddress destination, VirtualAddress source, bool wide)
    {
        var length = Length(source, wide, ulong.MaxValue);
        Caller.Move(destination, source, (length + 1) * UnitBytes(wide));
        return destination;
    }

    private VirtualAddress CopyPadded(VirtualAddress destination, VirtualAddress source, ulong count, bool wide)
    {
        var length = Length(source, wide, count);
        var unit = UnitBytes(wide);
        Caller.Move(destination, source, length * unit);
        Caller.Fill(destination + (length * unit), 0, (count - length) * unit);
        return destination;
    }

    private VirtualAddress Join(VirtualAddress destination, VirtualAddress source, ulong limit, bool wide)
    {
        var unit = UnitBytes(wide);
        var end = destination + (Length(destination, wide, ulong.MaxValue) * unit);
        var length = Length(source, wide, limit);
        Caller.Move(end, source, length * unit);
        Caller.Fill(end + (length * unit), 0, unit);
        return destination;
    }
}
