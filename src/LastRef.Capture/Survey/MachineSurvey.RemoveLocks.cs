using System.Buffers.Binary;
using System.Text;
using LastRef.Nt;

namespace LastRef;

/// <summary>Remove locks in device extensions, by the driver's own symbols.</summary>
/// <remarks>
/// Nothing in a dump says which type an extension has. A type counts when it is the only one of exactly the extension's size that holds a
/// lock, and the lock's own fields make sense (U-1.45). What a checked lock keeps of each acquisition is opaque to drivers; its layout is
/// inferred from another implementation and believed only when there are as many as the lock counts.
/// </remarks>
public sealed partial class MachineSurvey
{
    private const string LockType = "_IO_REMOVE_LOCK";
    private const int LockDepth = 8;
    private const int MostTags = 256;

    // A tracking block: next 0, tag 8, time 10h, file 18h, line 20h.
    private const int TagOffset = 8;
    private const int FileOffset = 0x18;
    private const int LineOffset = 0x20;
    private const int MostFileBytes = 260;

    private List<CapturedRemoveLock> RemoveLocksOf(SurveySubject subject, Capture capture)
    {
        var locks = new List<CapturedRemoveLock>();
        if (subject.Module is not { } module || _options.TypesOf?.Invoke(module) is not { Count: > 0 } types)
            return locks;
        var byName = types.GroupBy(type => type.Name, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        var holders = types.Select(type => (Type: type, Fields: LocksIn(type, byName, 0, "", 0).ToList())).Where(holder => holder.Fields.Count > 0).ToList();
        foreach (var device in capture.DevicesOfDriver)
        {
            var extension = Try("the device extension", device.Address, () => new DeviceObject(Target, device.Address) is var view && view.DeviceExtension is { IsKernel: true } start && start - device.Address < view.Size
                ? new Extension(start, (int)(view.Size - (start - device.Address)))
                : null);
            var fitting = extension is null ? [] : holders.Where(holder => holder.Type.Size == extension.ByteCount).ToList();
            if (fitting is not [var (type, fields)])
                continue;
            foreach (var (path, offset) in fields)
            {
                if (Try("the remove lock", extension!.Start + offset, () => ReadLock(device.Address, extension.Start + offset, $"{type.Name}.{path}", byName)) is { } found)
                    locks.Add(found);
            }
        }

        return locks;
    }

    private sealed record Extension(VirtualAddress Start, int ByteCount);

    private static IEnumerable<(string Path, int Offset)> LocksIn(StructureLayout type, Dictionary<string, StructureLayout> types, int at, string path, int depth)
    {
        foreach (var field in type.Fields.Where(field => field is { Kind: FieldKind.Structure, IsArray: false, TypeName: not null }))
        {
            if (field.TypeName == LockType)
                yield return (path + field.Name, at + field.Offset);
            else if (depth < LockDepth && types.TryGetValue(field.TypeName!, out var inner))
            {
                foreach (var found in LocksIn(inner, types, at + field.Offset, $"{path}{field.Name}.", depth + 1))
                    yield return found;
            }
        }
    }

    private CapturedRemoveLock? ReadLock(VirtualAddress device, VirtualAddress address, string field, Dictionary<string, StructureLayout> types)
    {
        Span<byte> head = stackalloc byte[8];
        Target.Read(address, head);
        var (removed, count) = (BinaryPrimitives.ReadUInt32LittleEndian(head), BinaryPrimitives.ReadInt32LittleEndian(head[4..]));
        if (removed > 1 || count is < 0 or > 0x10000)
            return null;

        // The lock begins with one acquisition of its own, which IoReleaseRemoveLockAndWait gives back.
        var acquisitions = removed == 1 ? count : count - 1;
        return acquisitions < 0 ? null : new CapturedRemoveLock(address, device, field, removed == 1, acquisitions) { Tags = TagsOf(address, acquisitions, field, types) };
    }

    private List<CapturedLockTag> TagsOf(VirtualAddress @lock, int acquisitions, string field, Dictionary<string, StructureLayout> types)
    {
        var tags = new List<CapturedLockTag>();
        if (!types.TryGetValue(LockType, out var type) || !type.TryGetField("Dbg", out var checkedPart)
            || checkedPart.TypeName is null || !types.TryGetValue(checkedPart.TypeName, out var block) || !block.TryGetField("Blocks", out var blocks))
            return tags;
        var seen = new HashSet<VirtualAddress>();
        for (var at = TryPointer(@lock + (checkedPart.Offset + blocks.Offset), out var first) ? first : default; at.IsKernel && tags.Count < MostTags && seen.Add(at); at = TryPointer(at, out var next) ? next : default)
        {
            if (!TryPointer(at + TagOffset, out var tag) || !TryUInt32(at + LineOffset, out var line))
                break;
            tags.Add(new CapturedLockTag(tag, TryPointer(at + FileOffset, out var file) ? TextAt(file) : null, line));
        }

        if (tags.Count == acquisitions)
            return tags;
        Gap($"{field} at {@lock}: it counts {acquisitions} acquisition(s) and keeps {tags.Count} tag(s): nobody is named");
        return [];
    }

    private string? TextAt(VirtualAddress address)
    {
        Span<byte> bytes = stackalloc byte[MostFileBytes];
        var length = 0;
        while (length < bytes.Length && Target.TryRead(address + length, bytes.Slice(length, 1), out _) && bytes[length] is >= 0x20 and < 0x7F)
            length++;
        return length == 0 ? null : Encoding.ASCII.GetString(bytes[..length]);
    }
}
