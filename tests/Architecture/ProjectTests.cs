using System.Xml.Linq;

namespace LastRef.Tests;

/// <summary>The project arrows of docs/architecture.md.</summary>
public class ProjectTests
{
    // Each project may reference only what stands before it.
    private static readonly string[] Order =
    [
        "LastRef.Generators", "LastRef.Target", "LastRef.Symbols", "LastRef.Trace", "LastRef.Cpu", "LastRef.Kernel",
        "LastRef.Capture", "LastRef.Diagnosis", "LastRef.Lab", "LastRef.Dumps", "LastRef.Reports", "LastRef.Cli",
    ];

    public static TheoryData<string> Projects =>
        [.. Repository.FilesBelow("src", ".csproj").Select(path => Path.GetFileNameWithoutExtension(path))];

    [Theory, MemberData(nameof(Projects))]
    public void A_project_references_only_those_before_it(string project)
    {
        int place = Array.IndexOf(Order, project);
        Assert.True(place >= 0, $"{project} has no place in the order of docs/architecture.md");
        Assert.All(References(project), reference => Assert.InRange(Array.IndexOf(Order, reference), 0, place - 1));
    }

    [Fact]
    public void Diagnosis_sees_neither_lab_nor_kernel_nor_processor()
    {
        string[] seen = [.. Closure("LastRef.Diagnosis")];
        Assert.Contains("LastRef.Capture", seen);
        Assert.DoesNotContain("LastRef.Kernel", seen);
        Assert.DoesNotContain("LastRef.Cpu", seen);
        Assert.DoesNotContain("LastRef.Lab", seen);
        Assert.DoesNotContain("LastRef.Dumps", seen);
    }

    [Fact]
    public void Capture_and_reports_do_not_see_the_kernel()
    {
        Assert.DoesNotContain("LastRef.Kernel", Closure("LastRef.Capture"));
        Assert.DoesNotContain("LastRef.Kernel", Closure("LastRef.Reports"));
    }

    [Fact]
    public void The_processor_knows_addresses_and_nothing_else() => Assert.All(Closure("LastRef.Cpu"), seen => Assert.Equal("LastRef.Target", seen));

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = Repository.Text("LastRef.slnx");
        Assert.All(
            Repository.Files().Where(path => path.EndsWith(".csproj", StringComparison.Ordinal)),
            path => Assert.Contains($"\"{path}\"", solution, StringComparison.Ordinal));
    }

    [Fact]
    public void Package_versions_are_central() =>
        Assert.All(
            Repository.Files().Where(path => path.EndsWith(".csproj", StringComparison.Ordinal)),
            path => Assert.All(Load(path).Descendants("PackageReference"), package => Assert.Null(package.Attribute("Version"))));

    private static HashSet<string> Closure(string project)
    {
        HashSet<string> seen = [];
        Stack<string> open = new(References(project));
        while (open.TryPop(out string? next))
        {
            if (seen.Add(next))
            {
                foreach (string reference in References(next))
                {
                    open.Push(reference);
                }
            }
        }

        return seen;
    }

    // The generator runs in the compiler and is no reference at run time.
    private static IEnumerable<string> References(string project) =>
        Load($"src/{project}/{project}.csproj").Descendants("ProjectReference")
            .Where(reference => reference.Attribute("OutputItemType")?.Value != "Analyzer")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));

    private static XDocument Load(string path) => XDocument.Parse(Repository.Text(path));
}
