namespace LastRef.Symbols;

/// <summary>The folders and files that a line number program refers to by number.</summary>
/// <remarks>Source: DWARF 5 standard, 6.2.4 and 6.2.4.1; in versions up to 4 files count from 1 and folder 0 is the compiler's own.</remarks>
internal sealed class DwarfLineFiles
{
    private const ulong ContentPath = 1;
    private const ulong ContentDirectory = 2;

    private readonly DwarfSections sections;
    private readonly DwarfUnit unit;
    private readonly int firstFile;
    // The texts stay where they are until a file is asked for. An absent folder is the compiler's own.
    private readonly List<Entry> directories = [];
    private readonly List<Entry> files = [];

    /// <param name="sections">The sections.</param>
    /// <param name="encoding">Widths of the program.</param>
    /// <param name="unit">The unit that refers to the program.</param>
    /// <param name="limits">Bounds.</param>
    /// <param name="program">At the first folder; moved behind the last file.</param>
    public DwarfLineFiles(DwarfSections sections, DwarfEncoding encoding, DwarfUnit unit, ImageLimits limits, ref ByteCursor program)
    {
        this.sections = sections;
        this.unit = unit;
        if (encoding.Version >= 5)
        {
            directories = ReadEntries(encoding, limits, ref program);
            files = ReadEntries(encoding, limits, ref program);
            return;
        }
        firstFile = 1;
        directories.Add(new Entry(default, 0));
        while (ReadInline(limits, ref program) is { IsPresent: true } directory)
            Add(directories, new Entry(directory, 0), limits, program);
        while (ReadInline(limits, ref program) is { IsPresent: true } name)
        {
            Add(files, new Entry(name, program.Uleb()), limits, program);
            program.Uleb();
            program.Uleb();
        }
    }

    /// <summary>Path of a file by its number; null for a number that the table does not have.</summary>
    public string? Path(uint number)
    {
        var index = (long)number - firstFile;
        if (index < 0 || index >= files.Count || Text(files[(int)index].Name) is not { Length: > 0 } name)
            return null;
        var directoryIndex = files[(int)index].Directory;
        if (IsRooted(name) || directoryIndex >= (ulong)directories.Count)
            return name;
        var directory = Text(directories[(int)directoryIndex].Name) ?? "";
        return Join(IsRooted(directory) ? directory : Join(unit.CompilationDirectory, directory), name);
    }

    private string? Text(DwarfValue value) => value.Kind == DwarfValueKind.InlineString
        ? sections.Text(sections.At(sections.Lines, ".debug_line", value.Number))
        : unit.Text(value);

    // An empty string ends each list of versions 2 to 4.
    private static DwarfValue ReadInline(ImageLimits limits, ref ByteCursor program)
    {
        var at = program.Position;
        return program.CStringBytes(limits.NameBytes).IsEmpty ? default : new DwarfValue(DwarfValueKind.InlineString, (ulong)at);
    }

    private static List<Entry> ReadEntries(DwarfEncoding encoding, ImageLimits limits, ref ByteCursor program)
    {
        var formats = new DwarfAttribute[program.U8()];
        for (var index = 0; index < formats.Length; index++)
            formats[index] = new DwarfAttribute(program.Uleb(), (DwarfForm)Math.Min(program.Uleb(), ushort.MaxValue), 0);
        var count = program.Uleb();
        if (count > (ulong)limits.Units || (formats.Length == 0 && count > 0))
            throw program.Malformed($"announces {count} files or folders");
        var entries = new List<Entry>();
        for (ulong entry = 0; entry < count; entry++)
        {
            var name = default(DwarfValue);
            ulong directory = 0;
            foreach (var format in formats)
            {
                var value = DwarfValue.Read(ref program, format.Form, encoding);
                if (format.Name == ContentPath)
                    name = value;
                else if (format.Name == ContentDirectory)
                    directory = value.Number;
            }
            entries.Add(new Entry(name, directory));
        }
        return entries;
    }

    private static void Add(List<Entry> list, Entry item, ImageLimits limits, ByteCursor program)
    {
        if (list.Count == limits.Units)
            throw program.Malformed($"has more than {limits.Units} files or folders");
        list.Add(item);
    }

    private static string Join(string directory, string name) =>
        directory is "" or "." ? name : name is "" or "." ? directory : directory[^1] is '/' or '\\' ? directory + name : directory + "/" + name;

    private static bool IsRooted(string path) => path is ['/' or '\\', ..] or [_, ':', ..];

    private sealed record Entry(DwarfValue Name, ulong Directory);
}
