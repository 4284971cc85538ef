using System.Buffers.Binary;
using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>Listing directories, and what is known of the volume.</summary>
/// <remarks>Doc: ZwQueryDirectoryFile, ZwQueryVolumeInformationFile and the structures they name, WDK reference.</remarks>
internal sealed partial class SystemVolume
{
    private const uint QueryDirectory = 1, RestartScan = 1, ReturnSingleEntry = 2, IndexSpecified = 4;

    private (NtStatus Status, ulong Information) DirectoryControl(Irp irp, IoStackLocation location, VolumeOpen open)
    {
        if (location.MinorFunction != QueryDirectory)
            throw Unsupported($"a wait for changes of {Describe(open.File)}");
        if ((location.Flags & IndexSpecified) != 0)
            throw Unsupported($"a listing of {Describe(open.File)} from an index on");
        if (!open.File.IsDirectory)
            return (NtStatus.InvalidParameter, 0);
        var isFirst = open.Pattern is null;
        if (isFirst)
        {
            var pattern = location.Argument2 == 0 ? "" : new UnicodeString(Memory, new VirtualAddress(location.Argument2)).ToText();
            open.Pattern = pattern.Length == 0 ? "*" : pattern.ToUpperInvariant();
        }

        if (isFirst || (location.Flags & RestartScan) != 0)
            open.Listing = new(Entries(open.File).Where(e => RuntimeLibrary.Matches(open.Pattern!, e.Name.ToUpperInvariant())));
        if (open.Listing.Count == 0)
            return (isFirst ? NtStatus.NoSuchFile : NtStatus.NoMoreFiles, 0);
        return Tell(irp, open, (uint)location.Argument1, (uint)location.Argument3, (location.Flags & ReturnSingleEntry) != 0);
    }

    private (NtStatus Status, ulong Information) Tell(Irp irp, VolumeOpen open, uint room, uint information, bool single)
    {
        var buffer = BufferOf(irp);
        var (used, last) = (0, -1);
        while (open.Listing.TryPeek(out var entry))
        {
            var bytes = EntryOf(entry, information);
            var start = (used + 7) & ~7;
            if (start + bytes.Length > room)
                break;
            if (last >= 0)
                Memory.WriteUInt32(buffer + last, (uint)(start - last));
            Memory.Write(buffer + start, bytes);
            (used, last) = (start + bytes.Length, start);
            open.Listing.Dequeue();
            if (single)
                break;
        }

        return last < 0 ? (NtStatus.BufferOverflow, 0UL) : (NtStatus.Success, (ulong)used);
    }

    private IEnumerable<VolumeEntry> Entries(VolumeFile directory)
    {
        if (directory.Parent is { } above)
        {
            yield return new VolumeEntry(".", directory);
            yield return new VolumeEntry("..", above);
        }

        foreach (var child in _tree.List(directory))
            yield return new VolumeEntry(child.Name, child);
    }

    /// <summary>
    /// FILE_DIRECTORY_INFORMATION and its kin: NextEntryOffset 0, times 8, EndOfFile 28h, AllocationSize 30h, attributes 38h, FileNameLength 3Ch, then
    /// what the class adds, then the name. FILE_NAMES_INFORMATION has only the length, at 8.
    /// </summary>
    private static byte[] EntryOf(VolumeEntry entry, uint information)
    {
        const uint directory = 1, full = 2, both = 3, names = 12, idBoth = 37, idFull = 38;
        var name = WideText.Bytes(entry.Name);
        var (lengthAt, nameAt, idAt) = information switch
        {
            directory => (0x3C, 0x40, 0),
            full => (0x3C, 0x44, 0),
            both => (0x3C, 0x5E, 0),
            names => (8, 0xC, 0),
            idBoth => (0x3C, 0x68, 0x60),
            idFull => (0x3C, 0x50, 0x48),
            _ => throw Unsupported($"a listing of information class {information} on the system volume"),
        };
        var bytes = new byte[nameAt + name.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(lengthAt), name.Length);
        name.CopyTo(bytes.AsSpan(nameAt));
        if (information == names)
            return bytes;
        WriteTimes(bytes.AsSpan(8), entry.File);
        if (!entry.File.IsDirectory)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(0x28), entry.File.Length);
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(0x30), entry.File.AllocatedBytes);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(0x38), entry.File.AllAttributes);
        if (idAt != 0)
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(idAt), entry.File.Id);
        return bytes;
    }

    private (NtStatus Status, ulong Information) QueryVolume(Irp irp, IoStackLocation location)
    {
        const uint volume = 1, size = 3, attribute = 5, fullSize = 7;
        const long totalClusters = 64L * 1024 * 1024 * 1024 / VolumeSpace.ClusterBytes;
        const int sectorBytes = 512, sectorsPerCluster = VolumeSpace.ClusterBytes / sectorBytes;
        var free = (totalClusters / 2) - _tree.Space.UsedClusters;
        var room = (int)location.QueryFileLength;
        switch (location.QueryFileInformationClass)
        {
            case volume:
                // FILE_FS_VOLUME_INFORMATION: created 0, serial number 8, label's length Ch, SupportsObjects 10h, label 12h.
                var answer = new byte[0x18];
                BinaryPrimitives.WriteInt64LittleEndian(answer, _tree.Root.CreationTime);
                BinaryPrimitives.WriteUInt32LittleEndian(answer.AsSpan(8), _vpb.SerialNumber);
                answer[0x10] = 1;
                return Answer(irp, room, answer);
            case size:
                return Answer(irp, room, [.. Bytes(totalClusters), .. Bytes(free), .. BitConverter.GetBytes(sectorsPerCluster), .. BitConverter.GetBytes(sectorBytes)]);
            case fullSize:
                return Answer(
                    irp, room,
                    [.. Bytes(totalClusters), .. Bytes(free), .. Bytes(free), .. BitConverter.GetBytes(sectorsPerCluster), .. BitConverter.GetBytes(sectorBytes)]);
            case attribute:
                // FILE_FS_ATTRIBUTE_INFORMATION: case kept, Unicode, persistent ACLs; names up to 255; the file system's name.
                var name = WideText.Bytes("NTFS");
                return Answer(irp, room, [.. BitConverter.GetBytes(0xE), .. BitConverter.GetBytes(255), .. BitConverter.GetBytes(name.Length), .. name]);
            default:
                throw Unsupported($"a query for information class {location.QueryFileInformationClass} of the system volume");
        }
    }
}
