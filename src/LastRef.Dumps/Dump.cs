using LastRef.Symbols;

namespace LastRef.Dumps;

/// <summary>An open dump: its header, its physical pages, its address spaces, and who its kernel is.</summary>
/// <remarks>
/// Everything is read when it is asked for. A dump and its targets are for one thread at a time. Nothing in the file is trusted:
/// what cannot be read is a <see cref="ReadFailure"/>, never an exception of its own.
/// </remarks>
public sealed class Dump : IDisposable
{
    private readonly IDumpBytes _file;
    private readonly List<string> _notes;
    private readonly DumpOptions _options;
    private readonly Dictionary<ulong, DumpTarget> _spaces = [];
    private KernelFinder? _finder;

    internal Dump(IDumpBytes file, string name, DumpKind kind, DumpHeader? header, IPhysicalMemory memory, List<string> notes, DumpOptions options)
    {
        _file = file;
        _notes = notes;
        _options = options;
        Name = name;
        Kind = kind;
        Header = header;
        PhysicalMemory = memory;
        Boot();
    }

    internal Dump(IDumpBytes file, string name, DumpHeader header, TriageDump triage, List<string> notes, DumpOptions options)
    {
        _file = file;
        _notes = notes;
        _options = options;
        Name = name;
        Kind = DumpKind.Triage;
        Header = header;
        Triage = triage;
        Boot();
    }

    /// <summary>The name that the dump was opened by.</summary>
    public string Name { get; }

    public DumpKind Kind { get; }

    /// <summary>The dump's header; null for a raw image.</summary>
    public DumpHeader? Header { get; }

    /// <summary>The physical pages; null for a triage dump, which has none.</summary>
    public IPhysicalMemory? PhysicalMemory { get; }

    /// <summary>The lists of a triage dump; null for other kinds.</summary>
    public TriageDump? Triage { get; }

    /// <summary>What is missing, contradictory or assumed, one line each.</summary>
    public IReadOnlyList<string> Notes => _file.HasChanged ? [.. _notes, "The file was changed while it was read: what was found may not fit together."] : _notes;

    /// <summary>CR3 in use, without its low 12 bits; 0 for a triage dump.</summary>
    public ulong DirectoryTableBase { get; private set; }

    /// <summary>4 or 5; 0 for a triage dump.</summary>
    public int PagingLevels { get; private set; }

    /// <summary>The kernel's address space with the best layout that could be had.</summary>
    public DumpTarget Kernel { get; private set; } = null!;

    /// <summary>Which kernel it is.</summary>
    public KernelIdentity Identity { get; private set; } = new(0, null, 0, 0, null);

    /// <summary>The structures and variables in use.</summary>
    public KernelSymbols Symbols { get; private set; } = null!;

    /// <summary>The debugger's block; null when it is not in the dump, or encoded.</summary>
    public DebuggerDataBlock? DebuggerData { get; private set; }

    /// <summary>Head of the list of loaded images; null when it is not known.</summary>
    public VirtualAddress? LoadedModuleList => Find("PsLoadedModuleList");

    /// <summary>Head of the list of processes; null when it is not known.</summary>
    public VirtualAddress? ActiveProcessHead => Find("PsActiveProcessHead");

    /// <summary>The address of a kernel variable by its name in the symbols: from exact symbols, the header, the debugger's block or the exports.</summary>
    /// <returns>The address of the variable itself, never its content; null when nothing tells it.</returns>
    public VirtualAddress? Find(string variable)
    {
        if (Identity.Base is { } imageBase && Symbols.Find(variable) is { } rva)
            return imageBase + (ulong)rva.Value;
        var fromHeader = variable switch
        {
            "PsLoadedModuleList" => Header?.PsLoadedModuleList,
            "PsActiveProcessHead" => Header?.PsActiveProcessHead,
            _ => null,
        };
        if (fromHeader is { IsKernel: true } known)
            return known;
        return DebuggerData?.Find(variable) ?? (Identity.Base is { } image ? _finder?.FindExport(image, variable) : null);
    }

    /// <summary>The structures in the symbols of a loaded image other than the kernel; empty when there are none.</summary>
    public IReadOnlyList<StructureLayout> TypesOf(VirtualAddress imageBase, string fileName)
    {
        if (_options.Symbols is not { } symbols || _finder is null)
            return [];
        var (size, stamp, codeView) = _finder.Identify(imageBase);
        return symbols.FindTypes(new ImageIdentity(fileName, size, stamp, codeView), _notes);
    }

    /// <summary>The address space of a process by its CR3 (_EPROCESS.Pcb.DirectoryTableBase).</summary>
    public DumpTarget AddressSpace(ulong directoryTableBase)
    {
        if (PhysicalMemory is null)
            return Kernel;
        var root = directoryTableBase & PageTables.FrameMask;
        if (_spaces.TryGetValue(root, out var space))
            return space;

        // A hostile process list must not fill memory with translation caches.
        if (_spaces.Count >= 64)
            _spaces.Clear();
        var tables = new PageTables(PhysicalMemory, root, PagingLevels) { InvalidPteMask = (Kernel as PagedTarget)?.Tables.InvalidPteMask ?? 0 };
        return _spaces[root] = new PagedTarget(PhysicalMemory, tables, Kernel.Layout);
    }

    public void Dispose() => _file.Dispose();

    private void Boot()
    {
        var bootLayout = BuiltInSymbols.For(new KernelIdentity(Header?.Build ?? 0, null, 0, 0, null)).Layout;
        if (PhysicalMemory is { } memory)
            BootPaged(memory, bootLayout);
        else
            Kernel = new TriageTarget(Triage!, bootLayout);
        _finder = new KernelFinder(Kernel, _options.Limits);
        var list = Header?.PsLoadedModuleList ?? default;
        DebuggerData = DebuggerDataBlock.TryRead(Kernel, Header?.KdDebuggerDataBlock ?? default) ?? TriageDebuggerData();
        if (list.IsNull && DebuggerData?.Find("PsLoadedModuleList") is { } listed)
            list = listed;
        var imageBase = Triage is { Modules: [var first, ..] } ? first.Base : RawKernelBase ?? _finder.FindBase(DebuggerData, list);
        var (size, stamp, codeView) = imageBase is { } found ? _finder.Identify(found) : default;
        if (Triage is { Modules: [var kernel, ..] } && stamp == 0)
            (size, stamp) = (kernel.Bytes, kernel.TimeDateStamp);
        Identity = new KernelIdentity(Header?.Build ?? RawBuild(), imageBase, size, stamp, codeView);
        if (imageBase is null && Triage is null)
            _notes.Add("The kernel image was not found in the dump.");
        Symbols = FindSymbols();
        Kernel.Use(Symbols.Layout);
        DecodeDebuggerData();
        ReadInvalidPteMask();
    }

    /// <summary>Symbols that LastRef carries are used where they are the kernel's own; where none are, the file that is needed is named.</summary>
    private KernelSymbols FindSymbols()
    {
        var builtIn = BuiltInSymbols.For(Identity);
        if ((_options.Symbols?.Find(Identity, _notes) ?? builtIn) is { Quality: SymbolQuality.Exact } exact)
            return exact;
        if (Identity.CodeView is { } record)
            _notes.Add($"The structures are assumed ({builtIn.Source}); {SymbolStore.HowToGet(record)}");
        return builtIn;
    }

    private VirtualAddress? RawKernelBase { get; set; }

    private void BootPaged(IPhysicalMemory memory, TypeLayout layout)
    {
        var root = _options.DirectoryTableBase ?? Header?.DirectoryTableBase ?? 0;
        if (root == 0)
        {
            var found = new RootFinder(memory, _options.Limits).Find()
                ?? throw new InputException($"{Name}: no page tables of a 64-bit Windows kernel were found in it; give its CR3 with --cr3");
            (DirectoryTableBase, PagingLevels, RawKernelBase) = found;
            Kernel = new PagedTarget(memory, new PageTables(memory, DirectoryTableBase, PagingLevels), layout);
            return;
        }

        DirectoryTableBase = root & PageTables.FrameMask;
        PagingLevels = 4;
        Kernel = new PagedTarget(memory, new PageTables(memory, root, 4), layout);
        if (Header is null)
        {
            PagingLevels = RootFinder.LevelsOf(memory, root)
                ?? throw new InputException($"{Name}: no page tables of a 64-bit Windows kernel stand at CR3 0x{root:x}");
            Kernel = new PagedTarget(memory, new PageTables(memory, root, PagingLevels), layout);
            RawKernelBase = new RootFinder(memory, _options.Limits).FindKernel((PagedTarget)Kernel);
            return;
        }

        // The header does not say how many levels there are: the module list tells.
        var list = Header.PsLoadedModuleList;
        if (new KernelFinder(Kernel, _options.Limits).IsListHead(list))
            return;
        var five = new PagedTarget(memory, new PageTables(memory, root, 5), layout);
        if (new KernelFinder(five, _options.Limits).IsListHead(list))
        {
            PagingLevels = 5;
            Kernel = five;
        }
        else
        {
            _notes.Add($"The list of loaded images at {list} cannot be read through the page tables at 0x{root:x}.");
        }
    }

    private DebuggerDataBlock? TriageDebuggerData() =>
        Triage?.DebuggerData is { } place ? DebuggerDataBlock.TryRead(new FileTarget(Triage.File, Kernel.Layout), new VirtualAddress((ulong)place.Offset)) : null;

    // KUSER_SHARED_DATA.NtBuildNumber, from Windows 10 on; before that the exported variable.
    private int RawBuild()
    {
        Span<byte> bytes = stackalloc byte[4];
        if (Kernel.TryRead(new VirtualAddress(0xFFFF_F780_0000_0260), bytes, out _) && BitConverter.ToUInt32(bytes) is > 0 and < 0x10000 and var build)
            return (int)build;
        return RawKernelBase is { } image && _finder?.FindExport(image, "NtBuildNumber") is { } variable && Kernel.TryRead(variable, bytes, out _)
            ? (int)(BitConverter.ToUInt32(bytes) & 0xFFFF)
            : 0;
    }

    private void DecodeDebuggerData()
    {
        var address = Header?.KdDebuggerDataBlock ?? default;
        if (address.IsNull && Identity.Base is { } image && Symbols.Find("KdDebuggerDataBlock") is { } rva)
            address = image + (ulong)rva.Value;
        DebuggerData ??= DebuggerDataBlock.TryRead(Kernel, address);
        Span<byte> never = stackalloc byte[8], always = stackalloc byte[8];
        if (DebuggerData is not null || address.IsNull || Find("KiWaitNever") is not { } waitNever || Find("KiWaitAlways") is not { } waitAlways
            || Find("KdpDataBlockEncoded") is not { } flag || !Kernel.TryRead(waitNever, never, out _) || !Kernel.TryRead(waitAlways, always, out _))
            return;
        DebuggerData = DebuggerDataBlock.TryDecode(Kernel, address, BitConverter.ToUInt64(never), BitConverter.ToUInt64(always), flag);
    }

    private void ReadInvalidPteMask()
    {
        if (Kernel is not PagedTarget paged)
            return;
        var address = Find("MiInvalidPteMask");
        if (address is null && Find("MiState") is { } state && Kernel.Layout.TryGetField("_MI_SYSTEM_INFORMATION", "Hardware.InvalidPteMask", out var field))
            address = state + field.Offset;
        Span<byte> mask = stackalloc byte[8];
        if (address is { } at && Kernel.TryRead(at, mask, out _))
            paged.Tables.InvalidPteMask = BitConverter.ToUInt64(mask);
    }
}
