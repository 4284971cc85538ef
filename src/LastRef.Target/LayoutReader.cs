using System.Globalization;

namespace LastRef;

/// <summary>Reads the text form of layouts, described in <c>tools/LastRef.LayoutExtract/IsfExtractor.cs</c>.</summary>
/// <remarks>
/// The hand-written supplement has three more lines: <c> cite TEXT</c> (in a structure: the source of the fact, required there),
/// <c> only BUILD…</c> (in a structure: the builds it holds for) and <c>alias NEW OLD</c>.
/// </remarks>
internal sealed class LayoutReader
{
    private readonly string _file;
    private readonly int _forBuild;
    private readonly List<StructureLayout> _structures = [];
    private readonly List<EnumerationLayout> _enumerations = [];
    private readonly List<(string, string)> _aliases = [];

    private readonly Dictionary<string, Rva> _symbols = new(StringComparer.Ordinal);

    private readonly List<FieldLayout> _fields = [];
    private readonly List<KeyValuePair<string, long>> _constants = [];
    private string? _open;
    private bool _openIsEnumeration;
    private int _size;
    private string? _cite;
    private bool _applies = true;

    private LayoutReader(string file, NtBuild forBuild)
    {
        _file = file;
        _forBuild = (int)forBuild;
    }

    public int Build { get; private set; }

    public string Source { get; private set; } = "";

    public IReadOnlyList<StructureLayout> Structures => _structures;

    public IReadOnlyList<EnumerationLayout> Enumerations => _enumerations;

    public IReadOnlyList<(string Alias, string Of)> Aliases => _aliases;

    /// <summary>Relative addresses of the kernel's variables (<c>symbol NAME RVA</c>).</summary>
    public IReadOnlyDictionary<string, Rva> Symbols => _symbols;

    /// <exception cref="InputException">A line is malformed.</exception>
    public static LayoutReader Read(TextReader text, string file, NtBuild forBuild)
    {
        var reader = new LayoutReader(file, forBuild);
        var number = 0;
        while (text.ReadLine() is { } line)
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (!reader.TryLine(line))
                throw new InputException($"{file}, line {number}: malformed layout line '{line}'.");
        }

        reader.Close();
        return reader;
    }

    private bool TryLine(string line)
    {
        if (line[0] == ' ')
            return _open is not null && TryMember(line.AsSpan(1));
        Close();
        var words = line.Split(' ');
        switch (words)
        {
            case ["build", var build]:
                Build = int.Parse(build, NumberStyles.None, CultureInfo.InvariantCulture);
                return true;
            case ["source", .. var rest]:
                Source = string.Join(' ', rest);
                return true;
            case ["alias", var alias, var of]:
                _aliases.Add((alias, of));
                return true;
            case ["symbol", var symbol, var address]:
                var isAddress = TryHex(address, out var rva);
                return isAddress && _symbols.TryAdd(symbol, new Rva((uint)rva));
            case ["struct" or "enum", var name, var size]:
                _open = name;
                _openIsEnumeration = words[0] == "enum";
                return TryHex(size, out _size);
            default:
                return false;
        }
    }

    private bool TryMember(ReadOnlySpan<char> line)
    {
        var space = line.IndexOf(' ');
        if (space < 0)
            return false;
        var word = line[..space];
        var rest = line[(space + 1)..];
        if (word is "cite")
        {
            _cite = rest.ToString();
            return true;
        }

        if (word is "only")
        {
            _applies = rest.ToString().Split(' ').Contains(_forBuild.ToString(CultureInfo.InvariantCulture));
            return true;
        }

        if (!_openIsEnumeration)
            return TryField(line);
        if (!long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            return false;
        _constants.Add(new(rest.ToString(), value));
        return true;
    }

    /// <summary>A field: its offset, its type and its name.</summary>
    private bool TryField(ReadOnlySpan<char> line)
    {
        var space = line.IndexOf(' ');
        var second = line.LastIndexOf(' ');
        if (space < 0 || second == space || line[(space + 1)..second].Contains(' ')
            || !TryHex(line[..space], out var offset) || !TryType(line[(space + 1)..second], out var field))
            return false;
        _fields.Add(field with { Offset = offset, Name = line[(second + 1)..].ToString() });
        return true;
    }

    internal static bool TryType(ReadOnlySpan<char> type, out FieldLayout field)
    {
        field = new FieldLayout("", 0, FieldKind.Void, 0);
        while (type is ['[', ..])
        {
            var end = type.IndexOf(']');
            if (end < 0 || !int.TryParse(type[1..end], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
                return false;
            field = field with { IsArray = true, Count = field.Count * count };
            type = type[(end + 1)..];
        }

        if (type is ['*', ..])
        {
            field = field with { Kind = FieldKind.Pointer, Size = 8, TypeName = type is "*-" ? null : type[1..].ToString() };
            return true;
        }

        // A bit field is the last part of an integer or an enumeration: u8:17.3
        var colon = type.LastIndexOf(':');
        if (colon > 1 && type[(colon + 1)..] is var bits && bits.IndexOf('.') is > 0 and var dot)
        {
            if (!int.TryParse(bits[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var position)
                || !int.TryParse(bits[(dot + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var length))
                return false;
            field = field with { BitPosition = position, BitLength = length };
            type = type[..colon];
        }

        if (type.LastIndexOf('/') is > 0 and var slash)
        {
            if (!TryHex(type[(slash + 1)..], out var size))
                return false;
            var isEnumeration = type.StartsWith("e:", StringComparison.Ordinal);
            var name = type[(isEnumeration ? 2 : 0)..slash];
            field = field with
            {
                Kind = isEnumeration ? FieldKind.Enumeration : FieldKind.Structure,
                Size = size,
                TypeName = name is "-" ? null : name.ToString(),
            };
            return true;
        }

        if (type.Length < 2 || !int.TryParse(type[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var bytes))
            return false;
        FieldKind? kind = type[0] switch
        {
            'u' => FieldKind.Unsigned,
            'i' => FieldKind.Signed,
            'f' => FieldKind.Float,
            'v' => FieldKind.Void,
            _ => null,
        };
        field = field with { Kind = kind ?? FieldKind.Void, Size = bytes };
        return kind is not null;
    }

    private static bool TryHex(ReadOnlySpan<char> text, out int value) =>
        int.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);

    private void Close()
    {
        if (_open is not null && _openIsEnumeration)
            _enumerations.Add(new EnumerationLayout(_open, _size, _constants));
        else if (_open is not null && _applies)
        {
            if (Build == 0 && _cite is null)
                throw new InputException($"{_file}: structure {_open} cites no source.");
            _structures.Add(new StructureLayout(_open, _size, _cite ?? Source, _fields));
        }

        _open = null;
        _cite = null;
        _applies = true;
        _fields.Clear();
        _constants.Clear();
    }
}
