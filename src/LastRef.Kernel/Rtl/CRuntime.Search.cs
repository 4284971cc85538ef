namespace LastRef.Kernel;

/// <summary>Searching zero-terminated strings.</summary>
internal sealed partial class CRuntime
{
    [KernelExport("ntoskrnl.exe", Doc = "strchr, C run-time reference")]
    internal VirtualAddress strchr(VirtualAddress text, int character) => FindFirst(text, (char)(byte)character, wide: false);

    [KernelExport("ntoskrnl.exe", Doc = "strchr, wcschr, C run-time reference")]
    internal VirtualAddress wcschr(VirtualAddress text, ushort character) => FindFirst(text, (char)character, wide: true);

    [KernelExport("ntoskrnl.exe", Doc = "strrchr, C run-time reference")]
    internal VirtualAddress strrchr(VirtualAddress text, int character) => FindLast(text, (char)(byte)character, wide: false);

    [KernelExport("ntoskrnl.exe", Doc = "strrchr, wcsrchr, C run-time reference")]
    internal VirtualAddress wcsrchr(VirtualAddress text, ushort character) => FindLast(text, (char)character, wide: true);

    [KernelExport("ntoskrnl.exe", Doc = "strstr, C run-time reference")]
    internal VirtualAddress strstr(VirtualAddress text, VirtualAddress searched) => FindText(text, searched, wide: false);

    [KernelExport("ntoskrnl.exe", Doc = "strstr, wcsstr, C run-time reference")]
    internal VirtualAddress wcsstr(VirtualAddress text, VirtualAddress searched) => FindText(text, searched, wide: true);

    [KernelExport("ntoskrnl.exe", Doc = "strspn, C run-time reference")]
    internal ulong strspn(VirtualAddress text, VirtualAddress set) => Span(text, set, wide: false, whileIn: true);

    [KernelExport("ntoskrnl.exe", Doc = "strspn, wcsspn, C run-time reference")]
    internal ulong wcsspn(VirtualAddress text, VirtualAddress set) => Span(text, set, wide: true, whileIn: true);

    [KernelExport("ntoskrnl.exe", Doc = "strcspn, wcscspn, C run-time reference")]
    internal ulong wcscspn(VirtualAddress text, VirtualAddress set) => Span(text, set, wide: true, whileIn: false);

    private VirtualAddress FindFirst(VirtualAddress text, char character, bool wide)
    {
        var reader = new UnitReader(Caller, text, wide);
        for (ulong i = 0; ; i++)
        {
            var unit = reader.Next();
            if (unit == character)
                return text + (i * UnitBytes(wide));
            if (unit == 0)
                return VirtualAddress.Null;
        }
    }

    private VirtualAddress FindLast(VirtualAddress text, char character, bool wide)
    {
        var reader = new UnitReader(Caller, text, wide);
        var found = VirtualAddress.Null;
        for (ulong i = 0; ; i++)
        {
            var unit = reader.Next();
            if (unit == character)
                found = text + (i * UnitBytes(wide));
            if (unit == 0)
                return found;
        }
    }

    private VirtualAddress FindText(VirtualAddress text, VirtualAddress searched, bool wide)
    {
        var part = Caller.ReadText(searched, wide);
        if (part.Length == 0)
            return text;
        var at = Caller.ReadText(text, wide).IndexOf(part, StringComparison.Ordinal);
        return at < 0 ? VirtualAddress.Null : text + ((ulong)at * UnitBytes(wide));
    }

    private ulong Span(VirtualAddress text, VirtualAddress set, bool wide, bool whileIn)
    {
        var members = Caller.ReadText(set, wide);
        var reader = new UnitReader(Caller, text, wide);
        for (ulong i = 0; ; i++)
        {
            var unit = reader.Next();
            if (unit == 0 || members.Contains(unit) != whileIn)
                return i;
        }
    }
}
