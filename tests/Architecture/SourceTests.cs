using System.Text;
using System.Text.RegularExpressions;

namespace LastRef.Tests;

/// <summary>What no source file may contain.</summary>
public partial class SourceTests
{
    [Fact]
    public void No_source_is_unfinished_or_reads_the_host_clock() => NothingMatches(Unfinished(), "src", ".cs");

    [Fact]
    public void The_processor_knows_no_Windows() => NothingMatches(WindowsWords(), "src/LastRef.Cpu", ".cs");

    [Fact]
    public void No_catch_is_empty() => NothingMatches(EmptyCatch(), "src", ".cs");

    [Fact]
    public void Nothing_mutable_is_static() => NothingMatches(MutableStatic(), "src", ".cs");

    [Fact]
    public void No_file_names_a_path_of_the_machine_it_was_made_on()
    {
        foreach (string path in Repository.Files().Where(path => !path.StartsWith("tests/Architecture/", StringComparison.Ordinal)))
        {
            // One byte, one character: so the debug data of committed drivers is searched too.
            Match found = MachinePath().Match(Encoding.Latin1.GetString(Repository.Bytes(path)));
            Assert.False(found.Success, $"{path} contains {found.Value}");
        }
    }

    [Fact]
    public void A_file_has_one_public_type_and_bears_its_name()
    {
        List<string> wrong = [];
        foreach (string path in Repository.FilesBelow("src", ".cs"))
        {
            string[] types = [.. PublicTypes(Repository.Text(path)).Distinct()];
            string stem = Path.GetFileName(path).Split('.')[0];
            if (types.Length > 1 || (types.Length == 1 && types[0] != stem))
            {
                wrong.Add($"{path}: {string.Join(", ", types)}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Source_files_stay_short()
    {
        (string Path, int Lines)[] files = [.. Repository.FilesBelow("src", ".cs")
            .Where(path => !OnePiece.Contains(path))
            .Select(path => (path, Repository.Text(path).Count(c => c == '\n')))
            .OrderByDescending(file => file.Item2)];
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Join('\n', files.Take(20).Select(file => $"{file.Lines,6} {file.Path}")));
        Assert.All(files, file => Assert.True(file.Lines <= MaxLines, $"{file.Path} has {file.Lines} lines, at most {MaxLines} are allowed"));
    }

    // The patterns themselves, so that a mistake in one cannot pass for a clean source.
    [Theory]
    [InlineData("// TODO later", true)]
    [InlineData("throw new NotImplementedException();", true)]
    [InlineData("var now = DateTime.Now;", true)]
    [InlineData("Thread.Sleep(1);", true)]
    [InlineData("/// <summary>A thing to do.</summary>", false)]
    public void Unfinished_work_is_recognised(string line, bool expected) => Assert.Equal(expected, Unfinished().IsMatch(line));

    [Theory]
    [InlineData("    private static int count;", true)]
    [InlineData("    internal static Dictionary<string, int> Cache = new();", true)]
    [InlineData("    [ThreadStatic]", true)]
    [InlineData("    private static readonly int[] Table = [1];", false)]
    [InlineData("    public static int Count => 1;", false)]
    [InlineData("    public static int Count { get; } = 1;", false)]
    [InlineData("    public static int Count { get; set; }", true)]
    [InlineData("    private static int Get(int x) => x;", false)]
    [InlineData("    public static explicit operator int(Rva x) => x.Value;", false)]
    [InlineData("    public static bool operator ==(Rva left, Rva right) => left.Equals(right);", false)]
    public void A_mutable_static_is_recognised(string line, bool expected) => Assert.Equal(expected, MutableStatic().IsMatch(line));

    [Fact]
    public void Public_types_are_recognised()
    {
        const string Text = """
            namespace X;
            public sealed partial class A
            {
                public enum Inner { One }
            }
            public readonly record struct B<T>(T Value);
            internal class C;
            public delegate void D(int x);
            """;
        Assert.Equal(["A", "B", "D"], PublicTypes(Text));
    }

    private const int MaxLines = 600;

    // What gains nothing by being split: lists of constants, and the processor's one switch, whose speed depends on being one.
    private static readonly string[] OnePiece = ["src/LastRef.Target/NtStatus.MoreErrors.cs", "src/LastRef.Cpu/Execution/Processor.HotLoop.cs"];

    private static IEnumerable<string> PublicTypes(string text) => PublicType().Matches(text).Select(match => match.Groups[1].Value);

    private static void NothingMatches(Regex pattern, string folder, string extension)
    {
        List<string> found = [];
        foreach (string path in Repository.FilesBelow(folder, extension))
        {
            string[] lines = Repository.Text(path).Split('\n');
            for (int i = 0; i < lines.Length; i++)
            {
                if (pattern.IsMatch(lines[i]))
                {
                    found.Add($"{path}:{i + 1}: {lines[i].Trim()}");
                }
            }
        }

        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX|NotImplementedException|DateTime\.(Utc)?Now|Guid\.NewGuid|new Random\(|Thread\.Sleep|Task\.Run|Task\.Delay)")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"(?i)\b(windows|ntoskrnl|win32)\b|(?-i)\b(Irp|Irql|NtStatus|DriverObject|DeviceObject|Kpcr|KPCR|BugCheck)\b|LastRef\.(Kernel|Nt)\b")]
    private static partial Regex WindowsWords();

    [GeneratedRegex(@"catch\s*(\([^)]*\)\s*)?(when\s*\(.*\)\s*)?\{\s*\}")]
    private static partial Regex EmptyCatch();

    [GeneratedRegex(@"^\s+((public|private|internal|protected|unsafe|volatile|new)\s+)*static\s+(?!readonly\b|partial\b|async\b|extern\b|class\b|implicit\b|explicit\b|event\b|abstract\b)((volatile|unsafe)\s+)?(?!.*\boperator\b)[\w<>\[\],?. ]+\s\w+\s*(;|=(?!>)[^>]|\{[^}]*\bset;)|\[ThreadStatic\]")]
    private static partial Regex MutableStatic();

    [GeneratedRegex(@"(?<![\w.$}*])/(work|root|home|tmp|Users)/\w|[A-Z]:\\\\?Users\\|\.\./shared/")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"^public\s+(?:(?:sealed|static|abstract|partial|readonly|ref|unsafe)\s+)*(?:record\s+struct|record\s+class|class|struct|interface|enum|record|delegate\s+[\w<>?\[\]., ]+?)\s+(\w+)", RegexOptions.Multiline)]
    private static partial Regex PublicType();
}
