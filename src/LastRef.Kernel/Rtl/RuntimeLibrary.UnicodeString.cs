using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Counted UTF-16 strings: making and copying them.</summary>
internal sealed partial class RuntimeLibrary
{
    /// <summary>Longest text of a counted string: an even number of bytes with room for a terminator.</summary>
    private const ulong MostUnicodeBytes = 0xFFFC;

    /// <summary>A source that is too long is cut, which the routine cannot say.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "RtlInitUnicodeString, WDK reference")]
    internal void RtlInitUnicodeString(UnicodeString destinationString, VirtualAddress sourceString) =>
        Describe(destinationString, sourceString, Math.Min(BytesOf(sourceString), MostUnicodeBytes));

    [KernelExport("ntoskrnl.exe", Doc = "RtlInitUnicodeStringEx, ntifs.h")]
    internal NtStatus RtlInitUnicodeStringEx(UnicodeString destinationString, VirtualAddress sourceString)
    {
        var bytes = BytesOf(sourceString);
        if (bytes > MostUnicodeBytes)
            return NtStatus.NameTooLong;
        Describe(destinationString, sourceString, bytes);
        return NtStatus.Success;
    }

    /// <summary>Copies what fits, and a terminator when there is room for one.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "RtlCopyUnicodeString, WDK reference")]
    internal void RtlCopyUnicodeString(UnicodeString destinationString, UnicodeString? sourceString)
    {
        if (sourceString is not { } source)
        {
            destinationString.SetLength(Memory, 0);
            return;
        }

        var count = Math.Min(source.Length, destinationString.MaximumLength);
        Caller.Move(destinationString.Buffer, source.Buffer, count);
        destinationString.SetLength(Memory, count);
        Terminate(destinationString);
    }

    [KernelExport("ntoskrnl.exe", Doc = "RtlAppendUnicodeToString, WDK reference")]
    internal NtStatus RtlAppendUnicodeToString(UnicodeString destination, VirtualAddress source) =>
        source.IsNull ? NtStatus.Success : Append(destination, source, BytesOf(source));

    [KernelExport("ntoskrnl.exe", Doc = "RtlAppendUnicodeStringToString, WDK reference")]
    internal NtStatus RtlAppendUnicodeStringToString(UnicodeString destination, UnicodeString source) =>
        Append(destination, source.Buffer, source.Length);

    /// <summary>Makes a copy of a zero-terminated string in paged pool.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "RtlCreateUnicodeString, ntifs.h")]
    internal NtBoolean RtlCreateUnicodeString(UnicodeString destinationString, VirtualAddress sourceString)
    {
        var bytes = BytesOf(sourceString);
        if (bytes > MostUnicodeBytes)
            return false;
        return AllocateCopy(destinationString, sourceString, (ushort)bytes, terminate: true).IsSuccess;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "RtlDuplicateUnicodeString, ntifs.h")]
    internal NtStatus RtlDuplicateUnicodeString(uint flags, UnicodeString stringIn, UnicodeString stringOut)
    {
        const uint nullTerminate = 1, allocateNullString = 2;
        if ((flags & ~(nullTerminate | allocateNullString)) != 0 || flags == allocateNullString)
            return NtStatus.InvalidParameter;
        if (stringIn.Length == 0 && flags != (nullTerminate | allocateNullString))
        {
            Describe(stringOut, VirtualAddress.Null, 0);
            return NtStatus.Success;
        }

        return AllocateCopy(stringOut, stringIn.Buffer, stringIn.Length, (flags & nullTerminate) != 0);
    }

    /// <summary>Frees a buffer that the library allocated, and clears the structure.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "RtlFreeUnicodeString, WDK reference")]
    internal void RtlFreeUnicodeString(UnicodeString unicodeString)
    {
        if (unicodeString.Buffer.IsNull)
            return;
        _kernel.Ex.ExFreePoolWithTag(unicodeString.Buffer, 0);
        Clear(unicodeString);
    }

    /// <summary>Bytes of a zero-terminated UTF-16 string without its terminator; zero for a null pointer.</summary>
    private ulong BytesOf(VirtualAddress text) => text.IsNull ? 0 : 2 * CountUnits(text, wide: true);

    private ulong CountUnits(VirtualAddress text, bool wide)
    {
        var reader = new UnitReader(Caller, text, wide);
        ulong count = 0;
        while (reader.Next() != 0)
            count++;
        return count;
    }

    private void Describe(UnicodeString text, VirtualAddress buffer, ulong bytes)
    {
        WriteHeader(text.Address, (ushort)bytes, buffer.IsNull ? (ushort)0 : (ushort)(bytes + 2), buffer);
    }

    private void Clear(UnicodeString text) => WriteHeader(text.Address, 0, 0, VirtualAddress.Null);

    /// <summary>Writes a counted string's structure; a bad pointer to it is a write fault.</summary>
    private void WriteHeader(VirtualAddress address, ushort length, ushort maximumLength, VirtualAddress buffer)
    {
        Span<byte> lengths = stackalloc byte[4];
        BitConverter.TryWriteBytes(lengths, length);
        BitConverter.TryWriteBytes(lengths[2..], maximumLength);
        Caller.Write(address, lengths);
        Span<byte> pointer = stackalloc byte[8];
        BitConverter.TryWriteBytes(pointer, buffer.Value);
        Caller.Write(address + 8, pointer);
    }

    private NtStatus Append(UnicodeString destination, VirtualAddress source, ulong bytes)
    {
        if (destination.Length + bytes > destination.MaximumLength)
            return NtStatus.BufferTooSmall;
        Caller.Move(destination.Buffer + destination.Length, source, bytes);
        destination.SetLength(Memory, (ushort)(destination.Length + bytes));
        Terminate(destination);
        return NtStatus.Success;
    }

    /// <summary>Puts a zero behind the text when the buffer has room for it.</summary>
    private void Terminate(UnicodeString text)
    {
        if (text.Length + 2 <= text.MaximumLength)
            Caller.WriteText(text.Buffer + text.Length, "\0", wide: true);
    }

    private NtStatus AllocateCopy(UnicodeString text, VirtualAddress source, ushort bytes, bool terminate)
    {
        var room = bytes + (terminate ? 2 : 0);
        var buffer = AllocateString((ulong)room);
        if (buffer.IsNull)
            return NtStatus.NoMemory;
        Caller.Move(buffer, source, bytes);
        WriteHeader(text.Address, bytes, (ushort)room, buffer);
        Terminate(text);
        return NtStatus.Success;
    }

    /// <summary>Puts a text with its terminator into the caller's buffer, or into one of its own.</summary>
    public NtStatus GiveText(UnicodeString destination, string text, bool allocate)
    {
        var bytes = (text.Length + 1) * 2;
        if (allocate)
        {
            var buffer = AllocateString((ulong)bytes);
            if (buffer.IsNull)
                return NtStatus.NoMemory;
            WriteHeader(destination.Address, 0, (ushort)bytes, buffer);
        }
        else if (bytes > destination.MaximumLength)
        {
            return NtStatus.BufferOverflow;
        }

        Caller.WriteText(destination.Buffer, text + '\0', wide: true);
        destination.SetLength(Memory, (ushort)(bytes - 2));
        return NtStatus.Success;
    }

    /// <summary>Paged pool, as RtlFreeUnicodeString expects it.</summary>
    private VirtualAddress AllocateString(ulong bytes) => _kernel.Ex.AllocateForDriver(paged: true, Math.Max(bytes, 2), PoolTags.Of("Strg"));
}
