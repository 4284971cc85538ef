using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace LastRef.Tests;

/// <summary>What the kernel's sources say about the routines that they export, and the lists written from it.</summary>
public partial class ExportTests
{
    private const string Kernel = "src/LastRef.Kernel";

    private sealed record Export(string Module, string Name, string Component, string? Spec, string? Doc, string? Missing, string? NoEffect);

    private sealed record Import(string Module, string Name, int Drivers);

    [Fact]
    public void Every_export_is_read()
    {
        foreach (string path in Repository.FilesBelow(Kernel, ".cs"))
        {
            string text = Repository.Text(path);
            Assert.Equal(Mark().Count(text), ReadExports(path, text).Count());
        }
    }

    [Fact]
    public void Every_export_says_where_its_behaviour_is_from() =>
        Assert.All(Exports(), export => Assert.False(export.Spec is null && export.Doc is null, $"{export.Module}!{export.Name} has neither Spec nor Doc"));

    [Fact]
    public void The_list_of_exports_is_fresh()
    {
        StringBuilder text = new();
        text.Append("# Exports\n\nThe routines that a driver can call, written by tests/Architecture (`UPDATE_GENERATED=1 ./test Architecture`).\n");
        foreach (IGrouping<string, Export> module in Exports().GroupBy(export => export.Module).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {module.Key} ({module.Count()})\n\n| routine | in | from | left out, or no effect |\n|---|---|---|---|\n");
            foreach (Export export in module.OrderBy(export => export.Name, StringComparer.Ordinal))
            {
                string source = string.Join("; ", new[] { export.Spec, export.Doc }.OfType<string>());
                string notes = string.Join("; ", new[]
                {
                    export.Missing is null ? null : $"stops at: {export.Missing}",
                    export.NoEffect is null ? null : $"no effect: {export.NoEffect}",
                }.OfType<string>());
                text.Append(CultureInfo.InvariantCulture, $"| `{export.Name}` | {export.Component} | {Cell(source)} | {Cell(notes)} |\n");
            }
        }

        Generated.Matches("docs/generated/exports.md", text.ToString());
    }

    [Fact]
    public void The_list_of_missing_exports_is_fresh()
    {
        Import[] wanted = [.. Imports()];
        Assert.True(wanted.Length > 300, $"only {wanted.Length} imports were read");
        HashSet<string> there = new(Exports().Select(export => $"{export.Module}!{export.Name}").Concat(Variables()), StringComparer.OrdinalIgnoreCase);
        Import[] missing = [.. wanted.Where(import => !there.Contains($"{import.Module}!{import.Name}"))];

        StringBuilder text = new();
        text.Append("# Routines that drivers import and LastRef lacks\n\nWritten by tests/Architecture. Of the routines and variables that at least three of some 150\n");
        text.Append("public drivers import from the kernel, the HAL and WMILIB (tests/Architecture/Data/imports.tsv),\n");
        text.Append(CultureInfo.InvariantCulture, $"{wanted.Length - missing.Length} of {wanted.Length} are there. ");
        text.Append("A driver that imports one of these loads all the same; the run stops and names it\nwhen it is called or read.\n\n");
        text.Append(missing.Length == 0 ? "None is missing.\n" : "| routine | drivers |\n|---|---|\n");
        foreach (Import import in missing)
        {
            text.Append(CultureInfo.InvariantCulture, $"| `{import.Module}!{import.Name}` | {import.Drivers} |\n");
        }

        Generated.Matches("docs/generated/missing-exports.md", text.ToString());
    }

    /// <summary>A routine counts as there only with a test of its effect: a test calls it by name, or one of the repository's drivers does.</summary>
    [Fact]
    public void The_list_of_untested_exports_is_fresh()
    {
        HashSet<string> called = [.. Repository.FilesBelow("tests", ".cs").SelectMany(path => Quoted().Matches(Repository.Text(path))).Select(match => match.Groups[1].Value)];
        HashSet<string> imported = [.. Repository.FilesBelow("drivers/bin", ".sys")
            .SelectMany(path => Word().Matches(Encoding.Latin1.GetString(Repository.Bytes(path)))).Select(match => match.Value)];
        Export[] all = [.. Exports().DistinctBy(export => (export.Module, export.Name))];
        Export[] byDriver = [.. all.Where(export => !called.Contains(export.Name) && imported.Contains(export.Name))];
        Export[] untested = [.. all.Where(export => !called.Contains(export.Name) && !imported.Contains(export.Name))];
        Assert.True(all.Length > 800 && called.Count > 800, "the tests or the exports were not read");

        StringBuilder text = new();
        text.Append("# Exports and the tests that call them\n\nWritten by tests/Architecture. A routine is called by a unit test by its name, or by one of the drivers in drivers/bin,\n");
        text.Append("which the tests run and whose verdicts and results they check.\n\n");
        text.Append(CultureInfo.InvariantCulture, $"| exports | called by a unit test | called by a driver only | by neither |\n|---|---|---|---|\n");
        text.Append(CultureInfo.InvariantCulture, $"| {all.Length} | {all.Length - byDriver.Length - untested.Length} | {byDriver.Length} | {untested.Length} |\n");
        Append("Called by a driver only", byDriver);
        Append("Called by neither", untested);
        Generated.Matches("docs/generated/untested-exports.md", text.ToString());

        void Append(string title, Export[] exports)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n");
            text.Append(exports.Length == 0 ? "None.\n" : string.Join(' ', exports.Select(export => $"`{export.Name}`").Order(StringComparer.Ordinal)) + "\n");
        }
    }

    [Fact]
    public void An_export_is_recognised()
    {
        const string Text = """
            [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Spec = "U-6.1",
                Missing = "a \"descriptor\" [from] the INF")]
            internal async GuestTask<NtStatus> IoCreateDevice(DriverObject driverObject) => x;

            [KernelExport("hal.dll", Doc = "A")]
            [KernelExport("ntoskrnl.exe", Name = "KfRaiseIrql", Doc = "B")]
            internal (int, int) Raise<T>(int a) { }
            """;
        Assert.Equal(
            [
                new Export("ntoskrnl.exe", "IoCreateDevice", "Io", "U-6.1", null, "a \"descriptor\" [from] the INF", null),
                new Export("hal.dll", "Raise", "Io", null, "A", null, null),
                new Export("ntoskrnl.exe", "KfRaiseIrql", "Io", null, "B", null, null),
            ],
            ReadExports(Kernel + "/Io/IoManager.cs", Text));
    }

    private static IEnumerable<Export> Exports() =>
        Repository.FilesBelow(Kernel, ".cs").SelectMany(path => ReadExports(path, Repository.Text(path)));

    private static IEnumerable<Export> ReadExports(string path, string text)
    {
        string component = path[(Kernel.Length + 1)..].Split('/')[0];
        foreach (Match match in Attribute().Matches(text))
        {
            string arguments = match.Groups["arguments"].Value;
            string method = Method().Match(text, match.Index + match.Length).Groups["name"].Value;
            yield return new Export(
                match.Groups["module"].Value, Value("Name") ?? method, component, Value("Spec"), Value("Doc"), Value("Missing"), Value("NoEffect"));

            string? Value(string name)
            {
                Match argument = Regex.Match(arguments, $@"\b{name}\s*=\s*""((?:[^""\\]|\\.)*)""");
                return argument.Success ? Regex.Unescape(argument.Groups[1].Value) : null;
            }
        }
    }

    private static IEnumerable<string> Variables() =>
        Repository.FilesBelow(Kernel, ".cs").SelectMany(path => Variable().Matches(Repository.Text(path))).Select(match => $"ntoskrnl.exe!{match.Groups[1].Value}");

    private static IEnumerable<Import> Imports() =>
        Repository.Text("tests/Architecture/Data/imports.tsv").Split('\n').Select(line => line.TrimEnd('\r'))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split('\t'))
            .Select(cells => new Import(cells[0], cells[1], int.Parse(cells[2], CultureInfo.InvariantCulture)));

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");

    [GeneratedRegex(@"""(\w+)""")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"[A-Za-z_]\w{3,}", RegexOptions.ECMAScript)]
    private static partial Regex Word();

    [GeneratedRegex(@"^\s*\[KernelExport\(", RegexOptions.Multiline)]
    private static partial Regex Mark();

    [GeneratedRegex(@"\[KernelExport\(""(?<module>[^""]+)""(?<arguments>(?:[^""\]]|""(?:[^""\\]|\\.)*"")*)\]")]
    private static partial Regex Attribute();

    // After the last attribute: modifiers, a type, the name and its parameters.
    [GeneratedRegex(@"\b(?:internal|public|private)\s[^;{=]*?\s(?<name>\w+)(?:<[^>(]*>)?\(")]
    private static partial Regex Method();

    // Variables are defined by name, those of object types from the table of their names.
    [GeneratedRegex(@"(?:DefineVariable\(|DefineDispatchTable\(|\(ObjectKind\.\w+, )""(\w+)""")]
    private static partial Regex Variable();
}
