using System.Buffers.Binary;
using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>What is known of a file, and what may be changed.</summary>
/// <remarks>Doc: FILE_INFORMATION_CLASS and the structures it names, WDK reference.</remarks>
internal sealed partial class SystemVolume
{
    /// <summary>Read-only, hidden, system, archive, temporary, not indexed, offline.</summary>
    private const uint SettableAttributes = 0x0000_3127;

    private const uint Basic = 4, Standard = 5, Internal = 6, ExtendedAttributes = 7, NameClass = 9, Rename = 10, Disposing = 13, Position = 14,
        All = 18, Allocation = 19, EndOfFile = 20, NetworkOpen = 34, AttributeTag = 35, NormalizedName = 48;

    private (NtStatus Status, ulong Information) QueryInformation(Irp irp, IoStackLocation location, FileObject fileObject, VolumeOpen open)
    {
        var (information, room) = (location.QueryFileInformationClass, (int)location.QueryFileLength);
        var file = open.File;
        return information switch
        {
            Basic => Answer(irp, room, BasicOf(file)),
            Standard => Answer(irp, room, StandardOf(file)),
            Internal => Answer(irp, room, Bytes((long)file.Id)),
            ExtendedAttributes => Answer(irp, room, new byte[4]),
            Position => Answer(irp, room, Bytes(fileObject.CurrentByteOffset)),
            NetworkOpen => Answer(irp, room, NetworkOpenOf(file)),
            AttributeTag => Answer(irp, room, [.. BitConverter.GetBytes(file.AllAttributes), 0, 0, 0, 0]),
            NameClass or NormalizedName => AnswerWithName(irp, room, [], file),
            All => AnswerWithName(irp, room, AllOf(fileObject, open), file),
            _ => throw Unsupported($"a query for information class {information} of {Describe(file)}"),
        };
    }

    private (NtStatus Status, ulong Information) Answer(Irp irp, int room, byte[] answer)
    {
        if (room < answer.Length)
            return (NtStatus.InfoLengthMismatch, 0);
        Memory.Write(irp.SystemBuffer, answer);
        return (NtStatus.Success, (ulong)answer.Length);
    }

    /// <summary>FILE_NAME_INFORMATION behind what precedes it: as much of the name as fits.</summary>
    private (NtStatus Status, ulong Information) AnswerWithName(Irp irp, int room, byte[] before, VolumeFile file)
    {
        var name = WideText.Bytes(file.Path);
        byte[] answer = [.. before, .. BitConverter.GetBytes(name.Length), .. name];
        if (room < before.Length + 4)
            return (NtStatus.InfoLengthMismatch, 0);
        var fits = Math.Min(room, answer.Length);
        Memory.Write(irp.SystemBuffer, answer.AsSpan(0, fits));
        return (fits < answer.Length ? NtStatus.BufferOverflow : NtStatus.Success, (ulong)fits);
    }

    /// <summary>FILE_BASIC_INFORMATION: four times, attributes.</summary>
    private static byte[] BasicOf(VolumeFile file)
    {
        var answer = new byte[40];
        WriteTimes(answer, file);
        BinaryPrimitives.WriteUInt32LittleEndian(answer.AsSpan(32), file.AllAttributes);
        return answer;
    }

    /// <summary>FILE_STANDARD_INFORMATION: AllocationSize 0, EndOfFile 8, NumberOfLinks 10h, DeletePending 14h, Directory 15h.</summary>
    private static byte[] StandardOf(VolumeFile file)
    {
        var answer = new byte[24];
        WriteSizes(answer, file);
        BinaryPrimitives.WriteUInt32LittleEndian(answer.AsSpan(16), file.IsDeletePending ? 0u : 1u);
        answer[20] = file.IsDeletePending ? (byte)1 : (byte)0;
        answer[21] = file.IsDirectory ? (byte)1 : (byte)0;
        return answer;
    }

    /// <summary>FILE_NETWORK_OPEN_INFORMATION: four times, both sizes, attributes.</summary>
    private static byte[] NetworkOpenOf(VolumeFile file)
    {
        var answer = new byte[56];
        WriteTimes(answer, file);
        WriteSizes(answer.AsSpan(32), file);
        BinaryPrimitives.WriteUInt32LittleEndian(answer.AsSpan(48), file.AllAttributes);
        return answer;
    }

    /// <summary>FILE_ALL_INFORMATION up to the name: basic, standard, internal, EA size, access, position, mode, alignment.</summary>
    private byte[] AllOf(FileObject fileObject, VolumeOpen open)
    {
        const uint synchronous = 0x20;
        var mode = (fileObject.Flags & FileObjectFlags.SynchronousIo) != 0 ? synchronous : 0;
        return
        [
            .. BasicOf(open.File), .. StandardOf(open.File), .. Bytes((long)open.File.Id), .. new byte[4], .. BitConverter.GetBytes(open.Access),
            .. Bytes(fileObject.CurrentByteOffset), .. BitConverter.GetBytes(mode), .. new byte[4],
        ];
    }

    private static void WriteTimes(Span<byte> answer, VolumeFile file)
    {
        BinaryPrimitives.WriteInt64LittleEndian(answer, file.CreationTime);
        BinaryPrimitives.WriteInt64LittleEndian(answer[8..], file.LastAccessTime);
        BinaryPrimitives.WriteInt64LittleEndian(answer[16..], file.LastWriteTime);
        BinaryPrimitives.WriteInt64LittleEndian(answer[24..], file.ChangeTime);
    }

    private static void WriteSizes(Span<byte> answer, VolumeFile file)
    {
        if (file.IsDirectory)
            return;
        BinaryPrimitives.WriteInt64LittleEndian(answer, file.AllocatedBytes);
        BinaryPrimitives.WriteInt64LittleEndian(answer[8..], file.Length);
    }

    private static byte[] Bytes(long value) => BitConverter.GetBytes(value);

    private (NtStatus Status, ulong Information) SetInformation(Irp irp, IoStackLocation location, FileObject fileObject, VolumeOpen open)
    {
        var (information, bytes) = (location.QueryFileInformationClass, location.QueryFileLength);
        var buffer = irp.SystemBuffer;
        switch (information)
        {
            case Basic:
                return bytes < 40 ? (NtStatus.InfoLengthMismatch, 0UL) : (SetBasic(open.File, buffer), 0UL);
            case Disposing:
                return bytes < 1 ? (NtStatus.InfoLengthMismatch, 0UL) : (SetDisposition(fileObject, open.File, Memory.ReadByte(buffer) != 0), 0UL);
            case Position:
                fileObject.SetCurrentByteOffset(Memory, (long)Memory.ReadUInt64(buffer));
                return (NtStatus.Success, 0);
            case Allocation or EndOfFile:
                return bytes < 8 ? (NtStatus.InfoLengthMismatch, 0UL) : (SetEnd(open.File, (long)Memory.ReadUInt64(buffer), information == EndOfFile), 0UL);
            case Rename:
                return (SetName(open.File, buffer, bytes), 0);
            default:
                throw Unsupported($"a change of information class {information} of {Describe(open.File)}");
        }
    }

    /// <summary>Times of zero and minus one stay as they are, and so do attributes of zero.</summary>
    private NtStatus SetBasic(VolumeFile file, VirtualAddress buffer)
    {
        const uint directory = 0x10;
        var attributes = Memory.ReadUInt32(buffer + 32);
        if ((attributes & directory) != 0 && !file.IsDirectory)
            return NtStatus.InvalidParameter;
        file.CreationTime = Given(buffer, file.CreationTime);
        file.LastAccessTime = Given(buffer + 8, file.LastAccessTime);
        file.LastWriteTime = Given(buffer + 16, file.LastWriteTime);
        file.ChangeTime = Given(buffer + 24, _kernel.Ke.SystemTime100ns);
        if (attributes != 0)
            file.Attributes = attributes & SettableAttributes;
        return NtStatus.Success;
    }

    private long Given(VirtualAddress time, long current) => (long)Memory.ReadUInt64(time) is > 0 and var given ? given : current;

    private NtStatus SetDisposition(FileObject fileObject, VolumeFile file, bool delete)
    {
        var status = delete ? CanDelete(file) : NtStatus.Success;
        if (!status.IsSuccess)
            return status;
        file.IsDeletePending = delete;
        fileObject.SetDeletePending(Memory, delete);
        return NtStatus.Success;
    }

    /// <summary>An allocation only ever cuts a file short; its clusters are those of its bytes.</summary>
    private NtStatus SetEnd(VolumeFile file, long length, bool isEnd)
    {
        if (file.IsDirectory || length < 0)
            return NtStatus.InvalidParameter;
        var data = file.DataFor("the size of");
        if (isEnd || length < data.Length)
            data.SetLength(length);
        file.LastWriteTime = file.ChangeTime = _kernel.Ke.SystemTime100ns;
        NoteSizes(file);
        return NtStatus.Success;
    }

    /// <summary>FILE_RENAME_INFORMATION: ReplaceIfExists 0, RootDirectory 8, FileNameLength 10h, FileName 14h.</summary>
    private NtStatus SetName(VolumeFile file, VirtualAddress buffer, uint bytes)
    {
        const uint nameOffset = 0x14;
        if (bytes < nameOffset || Memory.ReadUInt32(buffer + 0x10) is var length && length > bytes - nameOffset)
            return NtStatus.InfoLengthMismatch;
        if (!Memory.ReadPointer(buffer + 8).IsNull)
            throw Unsupported("a new name relative to a directory handle on the system volume");
        var text = new byte[Memory.ReadUInt32(buffer + 0x10)];
        Memory.Read(buffer + (int)nameOffset, text);
        var name = System.Text.Encoding.Unicode.GetString(text);
        var directory = file.Parent ?? _tree.Root;
        if (name.StartsWith('\\'))
        {
            var target = _kernel.Ob.Lookup(name);
            if (target.Object != _storage)
                return target.Object.IsNull ? NtStatus.ObjectPathNotFound : NtStatus.NotSameDevice;
            (directory, name) = (_tree.Root, target.Remaining);
        }

        var (status, place, last, _) = LocateIn(directory, name);
        if (!status.IsSuccess)
            return status;
        if (file.Parent is null || last.Length == 0)
            return NtStatus.InvalidParameter;
        if (_tree.Find(place, last) is { } there && there != file)
        {
            if (Memory.ReadByte(buffer) == 0)
                return NtStatus.ObjectNameCollision;
            if (there.IsDirectory || there.Opens > 0 || (there.Attributes & ReadOnly) != 0)
                return NtStatus.AccessDenied;
            _tree.Delete(there);
        }

        _tree.Move(file, place, last);
        return NtStatus.Success;
    }
}
