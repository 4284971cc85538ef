using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>File names and patterns.</summary>
/// <remarks>
/// Doc: FsRtlIsNameInExpression, WDK reference. Besides * and ?: DOS_STAR (&lt;) matches up to the last dot, DOS_QM (&gt;) one character or
/// none at a dot or the end, DOS_DOT (") a dot or the end.
/// </remarks>
internal sealed partial class RuntimeLibrary
{
    private const string WildCards = "*?<>\"";

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "FsRtlDoesNameContainWildCards, ntifs.h")]
    internal NtBoolean FsRtlDoesNameContainWildCards(UnicodeString name) => ReadUnicode(name).AsSpan().IndexOfAny(WildCards) >= 0;

    /// <summary>Equal when of one length and, if asked for, after folding with the caller's table.</summary>
    /// <summary>Splits a path at the first backslash behind a leading one; what remains has none in front.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "FsRtlDissectName, ntifs.h")]
    internal void FsRtlDissectName(UnicodeString path, UnicodeString firstName, UnicodeString remainingName)
    {
        var text = ReadUnicode(path);
        var start = text.StartsWith('\\') ? 1 : 0;
        var end = text.IndexOf('\\', start);
        SetPart(firstName, path, start, (end < 0 ? text.Length : end) - start);
        SetPart(remainingName, path, end < 0 ? text.Length : end + 1, end < 0 ? 0 : text.Length - end - 1);
    }

    private void SetPart(UnicodeString part, UnicodeString whole, int start, int length)
    {
        part.SetLength(Memory, (ushort)(2 * length));
        part.SetMaximumLength(Memory, (ushort)(2 * length));
        part.SetBuffer(Memory, length == 0 ? VirtualAddress.Null : whole.Buffer + (2 * start));
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlAreNamesEqual, ntifs.h", Missing = "a table of upper-case characters of the caller's own")]
    internal NtBoolean FsRtlAreNamesEqual(UnicodeString nameA, UnicodeString nameB, NtBoolean ignoreCase, VirtualAddress upcaseTable)
    {
        RefuseTable(upcaseTable);
        return RtlEqualUnicodeString(nameA, nameB, ignoreCase);
    }

    /// <summary>Whether a name matches a pattern; the pattern must be in upper case when case is ignored (Doc).</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlIsNameInExpression, WDK reference",
        Missing = "a table of upper-case characters of the caller's own")]
    internal NtBoolean FsRtlIsNameInExpression(UnicodeString expression, UnicodeString name, NtBoolean ignoreCase, VirtualAddress upcaseTable)
    {
        RefuseTable(upcaseTable);
        return Matches(ReadUnicode(expression), ReadUnicode(name, ignoreCase));
    }

    /// <summary>Which positions of the pattern can be reached after each character: no pattern takes more than length times length steps.</summary>
    internal static bool Matches(string pattern, string name)
    {
        if (pattern.Length == 0 || name.Length == 0)
            return pattern.Length == name.Length;
        var lastDot = name.LastIndexOf('.');
        var reached = new bool[pattern.Length + 1];
        reached[0] = true;
        for (var i = 0; i <= name.Length; i++)
        {
            SkipEmpty(pattern, reached, atDotOrEnd: i == name.Length || name[i] == '.', atEnd: i == name.Length);
            if (i == name.Length)
                break;
            var next = new bool[pattern.Length + 1];
            for (var at = 0; at < pattern.Length; at++)
            {
                if (!reached[at])
                    continue;
                switch (pattern[at])
                {
                    case '*':
                        next[at] = true;
                        break;
                    case '<':
                        // It takes everything but the last dot.
                        if (i != lastDot)
                            next[at] = true;
                        break;
                    case '?':
                        next[at + 1] = true;
                        break;
                    case '>' when name[i] != '.':
                        next[at + 1] = true;
                        break;
                    case '"' when name[i] == '.':
                        next[at + 1] = true;
                        break;
                    case var exact when exact == name[i]:
                        next[at + 1] = true;
                        break;
                }
            }

            reached = next;
        }

        return reached[pattern.Length];
    }

    /// <summary>What a pattern may leave out: stars always, DOS_QM before a dot and at the end, DOS_DOT at the end.</summary>
    private static void SkipEmpty(string pattern, bool[] reached, bool atDotOrEnd, bool atEnd)
    {
        for (var at = 0; at < pattern.Length; at++)
        {
            if (reached[at] && (pattern[at] is '*' or '<' || (pattern[at] == '>' && atDotOrEnd) || (pattern[at] == '"' && atEnd)))
                reached[at + 1] = true;
        }
    }

    private static void RefuseTable(VirtualAddress upcaseTable)
    {
        if (!upcaseTable.IsNull)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "a table of upper-case characters of the caller's own");
    }
}
