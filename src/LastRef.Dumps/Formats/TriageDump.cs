using System.Buffers.Binary;
using System.Text;

namespace LastRef.Dumps;

/// <summary>What a small dump holds: modules, unloaded modules, and some virtual ranges.</summary>
/// <remarks>Spec: dump-format 1.8. It holds no objects of the object manager: a question about an unload cannot be answered from it.</remarks>
public sealed class TriageDump
{
    private const int HeaderBytes = 0x80;
    private readonly BlockCache _file;
    private readonly List<(VirtualAddress Address, long Offset, uint Bytes)> _blocks = [];

    private TriageDump(BlockCache file) => _file = file;

    /// <summary>Images that were loaded; the first is the kernel.</summary>
    public IReadOnlyList<TriageModule> Modules { get; private set; } = [];

    /// <summary>Images that were unloaded, as far as Windows remembers; names are cut to 12 characters.</summary>
    public IReadOnlyList<TriageModule> UnloadedModules { get; private set; } = [];

    /// <summary>Virtual ranges in the dump, ascending, without overlaps; they may touch.</summary>
    internal IReadOnlyList<(VirtualAddress Address, long Offset, uint Bytes)> Blocks => _blocks;

    internal BlockCache File => _file;

    /// <summary>The plain debugger data block; null when there is none.</summary>
    internal (long Offset, int Bytes)? DebuggerData { get; private set; }

    /// <exception cref="InputException">The triage block is missing or cut off.</exception>
    internal static TriageDump Read(BlockCache file, string name, DumpLimits limits, List<string> notes)
    {
        var triage = new TriageDump(file);
        var head = new byte[HeaderBytes];
        if (!file.TryRead(DumpHeader.Bytes, head))
            throw new InputException($"{name}: cut short before the triage header: 0x{file.Length:x} bytes");
        uint U32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(offset));
        ulong U64(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(head.AsSpan(offset));
        var mark = new byte[4];
        if (!file.TryRead(U32(8), mark) || !mark.AsSpan().SequenceEqual("TRGD"u8))
            notes.Add("The small dump was not written to its end (no TRGD mark where it should stand); what is there is used.");
        if (U32(4) > file.Length)
            notes.Add($"The file is cut short: {U32(4)} bytes are announced, {file.Length} are there; what is there is used.");

        triage.Modules = triage.ReadModules(U32(0x30), U32(0x34), limits, notes);
        triage.UnloadedModules = triage.ReadUnloaded(U32(0x18), limits, notes);
        if (U32(0x74) > 0)
            triage.DebuggerData = (U32(0x70), (int)Math.Min(U32(0x74), DebuggerDataBlock.MaximumBytes));
        triage.Add(new VirtualAddress(U64(0x48)), U32(0x28), U32(0x2C));
        triage.Add(new VirtualAddress(U64(0x60)), U32(0x68), U32(0x6C));
        triage.ReadBlocks(U32(0x78), U32(0x7C), limits, notes);
        triage.RemoveOverlaps();
        return triage;
    }

    /// <summary>Blocks may lie in each other; of each byte one copy is kept, so that a look-up is one binary search.</summary>
    private void RemoveOverlaps()
    {
        _blocks.Sort((a, b) => a.Address != b.Address ? a.Address.CompareTo(b.Address) : b.Bytes.CompareTo(a.Bytes));
        var kept = 0;
        ulong end = 0;
        foreach (var (address, offset, bytes) in _blocks.ToArray())
        {
            var cut = address.Value < end ? Math.Min(end - address.Value, bytes) : 0;
            if (cut == bytes)
                continue;
            _blocks[kept++] = (address + cut, offset + (long)cut, bytes - (uint)cut);
            end = address.Value + bytes;
        }

        _blocks.RemoveRange(kept, _blocks.Count - kept);
    }

    private void ReadBlocks(uint offset, uint count, DumpLimits limits, List<string> notes)
    {
        if (count > (uint)limits.TriageBlocks)
        {
            notes.Add($"{count} data blocks are announced; the first {limits.TriageBlocks} are used.");
            count = (uint)limits.TriageBlocks;
        }

        var record = new byte[16];
        for (uint index = 0; index < count; index++)
        {
            if (!_file.TryRead(offset + (16L * index), record))
            {
                notes.Add($"The list of data blocks leaves the file after {index} of {count}.");
                return;
            }

            Add(
                new VirtualAddress(BinaryPrimitives.ReadUInt64LittleEndian(record)), BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan(8)),
                BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan(12)));
        }
    }

    private void Add(VirtualAddress address, uint offset, uint bytes)
    {
        // What leaves the file or wraps around is not there.
        var present = Math.Clamp(_file.Length - offset, 0, bytes);
        if (offset >= DumpHeader.Bytes && present > 0 && address.Value <= ulong.MaxValue - (ulong)present)
            _blocks.Add((address, offset, (uint)present));
    }

    private List<TriageModule> ReadModules(uint offset, uint count, DumpLimits limits, List<string> notes)
    {
        const int RecordBytes = 0x90;
        var modules = new List<TriageModule>();
        var record = new byte[RecordBytes];
        for (uint index = 0; index < count; index++)
        {
            if (index >= limits.Modules || !_file.TryRead(offset + ((long)RecordBytes * index), record))
            {
                notes.Add($"The list of modules was cut off after {index} of {count}.");
                break;
            }

            var name = ReadName(BinaryPrimitives.ReadUInt32LittleEndian(record));
            modules.Add(new TriageModule(
                name,
                new VirtualAddress(BinaryPrimitives.ReadUInt64LittleEndian(record.AsSpan(0x38))),
                BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan(0x48)),
                BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan(0x88)), name.Length));
        }

        return modules;
    }

    private string ReadName(uint offset)
    {
        var length = new byte[4];
        if (!_file.TryRead(offset, length))
            return "";
        var characters = BinaryPrimitives.ReadUInt32LittleEndian(length);
        if (characters > 512)
            return "";
        var text = new byte[2 * characters];
        return _file.TryRead(offset + 4L, text) ? Symbols.PrintableText.Of(Encoding.Unicode.GetString(text).TrimEnd('\0')) : "";
    }

    private List<TriageModule> ReadUnloaded(uint offset, DumpLimits limits, List<string> notes)
    {
        const int RecordBytes = 0x38;
        var modules = new List<TriageModule>();
        if (offset < DumpHeader.Bytes || !_file.TryReadUInt64(offset, out var count))
            return modules;
        var record = new byte[RecordBytes];
        for (ulong index = 0; index < count; index++)
        {
            if (index >= (ulong)limits.Modules || !_file.TryRead(offset + 8L + ((long)RecordBytes * (long)index), record))
            {
                notes.Add($"The list of unloaded modules was cut off after {index} of {count}.");
                break;
            }

            var start = BinaryPrimitives.ReadUInt64LittleEndian(record.AsSpan(0x28));
            var end = BinaryPrimitives.ReadUInt64LittleEndian(record.AsSpan(0x30));
            var name = Encoding.Unicode.GetString(record, 0x10, 24);
            var zero = name.IndexOf('\0', StringComparison.Ordinal);
            modules.Add(new TriageModule(
                Symbols.PrintableText.Of(zero < 0 ? name : name[..zero]), new VirtualAddress(start), (uint)Math.Min(unchecked(end - start), uint.MaxValue), 0,
                BinaryPrimitives.ReadUInt16LittleEndian(record) / 2));
        }

        return modules;
    }
}
