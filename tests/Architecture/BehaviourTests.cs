using System.Text;
using System.Text.RegularExpressions;

namespace LastRef.Tests;

/// <summary>The ids of docs/behaviour.md and who cites them.</summary>
public partial class BehaviourTests
{
    private const string Behaviour = "docs/behaviour.md";

    // What tests ask for because nobody has it.
    private static readonly string[] NoSuchId = ["R-99", "L-0"];

    [Fact]
    public void Every_id_has_one_line()
    {
        string[] ids = [.. KnownIds()];
        Assert.True(ids.Length > 600, $"only {ids.Length} ids found in {Behaviour}");
        Assert.Equal(ids.Distinct(), ids);
    }

    [Fact]
    public void Every_fact_says_what_it_rests_on() =>
        Assert.All(
            Repository.Text(Behaviour).Split('\n').Where(line => Definition().Match(line) is { Success: true } match && match.Groups[1].Value[0] != 'R'),
            line => Assert.Matches(@" \[[DHFWKAIRN]\]$", line.TrimEnd('\r')));

    [Fact]
    public void Every_cited_id_exists()
    {
        HashSet<string> known = [.. KnownIds()];
        List<string> unknown = [];
        foreach (string path in Citing("src").Concat(Citing("tests")).Concat(Citing("drivers/src")).Concat(Repository.FilesBelow("docs", ".md")))
        {
            if (path.StartsWith("tests/Architecture/", StringComparison.Ordinal))
            {
                continue;
            }

            unknown.AddRange(CitedIn(Repository.Text(path)).Where(id => !known.Contains(id) && !NoSuchId.Contains(id)).Select(id => $"{path} cites {id}"));
        }

        Assert.True(unknown.Count == 0, string.Join('\n', unknown));
    }

    [Fact]
    public void The_list_of_untested_ids_is_fresh()
    {
        HashSet<string> named = [.. Citing("tests").Where(path => !path.StartsWith("tests/Architecture/", StringComparison.Ordinal))
            .SelectMany(path => NamedIn(Repository.Text(path)))];
        HashSet<string> cited = [.. Citing("src").SelectMany(path => CitedIn(Repository.Text(path)))];
        string[] known = [.. KnownIds()];

        StringBuilder text = new();
        text.Append("# Ids that no test names\n\nWritten by tests/Architecture (`UPDATE_GENERATED=1 ./test Architecture`). *Cited* are those that the code relies on.\n");
        text.Append("\n| ids | all | named by a test | cited by the code and not named |\n|---|---|---|---|\n");
        foreach (char kind in "URLTG")
        {
            string[] ofKind = [.. known.Where(id => id[0] == kind)];
            text.Append($"| {kind}- | {ofKind.Length} | {ofKind.Count(named.Contains)} | {ofKind.Count(id => cited.Contains(id) && !named.Contains(id))} |\n");
        }

        text.Append("\n## Cited by the code, named by no test\n\n");
        text.Append(Line(known.Where(id => cited.Contains(id) && !named.Contains(id))));
        text.Append("\n## Neither cited nor named\n\n");
        text.Append(Line(known.Where(id => !cited.Contains(id) && !named.Contains(id))));
        Generated.Matches("docs/generated/untested-ids.md", text.ToString());
    }

    [Theory]
    [InlineData("Spec: U-3.46a, R-03 and T-100.", "U-3.46a R-03 T-100")]
    [InlineData("(L-6) [G-23] L-06", "L-6 G-23 L-6")]
    [InlineData("SHA-256, X-R-1, UTF-8, AU-1.2, U-11", "")]
    public void An_id_is_recognised(string text, string expected) => Assert.Equal(expected, string.Join(' ', CitedIn(text)));

    [Theory]
    [InlineData("public void T24_a_handle_defers()", "T-24")]
    [InlineData("[Trait(\"Spec\", \"T-05\")]", "T-05")]
    [InlineData("class T_31_Tests", "T-31")]
    [InlineData("internal T2 Get<T1>()", "")]
    public void A_test_names_an_id_in_its_name_or_beside_it(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', NamedIn(text)));

    private static string Line(IEnumerable<string> ids)
    {
        StringBuilder text = new();
        foreach (IGrouping<string, string> group in ids.GroupBy(id => id.Contains('.') ? id.Split('.')[0] : id[..1]))
        {
            text.AppendJoin(' ', group).Append('\n');
        }

        return text.Length == 0 ? "None.\n" : text.ToString();
    }

    private static IEnumerable<string> KnownIds() => Definitions().Matches(Repository.Text(Behaviour)).Select(match => match.Groups[1].Value);

    private static IEnumerable<string> Citing(string folder) => Repository.FilesBelow(folder, ".cs", ".c", ".h", ".json", ".md", ".txt");

    // Rules are written L-6 or L-06.
    private static IEnumerable<string> CitedIn(string text) =>
        Cited().Matches(text).Select(match => match.Value.Length == 4 && match.Value.StartsWith("L-0", StringComparison.Ordinal) ? $"L-{match.Value[3]}" : match.Value);

    private static IEnumerable<string> NamedIn(string text) =>
        CitedIn(text).Concat(InName().Matches(text).Select(match => $"T-{match.Groups[1].Value}"));

    [GeneratedRegex(@"^- \*\*([URLTG]-[0-9.]+[a-z]?)\*\* ")]
    private static partial Regex Definition();

    [GeneratedRegex(@"^- \*\*([URLTG]-[0-9.]+[a-z]?)\*\* ", RegexOptions.Multiline)]
    private static partial Regex Definitions();

    [GeneratedRegex(@"(?<![\w-])(U-[0-9]+\.[0-9]+[a-z]?|[RLTG]-[0-9]+)(?![\w])")]
    private static partial Regex Cited();

    [GeneratedRegex(@"\bT_?([0-9]{2,3})_")]
    private static partial Regex InName();
}
