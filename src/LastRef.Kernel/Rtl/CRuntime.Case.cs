namespace LastRef.Kernel;

/// <summary>Letters: kinds and case. Narrow routines know ASCII only; towupper and towlower know Unicode.</summary>
internal sealed partial class CRuntime
{
    [KernelExport("ntoskrnl.exe", Doc = "toupper, C run-time reference")]
    internal int toupper(int character) => character is >= 'a' and <= 'z' ? character - 32 : character;

    [KernelExport("ntoskrnl.exe", Doc = "tolower, C run-time reference")]
    internal int tolower(int character) => character is >= 'A' and <= 'Z' ? character + 32 : character;

    [KernelExport("ntoskrnl.exe", Doc = "toupper, towupper, C run-time reference; RtlUpcaseUnicodeChar")]
    internal ushort towupper(ushort character) => char.ToUpperInvariant((char)character);

    [KernelExport("ntoskrnl.exe", Doc = "tolower, towlower, C run-time reference; RtlDowncaseUnicodeChar")]
    internal ushort towlower(ushort character) => char.ToLowerInvariant((char)character);

    // A kind routine says yes with any value but zero; these are the bits of the library's table (Doc: ctype.h, _DIGIT and the like).
    [KernelExport("ntoskrnl.exe", Doc = "isdigit, C run-time reference")]
    internal int isdigit(int character) => character is >= '0' and <= '9' ? 0x4 : 0;

    [KernelExport("ntoskrnl.exe", Doc = "isxdigit, C run-time reference")]
    internal int isxdigit(int character) => character is >= '0' and <= '9' or >= 'A' and <= 'F' or >= 'a' and <= 'f' ? 0x80 : 0;

    [KernelExport("ntoskrnl.exe", Doc = "isupper, C run-time reference")]
    internal int isupper(int character) => character is >= 'A' and <= 'Z' ? 0x1 : 0;

    [KernelExport("ntoskrnl.exe", Doc = "islower, C run-time reference")]
    internal int islower(int character) => character is >= 'a' and <= 'z' ? 0x2 : 0;

    [KernelExport("ntoskrnl.exe", Doc = "isspace, C run-time reference")]
    internal int isspace(int character) => character is ' ' or >= 9 and <= 13 ? 0x8 : 0;

    [KernelExport("ntoskrnl.exe", Doc = "isprint, C run-time reference")]
    internal int isprint(int character) => character switch
    {
        < 0x20 or > 0x7E => 0,
        ' ' => 0x40,
        >= '0' and <= '9' => 0x4,
        >= 'A' and <= 'Z' => 0x1,
        >= 'a' and <= 'z' => 0x2,
        _ => 0x10,
    };

    [KernelExport("ntoskrnl.exe", Doc = "_strupr, C run-time reference")]
    internal VirtualAddress _strupr(VirtualAddress text) => ChangeCase(text, ToUpper, wide: false);

    [KernelExport("ntoskrnl.exe", Doc = "_strlwr, C run-time reference")]
    internal VirtualAddress _strlwr(VirtualAddress text) => ChangeCase(text, ToLower, wide: false);

    [KernelExport("ntoskrnl.exe", Doc = "_strupr, _wcsupr, C run-time reference")]
    internal VirtualAddress _wcsupr(VirtualAddress text) => ChangeCase(text, ToUpper, wide: true);

    [KernelExport("ntoskrnl.exe", Doc = "_strlwr, _wcslwr, C run-time reference")]
    internal VirtualAddress _wcslwr(VirtualAddress text) => ChangeCase(text, ToLower, wide: true);

    /// <summary>Writes only the characters that change, so that text in read-only memory is a fault only if it has any.</summary>
    private VirtualAddress ChangeCase(VirtualAddress text, Func<char, char> change, bool wide)
    {
        var reader = new UnitReader(Caller, text, wide);
        for (ulong i = 0; reader.Next() is not '\0' and var unit; i++)
        {
            var changed = change(unit);
            if (changed != unit)
                Caller.WriteText(text + (i * UnitBytes(wide)), [changed], wide);
        }

        return text;
    }
}
