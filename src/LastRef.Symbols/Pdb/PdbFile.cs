namespace LastRef.Symbols;

/// <summary>A PDB: its identity, its modules and where each contributes to the image. Modules are decoded when they are asked for.</summary>
/// <remarks>Source: LLVM documentation, "The PDB File Format" (info, DBI and module streams); microsoft-pdb.</remarks>
internal sealed class PdbFile
{
    private const int InfoStream = 1;
    private const int TypeStream = 2;
    private const int DbiStream = 3;
    private const int DbiHeaderBytes = 64;
    private const ushort NoStream = 0xFFFF;
    private const uint ContributionsV60 = 0xF12E_BA2D;
    private const uint ContributionsV2 = 0xF131_51E4;

    private readonly MsfFile msf;
    private readonly uint infoAge;
    private readonly uint dbiAge;
    private readonly int symbolRecords;
    private readonly int publicsStream = NoStream;
    private readonly int[] debugStreams = [];

    /// <exception cref="ImageFormatException">Not a PDB, or malformed.</exception>
    public PdbFile(ReadOnlyMemory<byte> file, string name, ImageLimits limits)
    {
        Name = name;
        Limits = limits;
        msf = new MsfFile(file, name, limits);
        var info = new ByteCursor(msf.Read(InfoStream), name, "the PDB info stream");
        info.Skip(8);
        infoAge = info.U32();
        Guid = new Guid(info.Take(16));
        NamesStream = FindNamesStream(info);

        var dbi = new ByteCursor(msf.Read(DbiStream), name, "the DBI stream");
        if (dbi.Length == 0)
        {
            dbiAge = infoAge;
            symbolRecords = NoStream;
            return;
        }
        if (dbi.I32() != -1)
            throw dbi.Malformed("is of a version before 7.0");
        dbi.Skip(4);
        dbiAge = dbi.U32();
        dbi.Skip(4);
        publicsStream = dbi.U16();
        dbi.Skip(2);
        symbolRecords = dbi.U16();
        dbi.Skip(2);
        var modules = dbi.U32();
        var contributions = dbi.U32();
        var sectionMap = dbi.U32();
        var sources = dbi.U32();
        var typeServers = dbi.U32();
        dbi.Skip(4);
        var debugHeader = dbi.U32();
        var editAndContinue = dbi.U32();
        dbi.Seek(DbiHeaderBytes);
        Modules = ReadModules(new ByteCursor(dbi.Take(modules), name, "the module list"));
        Contributions = ReadContributions(new ByteCursor(dbi.Take(contributions), name, "the section contributions"));
        dbi.Skip((long)sectionMap + sources + typeServers + editAndContinue);
        debugStreams = ReadDebugStreams(new ByteCursor(dbi.Take(debugHeader), name, "the optional debug header"));
        IsRearranged = DebugStream(OmapFromSource) is not (NoStream or 0);
    }

    /// <summary>Name of the file, for messages.</summary>
    public string Name { get; }

    public ImageLimits Limits { get; }

    /// <summary>Identity of the build.</summary>
    public Guid Guid { get; }

    /// <summary>True when the image was rearranged after linking (OMAP), so that addresses in this file are not those of the image.</summary>
    public bool IsRearranged { get; }

    /// <summary>Object files that were linked, by module index.</summary>
    public IReadOnlyList<PdbModuleHeader> Modules { get; } = [];

    /// <summary>Which module each stretch of the image came from, in order of section and offset.</summary>
    public PdbContribution[] Contributions { get; } = [];

    private int NamesStream { get; }

    /// <summary>True when the file was written for exactly the build that the record in an image names.</summary>
    /// <remarks>Tools that touch a PDB later raise the age in the info stream; the one in the DBI stream stays that of the image.</remarks>
    public bool Matches(CodeViewRecord record) =>
        Guid == record.Guid && (dbiAge == record.Age || infoAge == record.Age);

    /// <summary>Identity and age as they stand in a symbol store.</summary>
    public string Identity => $"{Guid.ToString("N").ToUpperInvariant()}{dbiAge:X}";

    /// <summary>A part of a module's stream.</summary>
    public byte[] ReadModule(PdbModuleHeader module, long offset, long length) => msf.Read(module.Stream, offset, length);

    /// <summary>The records that publics and globals refer to; empty in a file without them.</summary>
    public byte[] ReadSymbolRecords() => symbolRecords == NoStream ? [] : msf.Read(symbolRecords);

    /// <summary>Age of the build, as the image names it.</summary>
    public uint Age => dbiAge;

    /// <summary>The type records (TPI); empty in a file without them.</summary>
    public byte[] ReadTypes() => msf.Read(TypeStream);

    /// <summary>The public symbols' hash table and address map; empty in a file without them.</summary>
    public byte[] ReadPublics() => publicsStream == NoStream ? [] : msf.Read(publicsStream);

    /// <summary>The section headers that symbols count from, and the map from there to the image when it was rearranged (else empty).</summary>
    public (byte[] Headers, byte[] AddressMap) ReadSections()
    {
        var stream = DebugStream(IsRearranged ? OriginalSectionHeaders : SectionHeaders);
        return (stream is NoStream or 0 ? [] : msf.Read(stream), IsRearranged ? msf.Read(DebugStream(OmapFromSource)) : []);
    }

    /// <summary>The text of the string table <c>/names</c>, where line information keeps its file names; empty when there is none.</summary>
    public byte[] ReadNames()
    {
        const uint Signature = 0xEFFE_EFFE;
        var names = new ByteCursor(msf.Read(NamesStream), Name, "the string table");
        if (names.Length == 0)
            return [];
        if (names.U32() != Signature)
            throw names.Malformed("has no signature");
        names.Skip(4);
        return names.Take(names.U32()).ToArray();
    }

    // A map from names to stream numbers, serialised as a hash table: strings, size, capacity, two bit vectors, then the pairs.
    private int FindNamesStream(ByteCursor info)
    {
        var strings = new ByteCursor(info.Take(info.U32()), Name, "the named stream map");
        var count = info.U32();
        info.Skip(4);
        info.Skip(4L * info.U32());
        info.Skip(4L * info.U32());
        for (var index = 0; index < count; index++)
        {
            strings.Seek(info.U32());
            var stream = info.U32();
            if (strings.CStringBytes(Limits.NameBytes).SequenceEqual("/names"u8))
                return (int)Math.Min(stream, NoStream);
        }
        return NoStream;
    }

    private List<PdbModuleHeader> ReadModules(ByteCursor cursor)
    {
        var modules = new List<PdbModuleHeader>();
        while (cursor.Remaining >= 64)
        {
            if (modules.Count == Limits.Units)
                throw cursor.Malformed($"has more than {Limits.Units} modules");
            cursor.Skip(34);
            var stream = cursor.U16();
            var symbolBytes = cursor.U32();
            var c11Bytes = cursor.U32();
            var c13Bytes = cursor.U32();
            cursor.Skip(16);
            cursor.CStringBytes(Limits.NameBytes);
            cursor.CStringBytes(Limits.NameBytes);
            cursor.Align(4);
            modules.Add(new PdbModuleHeader(stream == NoStream ? -1 : stream, symbolBytes, c11Bytes, c13Bytes));
        }
        return modules;
    }

    private static PdbContribution[] ReadContributions(ByteCursor cursor)
    {
        var contributions = new List<PdbContribution>();
        if (cursor.Length == 0)
            return [];
        var version = cursor.U32();
        if (version is not (ContributionsV60 or ContributionsV2))
            throw cursor.Malformed($"are of the unknown version 0x{version:x}");
        var entryBytes = version == ContributionsV2 ? 32 : 28;
        while (cursor.Remaining >= entryBytes)
        {
            var entry = cursor.Position;
            var section = cursor.U16();
            cursor.Skip(2);
            var offset = cursor.U32();
            var size = cursor.U32();
            cursor.Skip(4);
            contributions.Add(new PdbContribution(section, offset, size, cursor.U16()));
            cursor.Seek(entry + entryBytes);
        }
        return StableSort.By(contributions, static contribution => contribution.SortKey);
    }

    private const int OmapFromSource = 4;
    private const int SectionHeaders = 5;
    private const int OriginalSectionHeaders = 10;

    private static int[] ReadDebugStreams(ByteCursor cursor)
    {
        var streams = new int[Math.Min(cursor.Length / 2, OriginalSectionHeaders + 1)];
        for (var index = 0; index < streams.Length; index++)
            streams[index] = cursor.U16();
        return streams;
    }

    private int DebugStream(int index) => index < debugStreams.Length ? debugStreams[index] : NoStream;
}
