using System.Text;
using LastRef.Dumps;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>
/// A dump of the lab as it would be with the kernel's tracing of object references on: the tables are written from the lab's own trace, in
/// the layout of the public symbols, into memory that the dump does not have.
/// </summary>
internal sealed class TracedMemory : IMachineMemory
{
    private const int Buckets = 401;
    private const int StacksPerBlock = 1024;
    private const int HeaderBytes = 0x30;
    private static readonly VirtualAddress s_first = new(0xFFFF_B000_0000_0000);
    private readonly IMachineMemory _dump;
    private readonly SparseTarget _tables;
    private readonly Dictionary<string, VirtualAddress> _variables = new(StringComparer.Ordinal);
    private readonly List<(VirtualAddress Routine, VirtualAddress Caller)> _stacks = [];
    private VirtualAddress _next = s_first;
    private readonly VirtualAddress _block;

    public TracedMemory(IMachineMemory dump, Trace trace)
    {
        _dump = dump;
        _tables = new SparseTarget(dump.Target.Layout);
        Target = new Both(dump.Target, _tables);
        var table = Allocate(Buckets * 8);
        _tables.WriteUInt32(Variable("ObpTraceFlags"), 0x10);
        _tables.WritePointer(Variable("ObpObjectTable"), table);
        _tables.WriteUInt32(Variable("ObpObjectBuckets"), Buckets);
        _tables.WriteUInt32(Variable("ObpStacksPerBucket"), StacksPerBlock);
        var stacks = Allocate(dump.Target.Layout.Structure("_STACK_TABLE")!.Size);
        _tables.WritePointer(Variable("ObpStackTable"), stacks);
        _tables.WritePointer(stacks + Offset("_STACK_TABLE", "StackTrace"), _block = Allocate(StacksPerBlock * dump.Target.Layout.Structure("_OBJECT_REF_TRACE")!.Size));
        var exports = ExportsOf(dump.Target, new VirtualAddress(KernelImageOf(dump)));
        foreach (var (body, changes) in ChangesOf(trace))
            Write(table, body, changes, exports);
    }

    public Target Target { get; }

    public VirtualAddress? Find(string variable) => _variables.TryGetValue(variable, out var address) ? address : _dump.Find(variable);

    public IEnumerable<MappedMemory> Mapped(VirtualAddress first, VirtualAddress last, Action<string> cutOff) => _dump.Mapped(first, last, cutOff);

    /// <summary>The changes of the pointer counts of drivers, devices and file objects that are there at the end.</summary>
    private static Dictionary<VirtualAddress, List<ReferenceRecord>> ChangesOf(Trace trace)
    {
        var changes = new Dictionary<VirtualAddress, List<ReferenceRecord>>();
        foreach (var record in trace.Records)
        {
            if (record is ObjectRecord life)
                changes.Remove(life.Object);
            else if (record is ReferenceRecord { Counter: ReferenceCounter.PointerCount, ObjectType: "Driver" or "Device" or "File" } change && change.New != change.Old)
                (changes.TryGetValue(change.Object, out var list) ? list : changes[change.Object] = []).Add(change);
        }

        return changes;
    }

    private void Write(VirtualAddress table, VirtualAddress body, List<ReferenceRecord> changes, Dictionary<string, VirtualAddress> exports)
    {
        var first = Offset("_OBJECT_REF_INFO", "StackInfo");
        var size = ObjectRefStackInfo.SizeOf(_tables.Layout);
        var info = new ObjectRefInfo(_tables, Allocate(first + (size * changes.Count)));
        info.SetObjectHeader(_tables, body - HeaderBytes);
        info.SetNextPos(_tables, (ushort)changes.Count);
        info.SetMaxStacks(_tables, (ushort)changes.Count);
        for (var i = 0; i < changes.Count; i++)
        {
            var change = changes[i].New - changes[i].Old;
            var record = new ObjectRefStackInfo(_tables, info.Address + (first + (i * size)));
            record.SetSequence(_tables, (uint)changes[i].Sequence);
            record.SetIndex(_tables, (ushort)(StackOf(changes[i], exports) | (change > 0 ? 0x8000 : 0)));
            record.SetNumTraces(_tables, (ushort)Math.Abs(change));
            record.SetTag(_tables, 0x746C_6644);
        }

        var bucket = table + (8 * (int)(body.Value / 64 % Buckets));
        info.SetNextRef(_tables, _tables.ReadPointer(bucket));
        _tables.WritePointer(bucket, info.Address);
    }

    /// <summary>The kernel's routine and the driver's call of it; the kernel alone where no driver called.</summary>
    private int StackOf(ReferenceRecord change, Dictionary<string, VirtualAddress> exports)
    {
        var stack = (exports[RoutineOf(change)] + 5, change.Site is { Module: not null } site ? site.Address : default);
        var index = _stacks.IndexOf(stack);
        if (index >= 0)
            return index;
        _stacks.Add(stack);
        var trace = _block + ((_stacks.Count - 1) * _tables.Layout.Structure("_OBJECT_REF_TRACE")!.Size);
        _tables.WritePointer(trace, stack.Item1);
        _tables.WritePointer(trace + 8, stack.Item2);
        return _stacks.Count - 1;
    }

    private static string RoutineOf(ReferenceRecord change) => (change.Cause, change.New > change.Old) switch
    {
        (ReferenceCause.DeviceObjectPointer, true) => "IoGetDeviceObjectPointer",
        (ReferenceCause.AttachedDeviceReference, true) => "IoGetAttachedDeviceReference",
        (ReferenceCause.ReferenceByHandle, true) => "ObReferenceObjectByHandle",
        (ReferenceCause.ExplicitReference, true) => "ObfReferenceObject",
        (ReferenceCause.ExplicitReference or ReferenceCause.DeviceObjectPointer or ReferenceCause.AttachedDeviceReference or ReferenceCause.ReferenceByHandle, false) => "ObfDereferenceObject",
        (_, true) => "IoCreateDevice",
        _ => "IoDeleteDevice",
    };

    private VirtualAddress Variable(string name) => _variables[name] = Allocate(8);

    private VirtualAddress Allocate(int bytes)
    {
        var pages = (bytes + 0xFFF) & ~0xFFF;
        var at = _next;
        _tables.Map(at, pages);
        _next += pages;
        return at;
    }

    private int Offset(string structure, string field)
    {
        Assert.True(_tables.Layout.TryGetField(structure, field, out var found));
        return found.Offset;
    }

    private static ulong KernelImageOf(IMachineMemory dump)
    {
        var first = new ListEntry(dump.Target, dump.Find("PsLoadedModuleList")!.Value).Flink;
        return new KldrDataTableEntry(dump.Target, first).DllBase.Value;
    }

    /// <summary>Names and addresses of an export directory in memory ("PE Format").</summary>
    private static Dictionary<string, VirtualAddress> ExportsOf(Target memory, VirtualAddress image)
    {
        uint At(ulong rva) => memory.ReadUInt32(image + rva);
        var directory = At(At(0x3C) + 24 + 112UL);
        var (count, functions, names, ordinals) = (At(directory + 24UL), At(directory + 28UL), At(directory + 32UL), At(directory + 36UL));
        var exports = new Dictionary<string, VirtualAddress>(StringComparer.Ordinal);
        for (var i = 0UL; i < count; i++)
        {
            var name = new StringBuilder();
            for (var at = image + (ulong)At(names + (4 * i)); memory.ReadByte(at) != 0; at += 1)
                name.Append((char)memory.ReadByte(at));
            exports[name.ToString()] = image + (ulong)At(functions + (4UL * memory.ReadUInt16(image + (ordinals + (2 * i)))));
        }

        return exports;
    }

    private sealed class Both(Target dump, SparseTarget tables) : Target
    {
        public override TypeLayout Layout => dump.Layout;

        public override bool TryRead(VirtualAddress address, Span<byte> buffer, out ReadFailure failure) =>
            tables.TryRead(address, buffer, out failure) || dump.TryRead(address, buffer, out failure);
    }
}
