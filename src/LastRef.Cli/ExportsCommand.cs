using System.CommandLine;
using LastRef.Kernel;
using LastRef.Lab;
using LastRef.Symbols;

namespace LastRef.Cli;

/// <summary><c>lastref exports</c>: what the lab has, and how much of it an image needs.</summary>
internal static class ExportsCommand
{
    public static Command Build()
    {
        var coverage = new Option<string?>("--coverage") { Description = "List what this image imports: full, partial with what is missing, absent.", HelpName = "FILE" };
        var with = new Option<string[]>("--with") { Description = "Another driver that it may import from; may be given more than once.", HelpName = "OTHER.sys" };
        var command = new Command("exports", "Lists the kernel routines that LastRef has, or how much of an image's imports.") { coverage, with };
        command.SetAction(parsed => parsed.GetValue(coverage) is { } file ? Cover(file, parsed.GetValue(with) ?? []) : List());
        return command;
    }

    private static int List()
    {
        foreach (var export in ExportTable.Exports.OrderBy(e => e.Module, StringComparer.Ordinal).ThenBy(e => e.Name, StringComparer.Ordinal))
        {
            var remark = export.Missing is { } missing ? $"  without: {missing}" : export.NoEffect is { } reason ? $"  no effect: {reason}" : "";
            Console.Out.WriteLine($"{export.Module,-14} {export.Name,-48} {export.Spec ?? export.Doc}{remark}");
        }

        return ExitCode.Clean;
    }

    private static int Cover(string file, string[] with)
    {
        var input = Files.Read(file);
        var image = DriverImageCheck.Parse(input.Content, input.Path);
        var neighbours = with.Select(Files.Read).ToDictionary(f => f.FileName, f => PeImage.Parse(f.Content, f.Path), StringComparer.OrdinalIgnoreCase);
        var imports = ImportCoverage.Of(image, neighbours);
        foreach (var import in imports)
            Console.Out.WriteLine($"{import.Level.ToString().ToLowerInvariant(),-9}  {import.Module}!{import.Name}{(import.Missing is { } missing ? $"  without: {missing}" : "")}");
        var counts = Enum.GetValues<ImportLevel>().Select(level => $"{imports.Count(i => i.Level == level)} {level.ToString().ToLowerInvariant()}");
        Console.Out.WriteLine($"{imports.Count} imports: {string.Join(", ", counts)}");
        return ExitCode.Clean;
    }
}
