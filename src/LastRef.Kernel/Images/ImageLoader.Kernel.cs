using System.Buffers.Binary;
using System.Text;
using LastRef.Cpu;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The images of the kernel itself: real headers and export tables in target memory, thunks for code.</summary>
/// <remarks>Drivers walk back to <c>MZ</c> and parse the export table (driver-binaries, "Habits of real drivers").</remarks>
internal sealed partial class ImageLoader
{
    private const string Ntoskrnl = "ntoskrnl.exe";
    private const string Hal = "hal.dll";
    private const int VariableBytes = 0x20000;
    private const int TimeDateStampOffset = 0x88;
    private readonly Dictionary<string, VirtualAddress> _variables = new(StringComparer.Ordinal);
    private readonly Dictionary<string, VirtualAddress> _exportedVariables = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, (string Module, string Name)> _missing = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, (string Module, string Name)> _missingData = new(StringComparer.Ordinal);
    private VirtualAddress _nextVariable;

    /// <summary>Where the exported variables of ntoskrnl lie.</summary>
    private static VirtualAddress Variables => AddressMap.Thunks + (Thunks.Count * 16);

    /// <summary>The end of the kernel's data: behind the last variable that the symbols of the build place.</summary>
    private VirtualAddress ExportTables
    {
        get
        {
            if (field.IsNull)
            {
                var last = Memory.Layout.Symbols.Values.Max();
                field = new VirtualAddress(Math.Max((Variables + VariableBytes).Value, ((AddressMap.KernelImage + (ulong)last.Value).Value + LastVariableBytes) & ~0xFFFUL));
            }

            return field;
        }
    }

    /// <summary>More than the largest table of the kernel takes, and a page.</summary>
    private const ulong LastVariableBytes = 0x1FFF;

    /// <summary>Maps the thunks and the variables, so that components can define their data.</summary>
    public void BootKernelImages()
    {
        _kernel.Guest.Map(AddressMap.KernelImage.Value, 4096, PageAccess.Read);
        _kernel.Guest.Map(AddressMap.Thunks.Value, Thunks.Count * 16, PageAccess.Read | PageAccess.Execute);
        _kernel.Guest.Map(Variables.Value, ExportTables - Variables, PageAccess.Read | PageAccess.Write);
        _kernel.Processor.SetThunks(AddressMap.Thunks.Value, Thunks.Count);
        _nextVariable = Variables;
        Invariant.Check(Thunks.FirstExport + ExportTable.Count < Thunks.Count / 2, "The thunk range is too small for the export table.");
    }

    /// <summary>Makes an exported variable of ntoskrnl.</summary>
    /// <returns>Its address, zeroed.</returns>
    public VirtualAddress DefineVariable(string name, int byteCount)
    {
        var address = Variable(name, byteCount);
        _exportedVariables.Add(name, address);
        return address;
    }

    /// <summary>A variable of the kernel by its name: where the PDB of the build has it, so that the real symbols fit a dump of the lab.</summary>
    /// <returns>Its address, zeroed when first asked for.</returns>
    public VirtualAddress Variable(string name, int byteCount)
    {
        if (_variables.TryGetValue(name, out var known))
            return known;
        var address = Memory.Layout.FindSymbol(name) is { } rva && AddressMap.KernelImage + (ulong)rva.Value >= Variables + VariableBytes
            ? AddressMap.KernelImage + (ulong)rva.Value
            : ReserveVariable(byteCount);
        _variables.Add(name, address);
        return address;
    }

    /// <summary>Makes room for a variable that is not exported.</summary>
    public VirtualAddress ReserveVariable(int byteCount)
    {
        var address = _nextVariable;
        _nextVariable += (byteCount + 15) & ~15;
        Invariant.Check(_nextVariable <= Variables + VariableBytes, "The kernel's variables need more room.");
        return address;
    }

    /// <summary>Where a routine or variable of a kernel image is; module names compare without case, export names with it (Doc: "PE Format", import tables).</summary>
    public VirtualAddress? FindExport(string module, string name) =>
        ExportNames.Find(module, name) is { } export ? ThunkAddress(Thunks.FirstExport + export)
        : module.Equals(Ntoskrnl, StringComparison.OrdinalIgnoreCase) && _exportedVariables.TryGetValue(name, out var variable) ? ForDriver(name, variable)
        : null;

    /// <summary>A variable that a driver is about to look at.</summary>
    private VirtualAddress ForDriver(string name, VirtualAddress variable)
    {
        if (name == "PsLoadedModuleList")
            EnterWindowsModules();
        return variable;
    }

    /// <summary>Writes headers and export tables and enters the images in PsLoadedModuleList.</summary>
    public void PublishKernelImages()
    {
        var table = BuildExportDirectory(ExportsByName(), (uint)(ExportTables - AddressMap.KernelImage));
        var tableBytes = ((ulong)table.Length + 0xFFF) & ~0xFFFUL;
        _kernel.Guest.Map(ExportTables.Value, tableBytes, PageAccess.Read);
        Memory.Write(ExportTables, table);
        var imageBytes = (uint)(ExportTables + tableBytes - AddressMap.KernelImage);
        Memory.Write(AddressMap.KernelImage, BuildHeaders(imageBytes, (uint)(ExportTables - AddressMap.KernelImage), (uint)table.Length));
        WriteDebugDirectory();
        WriteExceptionDirectory();
        AddImage(new LoadedImage(Ntoskrnl, null, AddressMap.KernelImage, imageBytes, VirtualAddress.Null), @"\SystemRoot\system32\ntoskrnl.exe");

        // From Windows 10 2004 on hal.dll only forwards to the kernel; the lab's does so in every build.
        _kernel.Guest.Map(AddressMap.HalImage.Value, 4096, PageAccess.Read);
        Memory.Write(AddressMap.HalImage, BuildHeaders(4096, 0, 0));
        AddImage(new LoadedImage(Hal, null, AddressMap.HalImage, 4096, VirtualAddress.Null), @"\SystemRoot\system32\hal.dll");
    }

    /// <summary>The code address of a routine that nobody implements; calling it stops the run and names it.</summary>
    public VirtualAddress MissingRoutineAddress(string module, string name)
    {
        var index = Number(_missing, module, name);
        return ThunkAddress((Thunks.Count / 2) + index);
    }

    /// <summary>An unmapped address for a variable that nobody implements; touching it stops the run and names it.</summary>
    public VirtualAddress MissingDataAddress(string module, string name)
    {
        var index = Number(_missingData, module, name);
        return AddressMap.MissingData + (index * 0x10000);
    }

    /// <summary>The missing variable that an address stands for; null when it is none.</summary>
    public string? MissingDataAt(VirtualAddress address)
    {
        var index = (address - AddressMap.MissingData) / 0x10000;
        return index < (ulong)_missingData.Count ? _missingData.GetAt((int)index).Key : null;
    }

    /// <summary>The place of an import in a list of those that nobody implements; a new one gets the next.</summary>
    private static int Number(OrderedDictionary<string, (string Module, string Name)> missing, string module, string name)
    {
        missing.TryAdd($"{module}!{name}", (module, name), out var index);
        return index;
    }

    public MachineStopException MissingRoutine(int thunk)
    {
        var index = thunk - (Thunks.Count / 2);
        Invariant.Check(index >= 0 && index < _missing.Count, $"Thunk slot {thunk} is not in use.");
        var (module, name) = _missing.GetAt(index).Value;
        return MachineStopException.Unsupported(
            FrameworkModules.IsFramework(module) ? UnsupportedKind.Framework : UnsupportedKind.Export, $"{module}!{name}");
    }

    /// <summary>Names the PDB of the build, whose variables and structures the image has (dump-format 3.4).</summary>
    private void WriteDebugDirectory()
    {
        const uint Directory = 0x800, Record = 0x840, OptionalHeader = 0x98, DebugEntry = 6;

        // "ntkrnlmp.pdb GUID AGE VERSION"
        var source = Memory.Layout.Source.Split(' ');
        var record = new byte[24 + source[0].Length + 1];
        "RSDS"u8.CopyTo(record);
        Guid.ParseExact(source[1], "N").TryWriteBytes(record.AsSpan(4));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(20), uint.Parse(source[2], System.Globalization.CultureInfo.InvariantCulture));
        Encoding.ASCII.GetBytes(source[0], record.AsSpan(24));
        var image = AddressMap.KernelImage;
        Memory.Write(image + (ulong)Record, record);

        // Windows 10 and later stamp an image with a hash of its content, not with a time; this one is known by its PDB.
        Memory.WriteUInt32(image + TimeDateStampOffset, BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan(4)));
        Memory.WriteUInt32(image + (ulong)(Directory + 12), 2);
        Memory.WriteUInt32(image + (ulong)(Directory + 16), (uint)record.Length);
        Memory.WriteUInt32(image + (ulong)(Directory + 20), Record);
        Memory.WriteUInt32(image + (ulong)(OptionalHeader + 112 + (8 * DebugEntry)), Directory);
        Memory.WriteUInt32(image + (ulong)(OptionalHeader + 116 + (8 * DebugEntry)), 28);
    }

    /// <summary>What ntoskrnl exports, in the order that a binary search of the table needs.</summary>
    private List<(string Name, VirtualAddress Address)> ExportsByName()
    {
        var variables = _exportedVariables.OrderBy(v => v.Key, StringComparer.Ordinal).ToList();
        var exports = new List<(string, VirtualAddress)>(variables.Count + ExportTable.Count);
        var next = 0;
        foreach (var (name, export) in ExportNames.OfNtoskrnl)
        {
            for (; next < variables.Count && string.CompareOrdinal(variables[next].Key, name) < 0; next++)
                exports.Add((variables[next].Key, variables[next].Value));
            exports.Add((name, ThunkAddress(Thunks.FirstExport + export)));
        }

        for (; next < variables.Count; next++)
            exports.Add((variables[next].Key, variables[next].Value));
        return exports;
    }

    /// <summary>Tells how the stack is restored where driver code returns to the kernel, so that stacks of a dump can be unwound across it.</summary>
    /// <remarks>
    /// Doc: "x64 exception handling", MSVC reference. Below the return address of a routine that was called with up to four arguments lie
    /// its home space and eight bytes of alignment. All other kernel code is a thunk, which is a leaf.
    /// </remarks>
    private void WriteExceptionDirectory()
    {
        const uint Directory = 0x900, Unwind = 0x910, OptionalHeader = 0x98, ExceptionEntry = 3;
        var image = AddressMap.KernelImage;
        var begin = (uint)(ThunkAddress(Thunks.Return) - image);
        Memory.WriteUInt32(image + (ulong)Directory, begin);
        Memory.WriteUInt32(image + (ulong)(Directory + 4), begin + 16);
        Memory.WriteUInt32(image + (ulong)(Directory + 8), Unwind);

        // Version 1, no prologue, one code: UWOP_ALLOC_SMALL of 28h bytes.
        Memory.Write(image + (ulong)Unwind, [1, 0, 1, 0, 0, 0x42, 0, 0]);
        Memory.WriteUInt32(image + (ulong)(OptionalHeader + 112 + (8 * ExceptionEntry)), Directory);
        Memory.WriteUInt32(image + (ulong)(OptionalHeader + 116 + (8 * ExceptionEntry)), 12);
    }

    private static byte[] BuildExportDirectory(List<(string Name, VirtualAddress Address)> exports, uint rva)
    {
        const int Functions = 40;
        var names = Functions + (4 * exports.Count);
        var ordinals = names + (4 * exports.Count);
        var text = ordinals + (2 * exports.Count);
        var moduleName = text;
        var table = new byte[text + Ntoskrnl.Length + 1 + exports.Sum(e => e.Name.Length + 1)];
        var span = table.AsSpan();
        text += Encoding.ASCII.GetBytes(Ntoskrnl, span[text..]) + 1;
        for (var i = 0; i < exports.Count; i++)
        {
            var (name, address) = exports[i];
            BinaryPrimitives.WriteUInt32LittleEndian(span[(Functions + (4 * i))..], (uint)(address - AddressMap.KernelImage));
            BinaryPrimitives.WriteUInt32LittleEndian(span[(names + (4 * i))..], rva + (uint)text);
            BinaryPrimitives.WriteUInt16LittleEndian(span[(ordinals + (2 * i))..], (ushort)i);
            text += Encoding.ASCII.GetBytes(name, span[text..]) + 1;
        }

        // IMAGE_EXPORT_DIRECTORY (Doc: "PE Format", export directory table).
        BinaryPrimitives.WriteUInt32LittleEndian(span[12..], rva + (uint)moduleName);
        BinaryPrimitives.WriteUInt32LittleEndian(span[16..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(span[20..], (uint)exports.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(span[24..], (uint)exports.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(span[28..], rva + (uint)Functions);
        BinaryPrimitives.WriteUInt32LittleEndian(span[32..], rva + (uint)names);
        BinaryPrimitives.WriteUInt32LittleEndian(span[36..], rva + (uint)ordinals);
        return table;
    }

    /// <summary>A PE32+ header with one code section (Doc: "PE Format").</summary>
    private static byte[] BuildHeaders(uint imageBytes, uint exportRva, uint exportBytes)
    {
        var header = new byte[0x400];
        var span = header.AsSpan();
        "MZ"u8.CopyTo(span);
        BinaryPrimitives.WriteUInt32LittleEndian(span[0x3C..], 0x80);
        var nt = span[0x80..];
        "PE"u8.CopyTo(nt);
        BinaryPrimitives.WriteUInt16LittleEndian(nt[4..], 0x8664);
        BinaryPrimitives.WriteUInt16LittleEndian(nt[6..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(nt[20..], 240);
        BinaryPrimitives.WriteUInt16LittleEndian(nt[22..], 0x22);
        var optional = nt[24..];
        BinaryPrimitives.WriteUInt16LittleEndian(optional, 0x20B);
        BinaryPrimitives.WriteUInt64LittleEndian(optional[24..], AddressMap.KernelImage.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[32..], 0x1000);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[36..], 0x200);
        BinaryPrimitives.WriteUInt16LittleEndian(optional[48..], 10);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[56..], imageBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[60..], 0x400);
        BinaryPrimitives.WriteUInt16LittleEndian(optional[68..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[108..], 16);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[112..], exportRva);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[116..], exportBytes);
        var section = optional[240..];
        ".text"u8.CopyTo(section);
        BinaryPrimitives.WriteUInt32LittleEndian(section[8..], imageBytes - 0x1000);
        BinaryPrimitives.WriteUInt32LittleEndian(section[12..], 0x1000);
        BinaryPrimitives.WriteUInt32LittleEndian(section[16..], imageBytes - 0x1000);
        BinaryPrimitives.WriteUInt32LittleEndian(section[20..], 0x1000);
        BinaryPrimitives.WriteUInt32LittleEndian(section[36..], 0x6800_0020);
        return header;
    }
}
