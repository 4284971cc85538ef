using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Object types: one _OBJECT_TYPE each in target memory, and what happens when an object of the type dies.</summary>
internal sealed partial class ObjectManager
{
    /// <summary>The byte that TypeIndex is mixed with from Windows 10 on (U-1.26); fixed, so that runs repeat.</summary>
    private const byte HeaderCookie = 0x5A;

    private readonly VirtualAddress[] _types = new VirtualAddress[Enum.GetValues<ObjectKind>().Length];
    private readonly Func<VirtualAddress, GuestTask>?[] _delete = new Func<VirtualAddress, GuestTask>?[Enum.GetValues<ObjectKind>().Length];
    private readonly Func<VirtualAddress, VirtualAddress, long, GuestTask>?[] _close =
        new Func<VirtualAddress, VirtualAddress, long, GuestTask>?[Enum.GetValues<ObjectKind>().Length];

    private static readonly (ObjectKind Kind, string Variable)[] _typeVariables =
    [
        (ObjectKind.Driver, "IoDriverObjectType"), (ObjectKind.Device, "IoDeviceObjectType"), (ObjectKind.File, "IoFileObjectType"),
        (ObjectKind.Adapter, "IoAdapterObjectType"), (ObjectKind.Process, "PsProcessType"), (ObjectKind.Thread, "PsThreadType"),
        (ObjectKind.Job, "PsJobType"), (ObjectKind.Event, "ExEventObjectType"), (ObjectKind.Semaphore, "ExSemaphoreObjectType"),
        (ObjectKind.Mutant, "ExMutantObjectType"), (ObjectKind.Timer, "ExTimerObjectType"), (ObjectKind.Desktop, "ExDesktopObjectType"),
        (ObjectKind.WindowStation, "ExWindowStationObjectType"), (ObjectKind.Section, "MmSectionObjectType"), (ObjectKind.Key, "CmKeyObjectType"),
        (ObjectKind.Token, "SeTokenObjectType"), (ObjectKind.WaitPort, "LpcPortObjectType"),
    ];

    /// <summary>The _OBJECT_TYPE of a kind, as IoFileObjectType and its like point to it.</summary>
    public ObjectType TypeOf(ObjectKind kind) => new(Memory, _types[(int)kind]);

    public VirtualAddress TypeAddress(ObjectKind kind) => _types[(int)kind];

    public ObjectKind? KindOfType(VirtualAddress type)
    {
        var index = Array.IndexOf(_types, type);
        return index >= 0 && !type.IsNull ? (ObjectKind)index : null;
    }

    /// <summary>Says what runs when an object of the kind has lost its last reference (U-1.36).</summary>
    public void OnDelete(ObjectKind kind, Func<VirtualAddress, GuestTask> procedure) => _delete[(int)kind] = procedure;

    /// <summary>Says what runs when a handle to an object of the kind is closed: object, process, handles left in the machine.</summary>
    public void OnClose(ObjectKind kind, Func<VirtualAddress, VirtualAddress, long, GuestTask> procedure) => _close[(int)kind] = procedure;

    /// <summary>The kind of an object, from its header; null when the header names no type.</summary>
    public ObjectKind? KindOf(VirtualAddress body)
    {
        var header = HeaderOf(body);
        if (!Memory.TryRead(header.Address, new byte[1], out _))
            return null;
        var index = DecodeTypeIndex(header.Address, header.TypeIndex) - 2;
        return index >= 0 && index < _types.Length ? (ObjectKind)index : null;
    }

    public ObjectHeader HeaderOf(VirtualAddress body) => new(Memory, body - ObjectHeaderBytes);

    private byte EncodeTypeIndex(VirtualAddress header, int index) =>
        UsesCookie ? (byte)(index ^ (byte)(header.Value >> 8) ^ HeaderCookie) : (byte)index;

    private int DecodeTypeIndex(VirtualAddress header, byte stored) =>
        UsesCookie ? stored ^ (byte)(header.Value >> 8) ^ HeaderCookie : stored;

    private bool UsesCookie => (int)_kernel.Build >= 10240;

    private void BootTypes()
    {
        var cookie = _kernel.Images.Variable("ObHeaderCookie", 1);
        Memory.WriteByte(cookie, HeaderCookie);
        foreach (var kind in Enum.GetValues<ObjectKind>())
        {
            var body = Allocate(ObjectKind.Type, (ulong)ObjectType.SizeOf(Memory.Layout), PoolTags.Object, withName: true);
            _types[(int)kind] = body;
            _kernel.Record(new ObjectRecord(true, body, nameof(ObjectKind.Type)));
            _kernel.Record(new ReferenceRecord(body, nameof(ObjectKind.Type), ReferenceCounter.PointerCount, 0, 1, ReferenceCause.KeepAlive, VirtualAddress.Null));
            var type = new ObjectType(Memory, body);
            _kernel.Rtl.WriteString(type.Name, kind.ToString(), PoolTags.ObjectName);
            type.SetIndex(Memory, (byte)((int)kind + 2));
            _kernel.Ke.InitializeList(type.CallbackList.Address);
        }

        foreach (var (kind, variable) in _typeVariables)
            Memory.WritePointer(_kernel.Images.DefineVariable(variable, 8), _types[(int)kind]);
    }
}
