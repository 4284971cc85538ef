using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>What the kernel keeps for debuggers: traces of object references, interrupts.</summary>
internal sealed partial class StoppedMachine
{
    private const int TraceBuckets = 401;
    private const int FrameBytes = 8;
    private VirtualAddress _traceTable;
    private VirtualAddress _traceStacks;
    private int _stackCount;

    /// <summary>Turns tracing of object references on and keeps the changes of one object: each with the frames of its stack, innermost first.</summary>
    public ObjectRefInfo TraceReferences(VirtualAddress body, params (int Change, VirtualAddress[] Frames)[] changes)
    {
        if (_traceTable.IsNull)
            MakeTraceTables();
        Layout.TryGetField("_OBJECT_REF_INFO", "StackInfo", out var first);
        var size = ObjectRefStackInfo.SizeOf(Layout);
        var info = new ObjectRefInfo(Memory, Allocate(first.Offset + (size * changes.Length)));
        info.SetObjectHeader(Memory, body - HeaderBytes);
        info.SetNextPos(Memory, (ushort)changes.Length);
        info.SetMaxStacks(Memory, (ushort)changes.Length);
        for (var i = 0; i < changes.Length; i++)
        {
            var record = new ObjectRefStackInfo(Memory, info.Address + (first.Offset + (i * size)));
            record.SetSequence(Memory, (uint)i + 1);
            record.SetIndex(Memory, (ushort)(KeepStack(changes[i].Frames) | (changes[i].Change > 0 ? 0x8000 : 0)));
            record.SetNumTraces(Memory, (ushort)Math.Abs(changes[i].Change));
            record.SetTag(Memory, 0x746C_6644);
        }

        info.SetNextRef(Memory, Memory.ReadPointer(_traceTable));
        Memory.WritePointer(_traceTable, info.Address);
        return info;
    }

    private void MakeTraceTables()
    {
        const int stacks = 64;
        _traceTable = Allocate(TraceBuckets * 8);
        _traceStacks = Allocate(stacks * Layout.Structure("_OBJECT_REF_TRACE")!.Size);
        Memory.WriteUInt32(Variable("ObpTraceFlags", 4), 0x10);
        Memory.WritePointer(Variable("ObpObjectTable", 8), _traceTable);
        Memory.WriteUInt32(Variable("ObpObjectBuckets", 4), TraceBuckets);
        Memory.WriteUInt32(Variable("ObpStacksPerBucket", 4), 1024);
        var table = Allocate(Layout.Structure("_STACK_TABLE")!.Size);
        Layout.TryGetField("_STACK_TABLE", "StackTrace", out var blocks);
        Memory.WritePointer(table + blocks.Offset, _traceStacks);
        Memory.WritePointer(Variable("ObpStackTable", 8), table);
    }

    private int KeepStack(VirtualAddress[] frames)
    {
        var trace = _traceStacks + (_stackCount * Layout.Structure("_OBJECT_REF_TRACE")!.Size);
        for (var i = 0; i < frames.Length; i++)
            Memory.WritePointer(trace + (i * FrameBytes), frames[i]);
        return _stackCount++;
    }

    /// <summary>A connected interrupt in the processor's table.</summary>
    public KInterrupt Interrupt(uint vector, VirtualAddress routine)
    {
        Layout.TryGetField("_KPRCB", "InterruptObject", out var table);
        var interrupt = new KInterrupt(Memory, Pool("Io  ", KInterrupt.SizeOf(Layout)));
        interrupt.SetType(Memory, (short)DispatcherType.Interrupt);
        interrupt.SetVector(Memory, vector);
        interrupt.SetServiceRoutine(Memory, routine);
        interrupt.SetConnected(Memory, true);
        var slot = Prcb + (table.Offset + (8 * (int)vector));
        if (Memory.ReadPointer(slot) is { IsNull: false } first)
        {
            Append(new KInterrupt(Memory, first).InterruptListEntry.Address, interrupt.InterruptListEntry.Address);
            return interrupt;
        }

        Initialize(interrupt.InterruptListEntry.Address);
        Memory.WritePointer(slot, interrupt.Address);
        return interrupt;
    }

    /// <summary>Writes the address of an object into the data of a driver's image.</summary>
    public VirtualAddress Keep(DriverObject driver, VirtualAddress body)
    {
        var at = driver.DriverStart + 0x3010;
        Memory.Map(new VirtualAddress(at.Value & ~0xFFFUL), 0x1000);
        Memory.WritePointer(at, body);
        return at;
    }
}
