namespace LastRef;

/// <summary>Where the fields of one kernel build's structures lie.</summary>
/// <remarks>
/// The fields that views use are numbered when the views are generated; a layout resolves all of them once, so that a
/// field read costs one array access and no name lookup.
/// </remarks>
public sealed partial class TypeLayout
{
    private readonly Dictionary<string, StructureLayout> _structures;
    private readonly Dictionary<string, EnumerationLayout> _enumerations;
    private readonly IReadOnlyDictionary<string, Rva> _symbols;
    private readonly int[] _sizes;
    private readonly int[] _offsets;
    private readonly FieldLayout[] _fields;

    /// <summary>Makes a layout of structures read from any source; of two of one name the first counts.</summary>
    /// <param name="build">The build number; it need not be one that LastRef carries layouts of.</param>
    /// <param name="source">The symbol file, in one line for reports.</param>
    /// <param name="symbols">Where variables lie in the kernel that the layout is of; null when not known.</param>
    public TypeLayout(
        NtBuild build, string source, IEnumerable<StructureLayout> structures, IEnumerable<EnumerationLayout> enumerations,
        IReadOnlyDictionary<string, Rva>? symbols = null)
    {
        _symbols = symbols ?? new Dictionary<string, Rva>();
        Build = build;
        Source = source;
        _structures = new Dictionary<string, StructureLayout>(StringComparer.Ordinal);
        foreach (var structure in structures)
            _structures.TryAdd(structure.Name, structure);
        _enumerations = new Dictionary<string, EnumerationLayout>(StringComparer.Ordinal);
        foreach (var enumeration in enumerations)
            _enumerations.TryAdd(enumeration.Name, enumeration);

        _sizes = Array.ConvertAll(ViewTypes, type => _structures.TryGetValue(type, out var structure) ? structure.Size : -1);
        _fields = new FieldLayout[ViewFields.Length];
        _offsets = new int[ViewFields.Length];
        for (var number = 0; number < ViewFields.Length; number++)
        {
            var view = ViewFields[number];
            _offsets[number] = TryGetField(ViewTypes[view.Type], view.Path, out _fields[number]) ? _fields[number].Offset : -1;
        }
    }

    public NtBuild Build { get; }

    /// <summary>The symbol file that the layout comes from: PDB name, GUID, age and kernel version.</summary>
    public string Source { get; }

    /// <summary>All structures by name.</summary>
    public IEnumerable<StructureLayout> Structures => _structures.Values.OrderBy(s => s.Name, StringComparer.Ordinal);

    /// <summary>The structure of that name; null when the layout has none.</summary>
    public StructureLayout? Structure(string name) => _structures.GetValueOrDefault(name);

    /// <summary>The enumeration of that name; null when the layout has none.</summary>
    public EnumerationLayout? Enumeration(string name) => _enumerations.GetValueOrDefault(name);

    /// <summary>Where a variable lies in the kernel image of exactly the update that <see cref="Source"/> names; null when that is not known.</summary>
    public Rva? FindSymbol(string name) => _symbols.TryGetValue(name, out var rva) ? rva : null;

    /// <summary>All variables and routines whose place is known.</summary>
    public IReadOnlyDictionary<string, Rva> Symbols => _symbols;

    /// <summary>Finds a field by its path: dots step into embedded structures, <c>|</c> separates alternatives of which the first found counts.</summary>
    /// <param name="field">The field, its offset counted from the start of <paramref name="structure"/>.</param>
    public bool TryGetField(string structure, string path, out FieldLayout field)
    {
        if (!path.Contains('|'))
            return TryWalk(structure, path, out field);
        foreach (var alternative in path.Split('|'))
        {
            if (TryWalk(structure, alternative, out field))
                return true;
        }

        field = default;
        return false;
    }

    private bool TryWalk(string structure, string path, out FieldLayout field)
    {
        if (!_structures.TryGetValue(structure, out var layout))
        {
            field = default;
            return false;
        }

        // Members of unnamed structures are listed under dotted names; only what remains steps into another structure.
        if (layout.TryGetField(path, out field))
            return true;
        for (var dot = path.LastIndexOf('.'); dot > 0; dot = path.LastIndexOf('.', dot - 1))
        {
            if (!layout.TryGetField(path[..dot], out var outer) || outer.Kind != FieldKind.Structure || outer.IsArray || outer.TypeName is null)
                continue;
            if (TryWalk(outer.TypeName, path[(dot + 1)..], out var inner))
            {
                field = inner with { Name = path, Offset = outer.Offset + inner.Offset };
                return true;
            }
        }

        field = default;
        return false;
    }

    /// <summary>True when the numbered field exists in this build.</summary>
    internal bool Has(int fieldNumber) => _offsets[fieldNumber] >= 0;

    /// <summary>The numbered field's offset in bytes.</summary>
    /// <exception cref="InputException">This build has no such field.</exception>
    internal int Offset(int fieldNumber)
    {
        var offset = _offsets[fieldNumber];
        return offset >= 0 ? offset : throw Absent(fieldNumber);
    }

    /// <summary>Elements of the numbered array; 0 for one declared with a single element, which NT means as "any number".</summary>
    internal int Count(int fieldNumber) =>
        !Has(fieldNumber) ? throw Absent(fieldNumber) : _fields[fieldNumber].Count is > 1 and var count ? count : 0;

    /// <summary>The bits of the numbered bit field.</summary>
    internal BitFieldLayout Bits(int fieldNumber)
    {
        if (!Has(fieldNumber))
            throw Absent(fieldNumber);
        ref readonly var field = ref _fields[fieldNumber];
        return new BitFieldLayout(field.Offset, field.Size, field.BitPosition, field.BitLength);
    }

    /// <summary>Bytes of the numbered structure.</summary>
    internal int Size(int typeNumber)
    {
        var size = _sizes[typeNumber];
        return size >= 0 ? size : throw new InputException($"The symbols of build {(int)Build} ({Source}) have no structure {ViewTypes[typeNumber]}.");
    }

    private InputException Absent(int fieldNumber)
    {
        var field = ViewFields[fieldNumber];
        return new InputException($"The symbols of build {(int)Build} ({Source}) have no field {ViewTypes[field.Type]}.{field.Path}.");
    }
}
