using System.Buffers.Binary;
using System.Text;
using LastRef.Symbols;

namespace LastRef.Tests;

/// <summary>Builds PE32+ images byte by byte; the tests change what they are about and leave the rest valid.</summary>
internal sealed class PeBuilder
{
    private const int PeOffset = 0x80;
    private const ushort Magic32 = 0x10B;
    private const int FileAlignment = 0x200;

    private readonly List<(string Name, uint Rva, byte[] Bytes, uint VirtualSize, SectionCharacteristics Flags)> sections = [];
    private readonly (uint Rva, uint Size)[] directories = new (uint, uint)[16];
    private uint nextRva = 0x1000;

    public ushort Machine { get; set; } = (ushort)ImageMachine.Amd64;

    /// <summary>0x20b, or 0x10b for the 32-bit header.</summary>
    public ushort Magic { get; set; } = 0x20B;

    public ushort Characteristics { get; set; } = (ushort)(ImageFileCharacteristics.ExecutableImage | ImageFileCharacteristics.LargeAddressAware);

    public ulong ImageBase { get; set; } = 0x1_4000_0000;

    public ushort Subsystem { get; set; } = (ushort)ImageSubsystem.Native;

    public uint EntryPoint { get; set; } = 0x1000;

    public uint? SizeOfImage { get; set; }

    /// <summary>A driver with one import from the kernel, an export, relocations, unwind data, a PDB record and a security cookie.</summary>
    public static PeBuilder Driver()
    {
        var builder = new PeBuilder();
        builder.AddSection(".text", [0x48, 0x83, 0xEC, 0x28, 0xC3, .. new byte[59]], SectionCharacteristics.ContainsCode | SectionCharacteristics.Execute | SectionCharacteristics.Read);
        builder.AddImports(("ntoskrnl.exe", ["IoCreateDevice", "IoDeleteDevice"]), ("HAL.dll", ["#7"]));
        builder.AddExports("driver.sys", [("DllInitialize", 0x1000), ("DllUnload", 0x1004)], forwarder: ("Old", "ntoskrnl.DbgPrint"));
        builder.AddUnwind((0x1000, 0x1005, [1, 4, 1, 0, 4, 0x42, 0, 0]));
        builder.AddDebug(new Guid("01234567-89ab-cdef-0123-456789abcdef"), 3, @"C:\build\driver.pdb");
        builder.AddData();
        return builder;
    }

    public uint AddSection(string name, byte[] bytes, SectionCharacteristics flags, uint? virtualSize = null)
    {
        var rva = nextRva;
        var size = virtualSize ?? (uint)bytes.Length;
        sections.Add((name, rva, bytes, size, flags));
        nextRva = rva + Math.Max(0x1000, (size + 0xFFF) & ~0xFFFu);
        return rva;
    }

    public void SetDirectory(int index, uint rva, uint size) => directories[index] = (rva, size);

    /// <summary>Import descriptors, lookup tables, address tables and names in one section; <c>#7</c> is ordinal 7.</summary>
    public uint AddImports(params (string Module, string[] Symbols)[] modules)
    {
        var rva = nextRva;
        var block = new Block(rva);
        var descriptors = block.Reserve(20 * (modules.Length + 1));
        for (var index = 0; index < modules.Length; index++)
        {
            var (module, symbols) = modules[index];
            var thunks = symbols.Select(symbol => symbol.StartsWith('#')
                ? 1UL << 63 | ulong.Parse(symbol.AsSpan(1))
                : block.Add([5, 0, .. Encoding.ASCII.GetBytes(symbol), 0])).Append(0UL).ToArray();
            var name = block.Add([.. Encoding.ASCII.GetBytes(module), 0]);
            var lookup = block.Add(thunks);
            var slots = block.Add(thunks);
            block.Patch32(descriptors + 20 * index, lookup);
            block.Patch32(descriptors + 20 * index + 12, name);
            block.Patch32(descriptors + 20 * index + 16, slots);
        }
        AddSection(".idata", block.ToArray(), SectionCharacteristics.Read | SectionCharacteristics.Write);
        SetDirectory(1, rva, (uint)(20 * (modules.Length + 1)));
        return rva;
    }

    public void AddExports(string module, (string Name, uint Rva)[] exports, (string Name, string Target) forwarder)
    {
        var rva = nextRva;
        var block = new Block(rva);
        var header = block.Reserve(40);
        var functions = block.Reserve(4 * (exports.Length + 1));
        var names = block.Reserve(4 * (exports.Length + 1));
        var indexes = block.Reserve(2 * (exports.Length + 1));
        for (var index = 0; index <= exports.Length; index++)
        {
            var isForwarder = index == exports.Length;
            var text = isForwarder ? forwarder.Name : exports[index].Name;
            block.Patch32(functions + 4 * index, isForwarder ? block.Add([.. Encoding.ASCII.GetBytes(forwarder.Target), 0]) : exports[index].Rva);
            block.Patch32(names + 4 * index, block.Add([.. Encoding.ASCII.GetBytes(text), 0]));
            block.Patch16(indexes + 2 * index, (ushort)index);
        }
        block.Patch32(header + 12, block.Add([.. Encoding.ASCII.GetBytes(module), 0]));
        block.Patch32(header + 16, 1);
        block.Patch32(header + 20, (uint)exports.Length + 1);
        block.Patch32(header + 24, (uint)exports.Length + 1);
        block.Patch32(header + 28, rva + (uint)functions);
        block.Patch32(header + 32, rva + (uint)names);
        block.Patch32(header + 36, rva + (uint)indexes);
        AddSection(".edata", block.ToArray(), SectionCharacteristics.Read);
        SetDirectory(0, rva, (uint)block.Length);
    }

    public void AddUnwind(params (uint Begin, uint End, byte[] Info)[] functions)
    {
        var rva = nextRva;
        var block = new Block(rva);
        var table = block.Reserve(12 * functions.Length);
        for (var index = 0; index < functions.Length; index++)
        {
            block.Patch32(table + 12 * index, functions[index].Begin);
            block.Patch32(table + 12 * index + 4, functions[index].End);
            block.Patch32(table + 12 * index + 8, block.Add(functions[index].Info));
        }
        AddSection(".pdata", block.ToArray(), SectionCharacteristics.Read);
        SetDirectory(3, rva, (uint)(12 * functions.Length));
    }

    public void AddDebug(Guid guid, uint age, string pdbPath)
    {
        var rva = nextRva;
        var block = new Block(rva);
        var entry = block.Reserve(28);
        byte[] record = [.. "RSDS"u8, .. guid.ToByteArray(), .. BitConverter.GetBytes(age), .. Encoding.UTF8.GetBytes(pdbPath), 0];
        block.Patch32(entry + 12, 2);
        block.Patch32(entry + 16, (uint)record.Length);
        block.Patch32(entry + 20, block.Add(record));
        AddSection(".rdata", block.ToArray(), SectionCharacteristics.Read);
        SetDirectory(6, rva, 28);
    }

    /// <summary>A cookie and a pointer to it, their relocation, and a load configuration that names both.</summary>
    public void AddData()
    {
        var rva = nextRva;
        var block = new Block(rva);
        block.Add([0x32, 0xA2, 0xDF, 0x2D, 0x99, 0x2B, 0, 0]);
        block.Add([ImageBase + rva]);
        var config = block.Add([.. new byte[0x94]]);
        block.Patch32((int)(config - rva), 0x94);
        block.Patch64((int)(config - rva) + 0x58, ImageBase + rva);
        block.Patch64((int)(config - rva) + 0x70, ImageBase + rva + 8);
        AddSection(".data", block.ToArray(), SectionCharacteristics.Read | SectionCharacteristics.Write, virtualSize: 0x1800);
        SetDirectory(10, config, 0x94);
        AddRelocations(rva, [8, (ushort)(config - rva + 0x58), (ushort)(config - rva + 0x70)]);
    }

    public void AddRelocations(uint page, ushort[] offsets)
    {
        var rva = nextRva;
        var block = new Block(rva);
        var header = block.Reserve(8 + 2 * ((offsets.Length + 1) & ~1));
        block.Patch32(header, page);
        block.Patch32(header + 4, (uint)block.Length);
        for (var index = 0; index < offsets.Length; index++)
            block.Patch16(header + 8 + 2 * index, (ushort)(0xA000 | offsets[index]));
        AddSection(".reloc", block.ToArray(), SectionCharacteristics.Read | SectionCharacteristics.Discardable);
        SetDirectory(5, rva, (uint)block.Length);
    }

    public byte[] Build()
    {
        var headers = new byte[0x400];
        var directoriesOffset = Magic == Magic32 ? 96 : 112;
        var optionalHeaderBytes = directoriesOffset + 8 * directories.Length;
        "MZ"u8.CopyTo(headers);
        BinaryPrimitives.WriteUInt32LittleEndian(headers.AsSpan(0x3C), PeOffset);
        var pe = headers.AsSpan(PeOffset);
        "PE\0\0"u8.CopyTo(pe);
        BinaryPrimitives.WriteUInt16LittleEndian(pe[4..], Machine);
        BinaryPrimitives.WriteUInt16LittleEndian(pe[6..], (ushort)sections.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(pe[8..], 0x5F000000);
        BinaryPrimitives.WriteUInt16LittleEndian(pe[20..], (ushort)optionalHeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(pe[22..], Characteristics);
        var optional = pe[24..];
        BinaryPrimitives.WriteUInt16LittleEndian(optional, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[16..], EntryPoint);
        if (Magic == Magic32)
            BinaryPrimitives.WriteUInt32LittleEndian(optional[28..], (uint)ImageBase);
        else
            BinaryPrimitives.WriteUInt64LittleEndian(optional[24..], ImageBase);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[32..], 0x1000);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[36..], FileAlignment);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[56..], SizeOfImage ?? nextRva);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[60..], (uint)headers.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(optional[68..], Subsystem);
        BinaryPrimitives.WriteUInt16LittleEndian(optional[70..], (ushort)ImageDllCharacteristics.DynamicBase);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[(directoriesOffset - 4)..], (uint)directories.Length);
        for (var index = 0; index < directories.Length; index++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(optional[(directoriesOffset + 8 * index)..], directories[index].Rva);
            BinaryPrimitives.WriteUInt32LittleEndian(optional[(directoriesOffset + 4 + 8 * index)..], directories[index].Size);
        }
        var file = new List<byte>(headers);
        for (var index = 0; index < sections.Count; index++)
        {
            var (name, rva, bytes, virtualSize, flags) = sections[index];
            var header = headers.AsSpan(PeOffset + 24 + optionalHeaderBytes + 40 * index);
            Encoding.ASCII.GetBytes(name).CopyTo(header);
            BinaryPrimitives.WriteUInt32LittleEndian(header[8..], virtualSize);
            BinaryPrimitives.WriteUInt32LittleEndian(header[12..], rva);
            BinaryPrimitives.WriteUInt32LittleEndian(header[16..], (uint)(bytes.Length + FileAlignment - 1) & ~(FileAlignment - 1u));
            BinaryPrimitives.WriteUInt32LittleEndian(header[20..], (uint)file.Count);
            BinaryPrimitives.WriteUInt32LittleEndian(header[36..], (uint)flags);
            file.AddRange(bytes);
            while (file.Count % FileAlignment != 0)
                file.Add(0);
        }
        var result = file.ToArray();
        headers.CopyTo(result.AsSpan());
        return result;
    }

    private sealed class Block(uint rva)
    {
        private readonly List<byte> bytes = [];

        public int Length => bytes.Count;

        public int Reserve(int count)
        {
            var at = bytes.Count;
            bytes.AddRange(new byte[count]);
            return at;
        }

        public uint Add(byte[] data)
        {
            while (bytes.Count % 8 != 0)
                bytes.Add(0);
            var at = rva + (uint)bytes.Count;
            bytes.AddRange(data);
            return at;
        }

        public uint Add(ulong[] values) => Add([.. values.SelectMany(BitConverter.GetBytes)]);

        public void Patch16(int at, ushort value) => Patch(at, BitConverter.GetBytes(value));

        public void Patch32(int at, uint value) => Patch(at, BitConverter.GetBytes(value));

        public void Patch64(int at, ulong value) => Patch(at, BitConverter.GetBytes(value));

        public byte[] ToArray() => [.. bytes];

        private void Patch(int at, byte[] data)
        {
            for (var index = 0; index < data.Length; index++)
                bytes[at + index] = data[index];
        }
    }
}
