using System.Text.RegularExpressions;

namespace LastRef.Tests;

/// <summary>The pages for people.</summary>
public partial class DocumentTests
{
    [Fact]
    public void Every_link_between_pages_leads_somewhere()
    {
        List<string> broken = [];
        foreach (string page in Repository.Files().Where(path => path.EndsWith(".md", StringComparison.Ordinal)))
        {
            string folder = Path.GetDirectoryName(page)!;
            foreach (Match link in Link().Matches(Repository.Text(page)))
            {
                string target = link.Groups[1].Value.Split('#')[0];
                bool elsewhere = target.Length == 0 || target.Contains("://", StringComparison.Ordinal);
                string path = Path.Combine(Repository.Root, folder, target);
                if (!elsewhere && !File.Exists(path) && !Directory.Exists(path))
                {
                    broken.Add($"{page} links to {target}");
                }
            }
        }

        Assert.True(broken.Count == 0, string.Join('\n', broken));
    }

    /// <summary>What the README prints below its first command is the golden report, which the tool's own output is compared with.</summary>
    [Fact]
    public void The_README_shows_the_real_output_of_its_first_command()
    {
        const string Fence = "\n```\n";
        string readme = Repository.Text("README.md").ReplaceLineEndings("\n");
        string golden = Repository.Text("tests/Scenarios/Golden/model-hybrid-stays.txt").ReplaceLineEndings("\n").TrimEnd('\n');
        Assert.Contains(Fence + "./lastref check drivers/bin/model-hybrid-stays.sys" + Fence, readme, StringComparison.Ordinal);
        int start = readme.IndexOf(Fence + "model-hybrid-stays.sys: ", StringComparison.Ordinal) + Fence.Length;
        int end = readme.IndexOf(Fence, start, StringComparison.Ordinal);
        Assert.True(start >= Fence.Length && end > start, "the README shows no output");
        Generated.Matches("README.md", readme[..start] + golden + readme[end..]);
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
