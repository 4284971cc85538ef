namespace LastRef.Kernel;

/// <summary>Comparing zero-terminated strings; letters are those of ASCII, as in the "C" locale that the kernel stays in.</summary>
internal sealed partial class CRuntime
{
    [KernelExport("ntoskrnl.exe", Doc = "strcmp, C run-time reference")]
    internal int strcmp(VirtualAddress string1, VirtualAddress string2) => Compare(string1, string2, ulong.MaxValue, wide: false, fold: false);

    [KernelExport("ntoskrnl.exe", Doc = "strcmp, wcscmp, C run-time reference")]
    internal int wcscmp(VirtualAddress string1, VirtualAddress string2) => Compare(string1, string2, ulong.MaxValue, wide: true, fold: false);

    [KernelExport("ntoskrnl.exe", Doc = "strncmp, C run-time reference")]
    internal int strncmp(VirtualAddress string1, VirtualAddress string2, ulong count) => Compare(string1, string2, count, wide: false, fold: false);

    [KernelExport("ntoskrnl.exe", Doc = "strncmp, wcsncmp, C run-time reference")]
    internal int wcsncmp(VirtualAddress string1, VirtualAddress string2, ulong count) => Compare(string1, string2, count, wide: true, fold: false);

    [KernelExport("ntoskrnl.exe", Doc = "_stricmp, C run-time reference")]
    internal int _stricmp(VirtualAddress string1, VirtualAddress string2) => Compare(string1, string2, ulong.MaxValue, wide: false, fold: true);

    [KernelExport("ntoskrnl.exe", Doc = "_stricmp, _wcsicmp, C run-time reference")]
    internal int _wcsicmp(VirtualAddress string1, VirtualAddress string2) => Compare(string1, string2, ulong.MaxValue, wide: true, fold: true);

    [KernelExport("ntoskrnl.exe", Doc = "_strnicmp, C run-time reference")]
    internal int _strnicmp(VirtualAddress string1, VirtualAddress string2, ulong count) => Compare(string1, string2, count, wide: false, fold: true);

    [KernelExport("ntoskrnl.exe", Doc = "_strnicmp, _wcsnicmp, C run-time reference")]
    internal int _wcsnicmp(VirtualAddress string1, VirtualAddress string2, ulong count) => Compare(string1, string2, count, wide: true, fold: true);

    /// <returns>-1, 0 or 1; comparing with case folded, the difference of the lower-case characters.</returns>
    private int Compare(VirtualAddress left, VirtualAddress right, ulong limit, bool wide, bool fold)
    {
        var leftReader = new UnitReader(Caller, left, wide);
        var rightReader = new UnitReader(Caller, right, wide);
        for (ulong i = 0; i < limit; i++)
        {
            var (a, b) = (leftReader.Next(), rightReader.Next());
            if (fold)
                (a, b) = (ToLower(a), ToLower(b));
            if (a != b)
                return fold ? a - b : a < b ? -1 : 1;
            if (a == 0)
                break;
        }

        return 0;
    }

    private static char ToLower(char value) => value is >= 'A' and <= 'Z' ? (char)(value + 32) : value;

    private static char ToUpper(char value) => value is >= 'a' and <= 'z' ? (char)(value - 32) : value;
}
