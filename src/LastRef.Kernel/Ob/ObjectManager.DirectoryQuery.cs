using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>What a directory of the namespace holds.</summary>
internal sealed partial class ObjectManager
{
    /// <summary>Lists objects of a directory from a position on: as many as fit, or one.</summary>
    /// <remarks>
    /// OBJECT_DIRECTORY_INFORMATION is two UNICODE_STRINGs, Name and TypeName; an array of them ends with an empty one, the texts follow.
    /// The position counts objects in the order of the directory.
    /// </remarks>
    /// <returns>MORE_ENTRIES when some did not fit, NO_MORE_ENTRIES behind the last, BUFFER_TOO_SMALL when not even one fits.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "NtQueryDirectoryObject, Win32 reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtQueryDirectoryObject", MaxIrql = Irql.Passive, Doc = "NtQueryDirectoryObject, Win32 reference")]
    internal NtStatus ZwQueryDirectoryObject(
        HandleValue directoryHandle, VirtualAddress buffer, uint length, NtBoolean returnSingleEntry, NtBoolean restartScan, Out<uint> context,
        Out<uint> returnLength)
    {
        const int entryBytes = 0x20;
        var (status, directory) = Resolve(directoryHandle, ObjectKind.Directory);
        if (!status.IsSuccess)
            return status;
        MakeOffered(directory, null);
        var position = restartScan ? 0 : context.Get(Memory);
        var left = Children(directory).Skip((int)position).Select(body => (Name: NameInfoOf(body)!.Value.Name.ToText(), Kind: KindOf(body)!.Value.ToString())).ToList();
        var taken = 0;
        var bytes = (uint)entryBytes;
        foreach (var (name, kind) in left)
        {
            var needed = entryBytes + TextBytes(name) + TextBytes(kind);
            if (bytes + needed > length || (returnSingleEntry && taken == 1))
            {
                if (taken == 0)
                    returnLength.SetIfGiven(Memory, bytes + needed);
                break;
            }

            bytes += needed;
            taken++;
        }

        if (left.Count == 0)
            return NtStatus.NoMoreEntries;
        if (taken == 0)
            return NtStatus.BufferTooSmall;
        Memory.Clear(buffer, (int)bytes);
        var text = buffer + ((taken + 1) * entryBytes);
        for (var i = 0; i < taken; i++)
        {
            text = WriteText(buffer + (i * entryBytes), left[i].Name, text);
            text = WriteText(buffer + (i * entryBytes) + 0x10, left[i].Kind, text);
        }

        context.Set(Memory, position + (uint)taken);
        returnLength.SetIfGiven(Memory, bytes);
        return taken < left.Count && !returnSingleEntry ? NtStatus.MoreEntries : NtStatus.Success;
    }

    private static uint TextBytes(string text) => ((uint)text.Length + 1) * 2;

    private VirtualAddress WriteText(VirtualAddress unicodeString, string text, VirtualAddress place)
    {
        var value = new UnicodeString(Memory, unicodeString);
        value.SetLength(Memory, (ushort)(text.Length * 2));
        value.SetMaximumLength(Memory, (ushort)TextBytes(text));
        value.SetBuffer(Memory, place);
        Memory.Write(place, WideText.Bytes(text + "\0"));
        return place + TextBytes(text);
    }
}
